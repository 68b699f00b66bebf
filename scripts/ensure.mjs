// Makes this checkout ready to run: Node's version, packages as locked, bundles of the sources as they are.
// Uses nothing but Node, because it runs before anything is installed. `node scripts/ensure.mjs` does just that.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const oldestNode = [20, 19];

/** Installs and builds what is missing or out of date, saying so; throws an Error with what to do. */
export function ensure(say = (text) => console.log(text)) {
  checkNode();
  installPackages(say);
  buildBundles(say);
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  throw new Error(`Node ${oldestNode.join('.')} or newer is needed, this is ${process.versions.node}. Install a current Node from https://nodejs.org and try again.`);
}

/** A stamp in node_modules says which lock file it was installed from; npm's own copy of the lock is left to npm. */
function installPackages(say) {
  const stamp = join(root, 'node_modules', '.looptool-lock');
  const wanted = hash([join(root, 'package-lock.json')]);
  if (read(stamp) === wanted) return;
  if (!existsSync(stamp) && installedByHand()) {
    writeFileSync(stamp, wanted);
    return;
  }
  say('Installing packages (npm ci) …');
  // No package needs its install script here, and some of them download things.
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], 'npm ci failed. Check the network and the npm registry, then try again.');
  writeFileSync(stamp, wanted);
}

/** `npm ci` or `npm install` was run before: npm's hidden lock file is at least as new as ours and names the same packages. */
function installedByHand() {
  const hidden = read(join(root, 'node_modules', '.package-lock.json'));
  const locked = read(join(root, 'package-lock.json'));
  if (hidden === undefined || locked === undefined) return false;
  const installed = JSON.parse(hidden).packages;
  return Object.entries(JSON.parse(locked).packages).every(([path, { version, optional }]) => path === '' || optional || installed[path]?.version === version);
}

/** The stamp goes with the bundles, so that removing dist builds them again. */
function buildBundles(say) {
  const stamp = join(root, 'dist', '.stamp');
  const sources = [...files(join(root, 'src')), ...files(join(root, 'webview-ui')), join(root, 'esbuild.mjs'), join(root, 'package-lock.json')];
  const wanted = hash(sources);
  if (read(stamp) === wanted) return;
  say('Building …');
  run(process.execPath, [join(root, 'esbuild.mjs')], 'The build failed; its messages are above.');
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

function run(command, args, failure) {
  const windowsShim = process.platform === 'win32' && command === 'npm';
  const result = spawnSync(windowsShim ? 'npm.cmd' : command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], shell: windowsShim });
  if (result.status !== 0) throw new Error(failure);
}

function hash(paths) {
  const sum = createHash('sha256');
  for (const path of paths) sum.update(path.slice(root.length)).update('\0').update(read(path) ?? '').update('\0');
  return sum.digest('hex');
}

function files(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    ensure();
  } catch (error) {
    console.error(error.message);
    process.exitCode = 2;
  }
}
