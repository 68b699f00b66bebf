// Inline inspection end to end: datasets in a real VS Code, looked at and put right with the keyboard. Screenshots go to
// test/shots/inspect; `--real DIR` looks at real records as well (ToolRL, BFCL, Hermes, OpenAI, xLAM, LoopTool), for people.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchBrowser } from '../host/browser.mjs';
import { startServer } from '../host/server.mjs';
import { dismissNotifications, openFile, openWorkbench, runCommand, typeInput } from '../host/workbenchPage.mjs';
import { stepper, until } from './steps.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const option = (name) => process.argv.find((a) => a.startsWith(`--${name}=`))?.slice(name.length + 3);
const countsFile = option('counts');

const weather = { name: 'get_weather', description: 'Says how the weather will be.', parameters: { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer', description: 'how many days ahead' }, unit: { type: 'string', enum: ['celsius', 'fahrenheit'] } }, required: ['city'] } };
const call = (args) => ({ role: 'assistant', content: null, tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: JSON.stringify(args) } }] });
const row = (city, args) => JSON.stringify({ messages: [{ role: 'user', content: `How will the weather be in ${city} in the next 3 days, in celsius?` }, call(args)], tools: [{ type: 'function', function: weather }] });
const openai = `${[row('Oslo', { city: 'Oslo', days: 3, unit: 'celsius' }), row('Bergen', { city: 'Bergen', days: '3' }), row('Rome', { city: 'Rome', unit: 'celcius' })].join('\n')}\n`;

const packed = spawnSync(process.execPath, [path.join(root, 'scripts/package.mjs')], { cwd: root, encoding: 'utf8' });
if (packed.status !== 0) throw new Error(`packaging failed\n${packed.stdout}${packed.stderr}`);
const server = await startServer({ extensions: [path.join(root, 'dist/looptool.vsix')] });
const folder = path.join(server.root, 'workspaces/datasets');
fs.mkdirSync(folder, { recursive: true });
fs.writeFileSync(path.join(folder, 'openai.jsonl'), openai);
const onDisk = () => fs.readFileSync(path.join(folder, 'openai.jsonl'), 'utf8');
const { browser, context } = await launchBrowser({ viewport: { width: 1500, height: 860 } });
const page = await openWorkbench(server, context, { folder });
const drive = stepper({ screenshot: (o) => page.screenshot(o) }, path.join(root, 'test/shots/inspect'));
const setTheme = async (label, kind) => {
  await runCommand(page, 'Preferences: Color Theme');
  await typeInput(page, label);
  await page.locator(`.monaco-workbench.${kind}`).first().waitFor();
};
const goTo = async (place) => {
  await page.keyboard.press('Control+g');
  await typeInput(page, `:${place}`);
};
const squiggle = page.locator('.monaco-editor .squiggly-error').first();

try {
  await drive.step('a newcomer opens a dataset and sees the error', async () => {
    await openFile(page, 'openai.jsonl');
    await squiggle.waitFor();
    await runCommand(page, 'Problems: Focus on Problems View');
    await page.locator('.markers-panel .monaco-list-row', { hasText: /days is/ }).first().waitFor();
  });
  await drive.step('the quick fix is offered', async () => {
    await page.locator('.markers-panel .monaco-list-row', { hasText: /days is/ }).first().dblclick();
    await page.locator('.monaco-editor.focused').first().waitFor();
    await page.locator('[class*="lightBulbWidget"], [class*="codicon-gutter-lightbulb"]').first().waitFor();
    await page.keyboard.press('Control+.');
    await page.locator('.action-widget .monaco-list-row', { hasText: /3/ }).first().waitFor();
  });
  await drive.step('the quick fix is made and saved: one value changed, no other byte', async () => {
    await page.keyboard.press('Enter');
    await until(async () => (await page.locator('.markers-panel .monaco-list-row', { hasText: /days is/ }).count()) === 0, 'finding that went away');
    await page.keyboard.press('Control+s');
    // The file is empty for a moment while it is written.
    await until(() => onDisk() !== openai && onDisk() !== '', 'change on disk');
    assert.equal(onDisk(), openai.replace('\\"days\\":\\"3\\"', '\\"days\\":3'));
  });
  await drive.step('undo brings the bytes back', async () => {
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+s');
    await until(() => onDisk() === openai, 'old bytes on disk');
  });
  await drive.step('hover on a call', async () => {
    await goTo(`2:${openai.split('\n')[1].indexOf('get_weather') + 3}`);
    await runCommand(page, 'Show or Focus Hover');
    await page.locator('.monaco-hover', { hasText: 'get_weather(' }).first().waitFor();
  });
  await drive.step('the conversation beside the file follows the cursor', async () => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await runCommand(page, 'LoopTool: Show as Conversation');
    await page.locator('.monaco-editor .view-line', { hasText: /city:.*"Bergen"/ }).first().waitFor();
    await goTo('3:1');
    await page.locator('.monaco-editor .view-line', { hasText: /city:.*"Rome"/ }).first().waitFor();
  });
  await drive.step('rename of a tool, as a preview', async () => {
    await goTo(`1:${openai.split('\n')[0].indexOf('get_weather') + 3}`);
    await page.keyboard.press('F2');
    await page.locator('.rename-box input').waitFor();
    await page.locator('.rename-box input').fill('forecast_weather');
    await page.keyboard.press('Control+Enter');
    await page.locator('.refactor-preview-panel, .bulk-edit-panel').first().waitFor();
  });
  await drive.step('the preview is left without a change', async () => {
    await page.locator('.monaco-button', { hasText: 'Discard' }).first().click();
    await page.locator('.bulk-edit-panel, .refactor-preview-panel').first().waitFor({ state: 'hidden' });
    assert.equal(onDisk(), openai);
  });
  for (const [label, kind] of [['Light Modern', 'vs'], ['Dark High Contrast', 'hc-black']]) {
    await drive.step(`the same in ${label}`, async () => {
      await setTheme(label, kind);
      await dismissNotifications(page);
      await goTo('2:1');
      await runCommand(page, 'Problems: Focus on Problems View');
    });
  }
  if (option('real')) await real(option('real'));
} catch (error) {
  if (drive.counts.failed === 0) {
    drive.counts.failed++;
    console.error(error);
  }
} finally {
  await browser.close();
  await server.stop();
}

/** Real records are only looked at. */
async function real(data) {
  const files = { toolrl: 'toolrl', bfcl: 'bfcl', hermes: 'derived_formats/hermes_json.json', looptool: 'derived_formats/looptool.json', openai: 'derived_formats/openai_finetune.jsonl', xlam: 'hammer' };
  for (const [name, place] of Object.entries(files)) {
    const from = firstFile(path.join(data, place));
    if (from === undefined) continue;
    const to = path.join(folder, `${name}${path.extname(from)}`);
    fs.copyFileSync(from, to);
    await drive.step(`real ${name}`, async () => {
      await openFile(page, path.basename(to));
      await page.waitForTimeout(5000);
    });
  }
}

function firstFile(place) {
  if (!fs.existsSync(place)) return undefined;
  if (fs.statSync(place).isFile()) return place;
  for (const name of fs.readdirSync(place, { recursive: true }).sort()) if (/\.jsonl?$/.test(name)) return path.join(place, name);
  return undefined;
}

if (countsFile) fs.writeFileSync(countsFile, JSON.stringify(drive.counts));
console.log(`${drive.counts.passed} steps passed, ${drive.counts.failed} failed, screenshots in test/shots/inspect`);
process.exit(drive.counts.failed > 0 ? 1 : 0);
