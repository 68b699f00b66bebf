// Mocha inside a real extension host, through @vscode/test-electron:
//   VSCODE_EXECUTABLE=…       that VS Code
//   VSCODE_TEST_HOST=desktop  a downloaded desktop VS Code (headless Linux: under xvfb-run)
//   VSCODE_TEST_HOST=server   the VS Code server from npm, driven by Chromium
// and without either: the desktop where it can be downloaded, else the server.
import { build } from 'esbuild';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../..');
const shim = path.join(root, 'test/host/codeShim.mjs');

async function executable() {
  const { VSCODE_EXECUTABLE: given, VSCODE_TEST_HOST: host } = process.env;
  if (given) return given;
  if (host === 'server') return shim;
  try {
    return await downloadAndUnzipVSCode({ version: 'stable', cachePath: path.join(root, '.vscode-test'), timeout: 15_000 });
  } catch (error) {
    if (host === 'desktop') throw error;
    console.log(`No desktop VS Code to be had (${error instanceof Error ? error.message : error}): using the VS Code server.`);
    return shim;
  }
}

const out = path.join(root, '.cache/integration');
fs.rmSync(out, { recursive: true, force: true });
await build({
  entryPoints: [path.join(here, 'suite/index.ts')],
  outdir: out,
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  external: ['vscode', 'mocha'],
  mainFields: ['module', 'main'],
  logLevel: 'warning',
});
const workspace = fs.mkdtempSync(path.join(os.tmpdir(), 'looptool-integration-'));
try {
  const code = await runTests({
    vscodeExecutablePath: await executable(),
    extensionDevelopmentPath: root,
    extensionTestsPath: path.join(out, 'index.cjs'),
    launchArgs: [workspace, '--disable-extensions'],
    extensionTestsEnv: { LOOPTOOL_ROOT: root },
  });
  process.exitCode = code;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  fs.rmSync(workspace, { recursive: true, force: true });
}
