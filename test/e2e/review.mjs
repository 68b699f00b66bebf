// The review end to end: real mismatches of a real round, ruled on by keyboard in a real VS Code. Screenshots go to
// test/shots/review. The last lines say what a decision costs the software: from the key to the next sample on the screen.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchBrowser } from '../host/browser.mjs';
import { startServer } from '../host/server.mjs';
import { chooseFile, dismissNotifications, notification, openViewContainer, openWorkbench, runCommand, treeItem, typeInput, webview } from '../host/workbenchPage.mjs';
import { stepper, stopEngine, until } from './steps.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const countsFile = process.argv.find((a) => a.startsWith('--counts='))?.slice('--counts='.length);
const EXTENSION = 'looptool.looptool';

const packed = spawnSync(process.execPath, [path.join(root, 'scripts/package.mjs')], { cwd: root, encoding: 'utf8' });
if (packed.status !== 0) throw new Error(`packaging failed\n${packed.stdout}${packed.stderr}`);
const server = await startServer({ extensions: [path.join(root, 'dist/looptool.vsix')] });
const folder = path.join(server.root, 'workspaces/review');
fs.mkdirSync(folder, { recursive: true });
const cli = (...argv) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(root, 'dist/cli.js'), ...argv, '--project', folder], { cwd: folder, encoding: 'utf8' });
  assert.ok(status === 0 || status === 1, `looptool ${argv.join(' ')}: ${stdout}${stderr}`);
  return stdout;
};
cli('init', '--smoke');
cli('run', '--rounds', '1');
stopEngine(folder);

const read = (name) => fs.readFileSync(path.join(folder, name), 'utf8');
const lines = (name) => (fs.existsSync(path.join(folder, name)) ? read(name).trim().split('\n').map((line) => JSON.parse(line)) : []);
const operations = () => lines('.looptool/decisions.jsonl');
const decided = () => operations().filter(({ op }) => op === 'decide');
const dataset = 'data/smoke-train.jsonl';
const before = read(dataset);
makePredictions();

const { browser, context } = await launchBrowser({ viewport: { width: 1440, height: 900 } });
const page = await openWorkbench(server, context, { folder });
const drive = stepper({ screenshot: (o) => page.screenshot(o) }, path.join(root, 'test/shots/review'));
const review = () => webview(page, EXTENSION);
const place = (n) => review().locator('header h1', { hasText: new RegExp(`^${n} of`) });
const costs = [];

/** A person's key, and the time until the next sample is painted, as the page itself sees it. */
async function press(key) {
  const app = review().locator('looptool-review');
  await app.evaluate((element) => {
    const at = () => element.shadowRoot.querySelector('header h1')?.textContent ?? '';
    const first = at();
    window.looptoolCost = undefined;
    window.addEventListener('keydown', () => {
      const start = performance.now();
      const look = () => {
        if (at() === first && !element.shadowRoot.querySelector('.end')) return void window.requestAnimationFrame(look);
        window.requestAnimationFrame(() => window.requestAnimationFrame(() => (window.looptoolCost = performance.now() - start)));
      };
      look();
    }, { once: true, capture: true });
  });
  await page.keyboard.press(key);
  const cost = await until(() => app.evaluate(() => window.looptoolCost), `next sample after ${key}`, 20_000);
  costs.push(cost);
}

const setTheme = async (label, kind) => {
  await runCommand(page, 'Preferences: Color Theme');
  await typeInput(page, label);
  await page.locator(`.monaco-workbench.${kind}`).first().waitFor();
};
const focusPage = () => review().locator('main').click({ position: { x: 3, y: 3 } });

