'use strict';
// Prints the milliseconds of extension-host time that loading and activating the extension takes, with an editor that answers nothing.
const Module = require('node:module');
const path = require('node:path');

const nothing = new Proxy(function nothing() {}, {
  get: (_target, key) => (key === Symbol.toPrimitive ? () => 'nothing' : key === Symbol.iterator ? [][Symbol.iterator].bind([]) : key === 'then' ? undefined : nothing),
  apply: () => nothing,
  construct: () => nothing,
  set: () => true,
});
const load = Module._load;
Module._load = (request, ...rest) => (request === 'vscode' ? nothing : load(request, ...rest));

const file = path.resolve(process.argv[2]);
const before = performance.now();
const extension = require(file);
const loaded = performance.now();
extension.activate({ subscriptions: [], extensionUri: nothing, secrets: nothing, workspaceState: nothing, globalState: nothing, asAbsolutePath: (p) => p, extension: nothing });
console.log(JSON.stringify({ loadMs: loaded - before, activateMs: performance.now() - loaded }));
process.exit(0);
