// Starts the VS Code server with throw-away data.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { installHost } from './installHost.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** What every session starts from: no trust dialog, no welcome page, no telemetry, no animation, nothing that calls home. */
const BASE_SETTINGS = {
  'security.workspace.trust.enabled': false,
  'workbench.startupEditor': 'none',
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.settings.enableNaturalLanguageSearch': false,
  // A closing toast or panel takes the focus back and would close the palette.
  'workbench.quickOpen.closeOnFocusLost': false,
  'workbench.reduceMotion': 'on',
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.accounts.experimental.showEntitlements': false,
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'telemetry.feedback.enabled': false,
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'npm.fetchOnlinePackageInfo': false,
  'json.schemaDownload.enable': false,
  'typescript.disableAutomaticTypeAcquisition': true,
  'git.enabled': false,
  'git.autofetch': false,
  'files.simpleDialog.enable': true,
  'files.hotExit': 'off',
  // The web build defaults to afterDelay, which would write to fixtures.
  'files.autoSave': 'off',
  'window.dialogStyle': 'custom',
  'window.commandCenter': false,
  'window.confirmBeforeClose': 'never',
  'editor.accessibilitySupport': 'off',
  'editor.cursorBlinking': 'solid',
  'terminal.integrated.confirmOnExit': 'never',
  'remote.autoForwardPorts': false,
};

/** Empty service addresses: neither the server nor the page ever tries to reach a marketplace. */
const NO_GALLERY = JSON.stringify({ serviceUrl: '', itemUrl: '', resourceUrlTemplate: '', controlUrl: '', recommendationsUrl: '' });

/** The environment without what npm, VS Code or a parent extension host left in it. */
function cleanEnvironment(extra) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([k]) => !/^(npm_|VSCODE_|ELECTRON_|NODE_OPTIONS$)/i.test(k)));
  return { ...env, LANG: 'C.UTF-8', ...extra };
}

/**
 * Options: `settings` on top of the base; `extensions` .vsix files to install; `env` for the extension host too;
 * `driver` only for extension-host tests (it lets the page name a test entry, and switches notifications off);
 * `workspaceTrust` true starts folders untrusted.
 */
export async function startServer({ settings = {}, extensions = [], env = {}, driver = false, workspaceTrust = false } = {}) {
  const paths = installHost();
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'looptool-vscode-'));
  const folder = (name) => {
    const d = path.join(root, name);
    fs.mkdirSync(d, { recursive: true });
    return d;
  };
  const [serverData, userData, extensionsDir, home] = [folder('server'), folder('user'), folder('extensions'), folder('home')];
  folder('user/User');
  const trust = workspaceTrust ? { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'always' } : {};
  fs.writeFileSync(path.join(userData, 'User/settings.json'), JSON.stringify({ ...BASE_SETTINGS, ...trust, ...settings }, null, 2));
  const common = ['--accept-server-license-terms', '--telemetry-level', 'off', '--server-data-dir', serverData, '--user-data-dir', userData, '--extensions-dir', extensionsDir];
  const fullEnv = cleanEnvironment({ HOME: home, XDG_RUNTIME_DIR: folder('run'), EXTENSIONS_GALLERY: NO_GALLERY, LOOPTOOL_TEST_LOG: path.join(root, 'tests.log'), ...env });
  const logFile = path.join(root, 'server.log');
  for (const vsix of extensions) {
    const r = spawnSync(paths.node, [paths.server, ...common, '--install-extension', path.resolve(vsix), '--force'], { env: fullEnv, encoding: 'utf8', timeout: 120_000 });
    fs.appendFileSync(logFile, `${r.stdout}${r.stderr}`);
    if (r.status !== 0) throw new Error(`installing ${vsix} ended with ${r.status ?? r.signal}\n${r.stdout}${r.stderr}`);
  }
  const out = fs.openSync(logFile, 'a');
  const args = [
    '--require', path.join(here, 'parentGuard.cjs'), paths.server, ...common, '--host', '127.0.0.1', '--port', '0', '--without-connection-token',
    ...(workspaceTrust ? [] : ['--disable-workspace-trust']), '--disable-update-check', '--disable-getting-started-override', '--disable-websocket-compression',
    ...(driver ? ['--enable-smoke-test-driver'] : []),
  ];
  // Its own process group, so that stop() reaches the extension host too.
  const child = spawn(paths.node, args, { env: fullEnv, stdio: ['ignore', out, out], detached: true });
  fs.closeSync(out);
  return watch(child, { paths, root, userData, logFile });
}

async function watch(child, { paths, root, userData, logFile }) {
  let exited;
  const gone = new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      exited = code ?? signal;
      resolve();
    });
  });
  const killGroup = (signal) => {
    try {
      process.kill(-child.pid, signal);
    } catch {
      // Already gone.
    }
  };
  const onExit = () => killGroup('SIGKILL');
  process.once('exit', onExit);
  for (const [signal, status] of [['SIGINT', 130], ['SIGTERM', 143]]) if (process.listenerCount(signal) === 0) process.once(signal, () => process.exit(status));
  const end = Date.now() + 60_000;
  let port;
  while (!port) {
    const log = fs.readFileSync(logFile, 'utf8');
    port = /Extension host agent listening on (\d+)/.exec(log)?.[1];
    if (port) break;
    if (exited !== undefined || Date.now() > end) {
      killGroup('SIGKILL');
      throw new Error(`the VS Code server did not start (${exited ?? 'timeout'})\n${log.slice(-4000)}`);
    }
    await sleep(50);
  }
  const authority = `127.0.0.1:${port}`;
  return {
    authority, root, userData, logFile, paths,
    remoteUri: (file) => `vscode-remote://${authority}${encodeURI(path.resolve(file))}`,
    /** A throw-away copy of a folder, removed with the server's data. */
    copyWorkspace(from, name = 'workspace') {
      const to = path.join(root, 'workspaces', name);
      fs.cpSync(from, to, { recursive: true });
      return to;
    },
    async stop() {
      killGroup('SIGTERM');
      await Promise.race([gone, sleep(5_000)]);
      killGroup('SIGKILL');
      process.removeListener('exit', onExit);
      fs.rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}