try {
  await drive.step('the review opens on what is worth most', async () => {
    await runCommand(page, 'LoopTool: Open Review');
    await place(1).waitFor();
    await dismissNotifications(page);
  });

  await drive.step('keys in the cheat sheet', async () => {
    await focusPage();
    await page.keyboard.press('?');
    await review().getByRole('dialog').waitFor();
  });
  await page.keyboard.press('Escape');

  await drive.step('sixty decisions by keyboard', async () => {
    const keys = ['p', 'k', 'b', 'w', 'k', 'p', 'k', 'q', 'k', 'd'];
    for (let n = 0; n < 60; n++) {
      const wanted = keys[n % keys.length];
      const takeable = await review().locator('footer button[aria-keyshortcuts~="p"], footer button[aria-keyshortcuts~="P"]').first().isEnabled();
      // A prediction that breaks its tool's schema would ask first; the review says so beside it.
      const breaks = (await review().locator('.both', { hasText: /unknown-tool|error/ }).count()) > 0;
      await press((wanted === 'p' || wanted === 'b') && (!takeable || breaks) ? 'k' : wanted);
      assert.equal(decided().length, n + 1, 'the decision is on disk before the next sample shows');
    }
    assert.ok(new Set(decided().map(({ ruling }) => ruling)).size >= 5);
  });

  await drive.step('five are taken back and made again', async () => {
    // Keys wait for the answer to the one before: a person sees what came of it first.
    const stored = async (key, count, word) => {
      await page.keyboard.press(key);
      await until(() => operations().length === count, word);
      await review().locator('footer .notice', { hasText: /taken back|put back/ }).waitFor();
      await page.waitForTimeout(300);
    };
    for (let n = 0; n < 5; n++) await stored('u', 61 + n, 'undo on disk');
    await stored('Shift+U', 66, 'redo on disk');
    for (let n = 1; n < 5; n++) await stored('y', 66 + n, 'redo on disk');
  });

  await drive.step('what the command line decides shows within a second', async () => {
    const undecided = async () => Number(/(\d+) undecided/.exec(await review().locator('header').textContent())?.[1]);
    const left = await undecided();
    const [sampleId] = /smp_[0-9a-f]+/.exec(cli('review', 'list', '--round', '1', '--undecided', '--limit', '1')) ?? [];
    cli('review', 'decide', sampleId, 'keepLabel', '--round', '1', '--by', 'colleague');
    await until(async () => (await undecided()) === left - 1, 'the decision of another process', 5_000);
  });

  await drive.step('an edited label is checked and stored', async () => {
    await focusPage();
    await page.keyboard.press('Shift+ArrowLeft');
    await place(1).waitFor();
    await page.waitForTimeout(300);
    await page.keyboard.press('e');
    await review().locator('looptool-label-editor').waitFor();
  });
  await page.keyboard.press('Escape');
  await drive.step('single arguments are picked from the prediction', async () => {
    await review().locator('footer').waitFor();
    await focusPage();
    await page.keyboard.press('c');
    await review().locator('looptool-label-editor').waitFor();
  });
  await page.keyboard.press('Escape');

  await drive.step('filters show what is left', async () => {
    await focusPage();
    await page.keyboard.press('f');
    await review().getByText('Rule with a finding').waitFor();
  });
  await page.keyboard.press('f');
  await drive.step('the judge is measured', async () => {
    await focusPage();
    await page.keyboard.press('i');
    await review().locator('table').first().waitFor();
  });

  await page.keyboard.press('Escape');
  await drive.step('light', async () => setTheme('Light Modern', 'vs'));
  await drive.step('high contrast', async () => setTheme('Dark High Contrast', 'hc-black'));
  await setTheme('Dark Modern', 'vs-dark');

  await drive.step('corrections are applied as a diff and taken back byte for byte', async () => {
    await dismissNotifications(page);
    await runCommand(page, 'LoopTool: Apply Corrections...');
    await page.locator('.monaco-diff-editor, .multiDiffEditor').first().waitFor();
    await notification(page, 'Apply').locator('.monaco-button', { hasText: /^Apply$/ }).click();
    await until(() => read(dataset) !== before && read(dataset) !== '', 'change on disk');
    await until(() => lines('.looptool/applied.jsonl').some(({ op }) => op === 'done'), 'audit');
    const reverted = cli('review', 'revert', lines('.looptool/applied.jsonl')[0].batch, '--write');
    const left = read(dataset).split('\n').filter((line, n) => line !== before.split('\n')[n]);
    assert.equal(left.length, 0, `${left.length} records are not as they were, the first ${left[0]?.slice(0, 400)}\n${reverted.slice(-3000)}`);
  });

  await drive.step('a file of predictions opens without a round', async () => {
    await dismissNotifications(page);
    await runCommand(page, 'LoopTool: Review a File of Predictions...');
    await chooseFile(page, path.join(folder, 'answers.jsonl'));
    await review().locator('header h1', { hasText: /of/ }).waitFor();
  });
  await drive.step('saved queues stand in the tree', async () => {
    fs.writeFileSync(path.join(folder, '.looptool/queues.json'), JSON.stringify({ v: 1, queues: [{ name: 'labels said to be wrong', spec: { filter: { verdicts: ['LABEL_WRONG'], state: 'all' }, order: 'value' } }] }));
    await openViewContainer(page, 'LoopTool');
    await runCommand(page, 'LoopTool: Refresh');
    await treeItem(page, 'Review Queues').click();
    await treeItem(page, 'labels said to be wrong').waitFor();
  });
} catch (error) {
  if (drive.counts.failed === 0) {
    drive.counts.failed++;
    console.error(error);
  }
} finally {
  stopEngine(folder);
  await browser.close();
  await server.stop();
}

/** Rows of one's own logs: dataset records with another answer beside them. */
function makePredictions() {
  const rows = before.trim().split('\n').slice(0, 40).map((line) => JSON.parse(line));
  const answer = (row, n) => {
    const last = row.messages.at(-1);
    const call = last.tool_calls?.[0]?.function;
    if (call === undefined) return 'no tool fits';
    const args = JSON.parse(call.arguments);
    const [key] = Object.keys(args);
    if (key !== undefined && n % 2 === 0) args[key] = `${args[key]}s`;
    return `<tool_call>\n${JSON.stringify({ name: call.name, arguments: args })}\n</tool_call>`;
  };
  fs.writeFileSync(path.join(folder, 'answers.jsonl'), rows.map((row, n) => `${JSON.stringify({ ...row, prediction: answer(row, n) })}\n`).join(''));
}


const sorted = [...costs].sort((a, b) => a - b);
const quantile = (q) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0);
if (sorted.length > 0) console.log(`${sorted.length} decisions, key to painted: median ${quantile(0.5)} ms, p95 ${quantile(0.95)} ms, most ${quantile(1)} ms`);
if (countsFile) fs.writeFileSync(countsFile, JSON.stringify(drive.counts));
console.log(`${drive.counts.passed} steps passed, ${drive.counts.failed} failed, screenshots in test/shots/review`);
process.exit(drive.counts.failed > 0 ? 1 : 0);
