// `npm test`: everything, set-up included. Each layer says what it does; the last line counts over all of them.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const scratch = path.join(root, '.cache/test');
const only = process.argv.slice(2).filter((a) => !a.startsWith('-'));
const started = Date.now();
const totals = { passed: 0, failed: 0 };
const failures = [];
/** Every failed test by name with the start of its message: said again at the very end, where a long log is read first. */
const failedTests = [];

const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(0)} s`;

function command(program, args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } });
    child.once('error', () => resolve(127));
    child.once('exit', (code, signal) => resolve(code ?? (signal ? 130 : 1)));
  });
}

/** A layer that printed its own counts to a file; without the file it counts as one failure. */
async function counted(name, run) {
  if (only.length > 0 && !only.includes(name)) return;
  const since = Date.now();
  console.log(`\n=== ${name}`);
  const file = path.join(scratch, `${name}.json`);
  fs.rmSync(file, { force: true });
  let code;
  try {
    code = await run(file);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    code = 1;
  }
  const counts = readCounts(file);
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  if (counts.passed + counts.failed === 0) counts.failed = 1;
  totals.passed += counts.passed;
  totals.failed += counts.failed;
  failedTests.push(...failedOf(name, file));
  if (counts.failed > 0) failures.push(name);
  console.log(`--- ${name}: ${counts.passed} passed, ${counts.failed} failed, ${seconds(since)}`);
}

function readCounts(file) {
  if (!fs.existsSync(file)) return { passed: 0, failed: 0 };
  const json = JSON.parse(fs.readFileSync(file, 'utf8'));
  // vitest's JSON reporter and our own counters.
  return { passed: json.numPassedTests ?? json.passed ?? 0, failed: (json.numFailedTests ?? json.failed ?? 0) + (json.numFailedTestSuites && !json.numFailedTests ? json.numFailedTestSuites : 0) };
}

/** What failed by the layer's own report; a layer that only counts is named with its output above. */
function failedOf(layer, file) {
  if (!fs.existsSync(file)) return [];
  const suites = JSON.parse(fs.readFileSync(file, 'utf8')).testResults ?? [];
  return suites.flatMap((suite) => {
    const where = path.relative(root, suite.name);
    const tests = suite.assertionResults.filter((test) => test.status === 'failed');
    if (tests.length === 0 && suite.status === 'failed') return [{ layer, title: where, message: suite.message }];
    return tests.map((test) => ({ layer, title: `${where} > ${test.fullName}`, message: test.failureMessages.join('\n') }));
  });
}

const vitest = (folders) => (file) =>
  command(process.execPath, [path.join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...folders, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`]);

console.log('LoopTool: all tests. Set-up first: packages and build.');
const { ensure } = await import('../scripts/ensure.mjs');
await ensure();
fs.mkdirSync(scratch, { recursive: true });

await counted('check', (file) => command(process.execPath, ['scripts/check.mjs', `--counts=${file}`]));
await counted('unit', vitest(['test/unit', 'test/golden']));
await counted('protocol', vitest(['test/lsp']));
await counted('runner', vitest(['test/runner']));
await counted('webview', async (file) => {
  const { findChromium } = await import('./host/browser.mjs');
  return command(process.execPath, [path.join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--config', 'test/webview/vitest.config.ts', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`], { CHROMIUM: findChromium() });
});
await counted('extension-host', async (file) => command(process.execPath, ['test/integration/run.mjs'], { LOOPTOOL_TEST_COUNTS: file }));
await counted('end-to-end', async (file) => command(process.execPath, ['test/e2e/run.mjs', `--counts=${file}`]));
await counted('review', async (file) => command(process.execPath, ['test/e2e/review.mjs', `--counts=${file}`]));
await counted('inspection', async (file) => command(process.execPath, ['test/e2e/inspect.mjs', `--counts=${file}`]));

for (const { layer, title, message } of failedTests) console.log(`\nFAILED ${layer}: ${title}\n${message.slice(0, 3000)}`);
console.log(`\n${failures.length > 0 ? `Failed: ${failures.join(', ')}. ` : ''}All layers in ${seconds(started)}.`);
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exit(totals.failed > 0 ? 1 : 0);
