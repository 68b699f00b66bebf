// End to end: the packaged .vsix, installed in a real VS Code, driven like a person: empty folder, sample project, iteration,
// reload of the window in the middle, review, corrections. Screenshots go to test/shots.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchBrowser } from '../host/browser.mjs';
import { startServer } from '../host/server.mjs';
import { dismissNotifications, editorLine, notification, openFile, openViewContainer, openWorkbench, pick, runCommand, treeItem, typeInput, webview } from '../host/workbenchPage.mjs';
import { stepper, stopEngine, until } from './steps.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const countsFile = process.argv.find((a) => a.startsWith('--counts='))?.slice('--counts='.length);
const EXTENSION = 'looptool.looptool';

console.log('packaging the .vsix');
const packed = spawnSync(process.execPath, [path.join(root, 'scripts/package.mjs')], { cwd: root, encoding: 'utf8' });
if (packed.status !== 0) throw new Error(`packaging failed\n${packed.stdout}${packed.stderr}`);
const sizes = spawnSync(process.execPath, [path.join(root, 'scripts/budgets.mjs')], { cwd: root, encoding: 'utf8' });
if (sizes.status !== 0) throw new Error(`over budget\n${sizes.stdout}${sizes.stderr}`);

const server = await startServer({ extensions: [path.join(root, 'dist/looptool.vsix')] });
const folder = path.join(server.root, 'workspaces/tools');
fs.mkdirSync(folder, { recursive: true });
const { browser, context } = await launchBrowser({ viewport: { width: 1360, height: 860 } });
let page = await openWorkbench(server, context, { folder });
const drive = stepper({ screenshot: (o) => page.screenshot(o) }, path.join(root, 'test/shots'));
const read = (name) => fs.readFileSync(path.join(folder, name), 'utf8');
const manifest = () => JSON.parse(read('.looptool/rounds/0001/round.json'));
const decisions = () => (fs.existsSync(path.join(folder, '.looptool/decisions.jsonl')) ? read('.looptool/decisions.jsonl').trim().split('\n').map((l) => JSON.parse(l)) : []);
const jobs = () => (fs.existsSync(path.join(folder, '.looptool/jobs')) ? fs.readdirSync(path.join(folder, '.looptool/jobs')).filter((n) => n.endsWith('.json')).map((n) => JSON.parse(read(`.looptool/jobs/${n}`))) : []);
/** As a person does it: the settings file is not looked at again once the window was reloaded. */
const setTheme = async (label, kind) => {
  await runCommand(page, 'Preferences: Color Theme');
  await typeInput(page, label);
  await page.locator(`.monaco-workbench.${kind}`).first().waitFor();
};
const review = () => webview(page, EXTENSION);

