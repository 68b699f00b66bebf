// Makes the pictures of the README: the sample project in a real VS Code, its rounds and its review, without notifications.
// Run it after a change of the page or of the tree: node esbuild.mjs && node scripts/package.mjs && node test/e2e/pictures.mjs
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchBrowser } from '../host/browser.mjs';
import { startServer } from '../host/server.mjs';
import { dismissNotifications, openViewContainer, openWorkbench, pick, runCommand, treeItem, typeInput, webview } from '../host/workbenchPage.mjs';
import { stopEngine, until } from './steps.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const images = path.join(root, 'docs/images');
const largest = 200_000;

const settings = {
  'editor.minimap.enabled': false,
  'editor.fontSize': 12,
  'editor.lineNumbers': 'off',
  'editor.guides.indentation': false,
  'editor.renderLineHighlight': 'none',
  'editor.scrollbar.horizontal': 'hidden',
  'editor.scrollbar.vertical': 'hidden',
  'workbench.layoutControl.enabled': false,
  'looptool.notifications.jobEnd': false,
};
const server = await startServer({ extensions: [path.join(root, 'dist/looptool.vsix')], settings });
const folder = path.join(server.root, 'workspaces/tools');
fs.mkdirSync(folder, { recursive: true });
const { browser, context } = await launchBrowser({ viewport: { width: 1360, height: 800 } });
const page = await openWorkbench(server, context, { folder });
const review = () => webview(page, 'looptool.looptool');

/** A row by its name alone: other rows may have the same words in their description. */
const row = (name) => page.locator('.part.sidebar .monaco-list-row', { has: page.locator('.label-name', { hasText: new RegExp(`^${name}$`) }) }).first();

async function open(name) {
  if ((await row(name).getAttribute('aria-expanded')) !== 'true') await row(name).locator('.monaco-tl-twistie').click();
  await page.waitForFunction((n) => [...document.querySelectorAll('.part.sidebar .monaco-list-row[aria-expanded="true"] .label-name')].some((e) => e.textContent === n), name);
}

async function roundEnds() {
  const jobs = path.join(folder, '.looptool/jobs');
  const files = () => (fs.existsSync(jobs) ? fs.readdirSync(jobs).filter((n) => n.endsWith('.json')) : []);
  await until(() => files().length > 0 && files().every((n) => JSON.parse(fs.readFileSync(path.join(jobs, n), 'utf8')).status === 'done'), 'end of the round', 400_000);
}

async function theme(label, kind) {
  await runCommand(page, 'Preferences: Color Theme');
  await typeInput(page, label);
  await page.locator(`.monaco-workbench.${kind}`).first().waitFor();
}

async function picture(name) {
  await dismissNotifications(page);
  await page.mouse.move(900, 640);
  await page.evaluate(() => document.activeElement?.blur?.());
  await page.waitForTimeout(800);
  const file = path.join(images, name);
  await page.screenshot({ path: file, animations: 'disabled' });
  const { size } = fs.statSync(file);
  if (size > largest) throw new Error(`${name} has ${size} bytes, more than ${largest}`);
  console.log(`${name}: ${Math.round(size / 1000)} KB`);
}

try {
  fs.mkdirSync(images, { recursive: true });
  await openViewContainer(page, 'LoopTool');
  await runCommand(page, 'LoopTool: New Project...');
  await pick(page, 'Sample project, tiny');
  await treeItem(page, 'No rounds yet').waitFor();
  // Wide enough for what stands beside the names of the stages.
  const sash = await page.locator('.part.sidebar').boundingBox();
  await page.mouse.move(sash.x + sash.width + 2, 400);
  await page.mouse.down();
  await page.mouse.move(sash.x + 400, 400, { steps: 5 });
  await page.mouse.up();

  await runCommand(page, 'LoopTool: Start Iteration...');
  await typeInput(page, '1');
  await roundEnds();
  await runCommand(page, 'LoopTool: Refresh');
  await open('Round 1');
  await open('Verify');
  await runCommand(page, 'LoopTool: Open Review');
  await review().locator('header h1', { hasText: /^1 of/ }).waitFor();
  await review().locator('main').click({ position: { x: 4, y: 4 } });
  await page.keyboard.press('p');
  await review().locator('header h1', { hasText: /^2 of/ }).waitFor();
  await picture('review-dark.png');

  await theme('Light Modern', 'vs');
  await row('Verify').locator('.monaco-tl-twistie').click();
  await open('Evaluate');
  await open('held-out values');
  await open('Fixed');
  await runCommand(page, 'LoopTool: Show Round Report');
  await page.locator('.tab.active', { hasText: /report/i }).waitFor();
  await picture('rounds-light.png');
} finally {
  stopEngine(folder);
  await browser.close();
  await server.stop();
}
