'use strict';
// Stands in for @vscode/spdlog where it cannot be compiled: same interface, synchronous appends.
// Without either, every output channel of an extension stays empty.
const fs = require('node:fs');
const path = require('node:path');

const LEVELS = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];
let globalLevel = 0;

class Logger {
  constructor(_type, _name, filename) {
    Object.assign(this, { filename, level: 2, raw: false });
    fs.mkdirSync(path.dirname(filename), { recursive: true });
  }

  write(level, message) {
    if (level < Math.max(this.level, globalLevel)) return;
    const line = this.raw ? message : `${new Date().toISOString().replace('T', ' ').slice(0, 23)} [${LEVELS[level]}] ${message}\n`;
    try {
      fs.appendFileSync(this.filename, line);
    } catch {
      // The log folder may already be gone while the server shuts down.
    }
  }

  getLevel() {
    return this.level;
  }

  setLevel(level) {
    this.level = level;
  }

  setPattern() {}

  clearFormatters() {
    this.raw = true;
  }

  flush() {}

  drop() {}
}
for (const [level, name] of ['trace', 'debug', 'info', 'warn', 'error', 'critical'].entries()) {
  Logger.prototype[name] = function log(message) {
    this.write(level, message);
  };
}

exports.version = 0;
exports.LogLevel = { Trace: 0, Debug: 1, Info: 2, Warning: 3, Error: 4, Critical: 5, Off: 6 };
exports.Logger = Logger;
exports.setLevel = (level) => {
  globalLevel = level;
};
exports.setFlushOn = () => {};
exports.createRotatingLogger = async (_name, file) => new Logger('rotating', _name, file);
exports.createAsyncRotatingLogger = async (_name, file) => new Logger('rotating_async', _name, file);
