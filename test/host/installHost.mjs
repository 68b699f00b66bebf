// Installs a real VS Code server and the Node version it wants, from npm packages alone. No package's own install
// script runs: those fetch binaries from elsewhere. What they would have made is made here, or replaced.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from './cacheFolder.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));

/** code-server's package carries the VS Code server; its major wants one Node major, which npm also ships. */
const VERSIONS = { codeServer: '4.139.1', node: '24.21.0', nodeGyp: '12.1.0', recipe: 1 };
const ARCHITECTURE = { x64: 'x64', arm64: 'arm64' }[process.arch];

function hostPaths(dir) {
  const vscode = path.join(dir, 'node_modules/code-server/lib/vscode');
  return { dir, vscode, node: path.join(dir, `node_modules/node-linux-${ARCHITECTURE}/bin/node`), server: path.join(vscode, 'out/server-main.js') };
}

/** Installs once; later calls return at once. Says what it does. */
export function installHost() {
  if (process.platform !== 'linux' || !ARCHITECTURE) throw new Error('The VS Code server from npm runs on Linux x64 and arm64. Elsewhere set VSCODE_TEST_HOST=desktop to use a desktop VS Code.');
  const dir = cacheFolder(`vscode-${VERSIONS.codeServer}`);
  const stamp = path.join(dir, '.installed');
  const ready = () => fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === JSON.stringify(VERSIONS);
  if (ready()) return hostPaths(dir);
  const unlock = lock(`${dir}.lock`);
  try {
    if (!ready()) {
      installInto(dir);
      fs.writeFileSync(stamp, JSON.stringify(VERSIONS));
    }
    return hostPaths(dir);
  } finally {
    unlock();
  }
}

/** One installer at a time; a lock whose owner is gone does not count. */
function lock(file) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  for (;;) {
    try {
      fs.writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => fs.rmSync(file, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    try {
      process.kill(Number(fs.readFileSync(file, 'utf8')), 0);
    } catch (error) {
      if (error.code === 'ESRCH' || error.code === 'ENOENT') {
        fs.rmSync(file, { force: true });
        continue;
      }
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
  }
}

function run(command, args, cwd, { quiet = false } = {}) {
  // A parent `npm run` leaves variables behind that a nested npm must not see.
  const env = Object.fromEntries(Object.entries(process.env).filter(([k]) => !/^npm_(config_(local_prefix|prefix|global)|package_|lifecycle_)/i.test(k)));
  const result = spawnSync(command, args, { cwd, env, stdio: quiet ? 'pipe' : ['ignore', 'inherit', 'inherit'], encoding: 'utf8' });
  if (result.status !== 0 && !quiet) throw new Error(`${command} ${args.join(' ')} in ${cwd} ended with ${result.status ?? result.signal ?? result.error}`);
  return result;
}

function installInto(dir) {
  const say = (text) => console.log(`  VS Code host: ${text}`);
  fs.rmSync(dir, { recursive: true, force: true });
  fs.mkdirSync(dir, { recursive: true });
  const dependencies = { 'code-server': VERSIONS.codeServer, [`node-linux-${ARCHITECTURE}`]: VERSIONS.node, 'node-gyp': VERSIONS.nodeGyp };
  fs.writeFileSync(path.join(dir, 'package.json'), JSON.stringify({ name: 'vscode-host', private: true, dependencies }));
  const install = (cwd) => run('npm', ['install', '--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'], cwd);
  const paths = hostPaths(dir);
  say(`installing the server (about 370 MB, once) into ${dir}`);
  install(dir);
  install(paths.vscode);
  install(path.join(paths.vscode, 'extensions'));
  link('code-linux.sh', path.join(paths.vscode, 'bin/remote-cli/code-server'));
  link('browser-linux.sh', path.join(paths.vscode, 'bin/helpers/browser.sh'));
  link(path.relative(path.join(paths.vscode, '..'), paths.node), path.join(paths.vscode, '../node'));
  replaceNativeModules(paths, say);
  trim(paths);
  const product = path.join(paths.vscode, 'product.json');
  fs.writeFileSync(product, JSON.stringify({ ...JSON.parse(fs.readFileSync(product, 'utf8')), enableTelemetry: false }, null, 2));
  say(`ready, VS Code ${run(paths.node, [paths.server, '--version'], dir, { quiet: true }).stdout.split('\n')[0]}`);
}

/** Compiles the two modules that have no binary in their package, where a compiler is at hand; else plain JavaScript stands in. */
function replaceNativeModules(paths, say) {
  const nodeGyp = path.join(paths.dir, 'node_modules/node-gyp/bin/node-gyp.js');
  const headers = path.resolve(path.dirname(paths.node), '..');
  for (const name of ['@vscode/spdlog', '@vscode/native-watchdog']) {
    const at = path.join(paths.vscode, 'node_modules', name);
    if (!fs.existsSync(path.join(at, 'package.json')) || hasBinary(at)) continue;
    if (run(paths.node, [nodeGyp, 'rebuild', '--release', `--nodedir=${headers}`], at, { quiet: true }).status === 0) continue;
    fs.rmSync(path.join(at, 'build'), { recursive: true, force: true });
    say(`no compiler for ${name}: plain JavaScript stands in`);
    if (name === '@vscode/spdlog') fs.copyFileSync(path.join(here, 'plainLogger.cjs'), path.join(at, 'index.js'));
    else fs.writeFileSync(path.join(at, 'index.js'), 'exports.start = function () {};\n');
  }
}

function hasBinary(at) {
  const folders = ['build/Release', `prebuilds/linux-${ARCHITECTURE}`].map((d) => path.join(at, d));
  return folders.some((d) => fs.existsSync(d) && fs.readdirSync(d).some((n) => n.endsWith('.node')));
}

/** Drops what tests have no use for: other platforms' binaries, run-times of built-in agents, source maps. */
function trim(paths) {
  const drop = (...parts) => fs.rmSync(path.join(...parts), { recursive: true, force: true });
  const modules = path.join(paths.vscode, 'node_modules');
  const keepOnly = (at, keep) => {
    if (fs.existsSync(at)) for (const n of fs.readdirSync(at)) if (n !== keep) drop(at, n);
  };
  keepOnly(path.join(modules, 'node-pty/prebuilds'), `linux-${ARCHITECTURE}`);
  keepOnly(path.join(modules, '@vscode/ripgrep-universal/bin'), `linux-${ARCHITECTURE}`);
  for (const n of ['@github', '@microsoft/mxc-sdk', '@devcontainers', '@vscode/sqlite3', '@vscode/copilot-api']) drop(modules, n);
  for (const n of ['copilot', 'mermaid-markdown-features']) drop(paths.vscode, 'extensions', n);
  drop(path.dirname(paths.node), '../include');
  for (const n of fs.readdirSync(paths.vscode, { recursive: true })) if (n.endsWith('.js.map')) drop(paths.vscode, n);
}

function link(target, at) {
  fs.rmSync(at, { force: true, recursive: true });
  fs.symlinkSync(target, at);
}
