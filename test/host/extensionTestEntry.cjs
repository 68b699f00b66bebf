'use strict';
// Named as extensionTestsPath, runs inside the extension host: sends what the tests print to a file that the runner
// follows (the way through the page loses and reorders lines), then hands over to the suite's own run().
const fs = require('node:fs');
const { Console } = require('node:console');
const { Writable } = require('node:stream');

exports.run = async function run() {
  const { LOOPTOOL_TEST_SUITE: suite, LOOPTOOL_TEST_LOG: log } = process.env;
  const sink = new Writable({
    decodeStrings: false,
    write: (chunk, _encoding, done) => {
      fs.appendFileSync(log, chunk);
      done();
    },
  });
  // VS Code makes the methods of console and stdout read-only in the extension host; the objects can be replaced.
  globalThis.console = new Console({ stdout: sink, stderr: sink, colorMode: false });
  for (const name of ['stdout', 'stderr']) Object.defineProperty(process, name, { configurable: true, get: () => sink });
  await require(suite).run();
  // VS Code reports 0 even for an extension host that crashed: only this file says that the tests came to their end.
  fs.writeFileSync(`${log}.passed`, '');
};
