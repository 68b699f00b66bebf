#!/usr/bin/env node
// Stands in for the desktop `code` executable towards @vscode/test-electron: takes the same arguments, runs the
// suite in the VS Code server's extension host, and ends with its exit code.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runExtensionTests } from './extensionTests.mjs';

const options = { positional: [] };
const toPath = (v) => (v.startsWith('file:') ? fileURLToPath(v) : path.resolve(v));
for (const arg of process.argv.slice(2)) {
  const [, name, value] = /^--([^=]+)(?:=(.*))?$/s.exec(arg) ?? [];
  if (!name) options.positional.push(arg);
  else if (name === 'extensionDevelopmentPath') options.extension = toPath(value);
  else if (name === 'extensionTestsPath') options.suite = toPath(value);
  else if (name === 'folder-uri') options.positional.push(toPath(value));
  else if (name === 'user-data-dir') options.userData = toPath(value);
}
if (!options.suite || !options.extension) {
  console.error('codeShim only runs extension tests: --extensionDevelopmentPath=… --extensionTestsPath=…');
  process.exit(64);
}
const seeded = options.userData && path.join(options.userData, 'User/settings.json');
const settings = seeded && fs.existsSync(seeded) ? JSON.parse(fs.readFileSync(seeded, 'utf8')) : {};
process.exit(await runExtensionTests({ extension: options.extension, suite: options.suite, workspace: options.positional[0], settings }));