try {
  await drive.step('welcome in an empty folder', async () => {
    await openViewContainer(page, 'LoopTool');
    await page.locator('.welcome-view-content', { hasText: 'Create the Sample Project' }).waitFor();
  });

  await drive.step('new sample project from the palette', async () => {
    await runCommand(page, 'LoopTool: New Project...');
    await pick(page, 'Sample project, tiny');
    await until(() => fs.existsSync(path.join(folder, 'looptool.json')), 'looptool.json');
    await treeItem(page, 'tools').waitFor();
    // So that the round has a determinism report and repeats to show.
    const config = JSON.parse(read('looptool.json'));
    const more = { ...config, probe: { ...config.probe, again: 10, repeats: { n: 2, samples: 20 } }, expand: { ...config.expand, k: 2, maxSeeds: 8 } };
    fs.writeFileSync(path.join(folder, 'looptool.json'), JSON.stringify(more, null, 2));
  });

  await drive.step('diagnostics at the wrong argument', async () => {
    await openFile(page, 'train.jsonl').catch(() => openFile(page, 'smoke-train.jsonl'));
    await page.locator('.monaco-editor .squiggly-error, .monaco-editor .squiggly-warning').first().waitFor();
  });

  await drive.step('start an iteration from the palette', async () => {
    await openViewContainer(page, 'LoopTool');
    await runCommand(page, 'LoopTool: Start Iteration...');
    await typeInput(page, '1');
    await page.locator('.statusbar-item', { hasText: /LoopTool|train|probe|evaluate/i }).first().waitFor();
    await until(() => jobs().find((j) => j.status === 'running'), 'running job');
  });

  await drive.step('the window is reloaded and finds the job again', async () => {
    const before = jobs().find((j) => j.status === 'running');
    await page.close();
    page = await openWorkbench(server, context, { folder });
    await openViewContainer(page, 'LoopTool');
    await treeItem(page, 'Round 1').waitFor();
    const after = jobs().find((j) => j.id === before.id);
    assert.equal(after.pid, before.pid);
    assert.ok(after.status === 'running' || after.status === 'done');
  });

  await drive.step('the round ends', async () => {
    await until(() => jobs().every((j) => j.status === 'done'), 'end of the job', 240_000);
    assert.deepEqual(Object.values(manifest().stages).map((s) => s.status), Array(6).fill('done'));
    await treeItem(page, 'Verify').waitFor();
  });

  await drive.step('stages and buckets in the tree', async () => {
    await dismissNotifications(page);
    await treeItem(page, 'Probe').click();
    await treeItem(page, /mismatch/i).waitFor();
  });

  await drive.step('a figure of the probe leads to its samples', async () => {
    await treeItem(page, 'Asked again').waitFor();
    await treeItem(page, '% right,').click();
    await page.locator('.part.sidebar .monaco-list-row.focused', { hasText: /Right only sometimes|Asked several times/ }).waitFor();
  });
  await drive.step('expansions with their seeds and gates', async () => {
    await runCommand(page, 'LoopTool: Show Expansions');
    await editorLine(page, 'Gates').waitFor();
  });
  await drive.step('a dry run shows where samples go', async () => {
    await runCommand(page, 'LoopTool: Compose: Dry Run');
    await editorLine(page, 'Where samples go').waitFor();
  });
  await drive.step('what the next round costs', async () => {
    await runCommand(page, 'LoopTool: Estimate Cost of Next Round');
    await editorLine(page, 'Nothing was sent or written.').waitFor();
  });

  await drive.step('review opens on the mismatches', async () => {
    await runCommand(page, 'LoopTool: Open Review');
    await review().locator('looptool-review footer').waitFor();
    await review().locator('header h1', { hasText: /^1 of/ }).waitFor();
  });

  await drive.step('three mismatches are ruled on, one key each', async () => {
    const place = (n) => review().locator('header h1', { hasText: new RegExp(`^${n} of`) });
    await dismissNotifications(page);
    await review().locator('main').click({ position: { x: 3, y: 3 } });
    let taken = 0;
    for (let n = 1; n <= 3; n++) {
      await place(n).waitFor();
      const takeable = await review().locator('footer button', { hasText: 'Take prediction' }).isEnabled();
      await page.keyboard.press(takeable && taken < 2 ? 'p' : 'k');
      if (takeable && taken < 2) taken++;
      await until(() => decisions().length === n, `decision ${n} on disk`);
    }
    assert.ok(taken > 0, 'no prediction could be taken');
  });

  await drive.step('the last decision is undone and made again', async () => {
    await page.keyboard.press('u');
    await until(() => decisions().at(-1)?.op === 'undo', 'undo on disk');
    await review().locator('header h1', { hasText: /^3 of/ }).waitFor();
    await page.keyboard.press('k');
    await until(() => decisions().length === 5, 'decision on disk');
  });

  await drive.step('review in the light theme', async () => {
    await setTheme('Light Modern', 'vs');
    await review().locator('looptool-review footer').waitFor();
  });
  await drive.step('review in high contrast', async () => {
    await setTheme('Dark High Contrast', 'hc-black');
    await review().locator('looptool-review footer').waitFor();
  });

  const dataset = fs.readdirSync(path.join(folder, 'data')).filter((n) => n.endsWith('.jsonl'));
  const before = new Map(dataset.map((n) => [n, read(`data/${n}`)]));
  await drive.step('corrections are shown as a diff', async () => {
    await setTheme('Dark Modern', 'vs-dark');
    await dismissNotifications(page);
    await runCommand(page, 'LoopTool: Apply Corrections...');
    await page.locator('.monaco-diff-editor, .multiDiffEditor').first().waitFor();
  });
  await drive.step('applied corrections change the labels and nothing else', async () => {
    await notification(page, 'Apply').locator('.monaco-button', { hasText: /^Apply$/ }).click();
    // The editor's own saving can be seen half done.
    const whole = (n) => read(`data/${n}`).split('\n').length === before.get(n).split('\n').length;
    await until(() => dataset.every(whole) && dataset.some((n) => read(`data/${n}`) !== before.get(n)), 'change on disk');
    const taken = decisions().filter((d) => d.op === 'decide' && d.ruling === 'takePrediction').length;
    const changed = dataset.flatMap((n) => {
      const [old, now] = [before.get(n).split('\n'), read(`data/${n}`).split('\n')];
      assert.equal(now.length, old.length);
      return old.flatMap((line, i) => (line === now[i] ? [] : [[JSON.parse(line), JSON.parse(now[i])]]));
    });
    assert.equal(changed.length, taken);
    for (const [old, now] of changed) {
      assert.notDeepEqual(now.messages.at(-1), old.messages.at(-1));
      assert.deepEqual({ ...now, messages: now.messages.slice(0, -1) }, { ...old, messages: old.messages.slice(0, -1) });
    }
  });

  await drive.step('the round report opens', async () => {
    await dismissNotifications(page);
    await runCommand(page, 'LoopTool: Show Round Report');
    await page.locator('.tab.active', { hasText: /round|report/i }).first().waitFor();
    await editorLine(page, 'What is wrong with mismatches').waitFor();
    await page.locator('.monaco-editor .detected-link').first().waitFor();
  });
  await drive.step('rounds in the light theme', async () => {
    await setTheme('Light Modern', 'vs');
    await openViewContainer(page, 'LoopTool');
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

if (countsFile) fs.writeFileSync(countsFile, JSON.stringify(drive.counts));
console.log(`${drive.counts.passed} steps passed, ${drive.counts.failed} failed, screenshots in test/shots`);
process.exit(drive.counts.failed > 0 ? 1 : 0);
