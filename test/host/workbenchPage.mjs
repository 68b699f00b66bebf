// What a person does in VS Code, by its real DOM.
import path from 'node:path';

/** Address of the workbench: a folder, or an empty window; `payload` names an extension under test. */
export function workbenchUrl(server, { folder, payload = [] } = {}) {
  const url = new URL(`http://${server.authority}/`);
  if (folder) url.searchParams.set('folder', path.resolve(folder));
  else url.searchParams.set('ew', 'true');
  if (payload.length > 0) url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}

/** Opens the workbench and waits until the layout is restored and every extension's contributions are registered. */
export async function openWorkbench(server, context, options = {}) {
  const page = await context.newPage();
  // The trust prompt and toasts wait for the window's focus.
  await page.bringToFront();
  await page.goto(workbenchUrl(server, options), { waitUntil: 'commit' });
  await page.locator('.monaco-workbench').waitFor();
  const marks = ['code/didStartWorkbench', 'code/didLoadExtensions'];
  await page.waitForFunction((names) => names.every((n) => performance.getEntriesByName(n).length > 0), marks, { polling: 50, timeout: 90_000 });
  return page;
}

/** Types into the palette and clicks the row with that label; again when the focus moves and closes it meanwhile. */
async function palette(page, text, label) {
  const box = page.locator('.quick-input-widget:visible');
  const input = box.locator('input[type="text"]').first();
  const row = box.locator('.quick-input-list .monaco-list-row', { has: page.locator('.label-name', { hasText: label }) }).first();
  let last;
  for (let i = 0; i < 5; i++) {
    try {
      if (!(await box.isVisible())) await page.keyboard.press('F1');
      await input.fill(text, { timeout: 3_000 });
      await row.click({ timeout: 6_000 });
      return row;
    } catch (error) {
      last = error;
      await page.keyboard.press('Escape');
    }
  }
  throw new Error(`nothing in the palette for "${label}"`, { cause: last });
}

/** Runs the command with that "Category: Title". */
export async function runCommand(page, label) {
  const row = await palette(page, `>${label}`, label);
  await row.waitFor({ state: 'hidden' });
}

/** Opens a workspace file by name: without ">" the palette is "Go to File". */
export async function openFile(page, name) {
  await palette(page, name, name);
  await page.locator('.tab', { hasText: name }).first().waitFor();
}

export async function openViewContainer(page, title) {
  const tab = page.locator('.part.activitybar .action-item:not(.menubar-menu-button)', { has: page.locator(`[aria-label^="${title}"]`) }).first();
  const open = (await tab.getAttribute('aria-expanded')) === 'true' || (await tab.evaluate((e) => e.classList.contains('checked')));
  if (!open) await tab.click();
  await page.locator('.part.sidebar .composite.title', { hasText: new RegExp(title, 'i') }).waitFor();
}

export const treeItem = (page, text) => page.locator('.part.sidebar .monaco-list-row', { hasText: text }).first();

/** The document that an extension put into the editor webview in front: two frames deep; hidden tabs keep theirs. */
export const webview = (page, extensionId) =>
  page.frameLocator(`iframe.webview.ready[src*="extensionId=${extensionId}"]:not([src*="purpose="]):visible`).frameLocator('iframe#active-frame');

export const notification = (page, text) => page.locator('.notification-toast', { hasText: text }).first();

export async function dismissNotifications(page) {
  for (let n = await page.locator('.notification-toast').count(); n > 0; n--) {
    const toast = page.locator('.notification-toast').first();
    await toast.hover().catch(() => {});
    await toast.locator('.codicon-notifications-clear').click({ timeout: 2_000 }).catch(() => {});
  }
}

export const editorLine = (page, text) => page.locator('.monaco-editor .view-line', { hasText: text }).first();

export const dialogButton = (page, label) => page.locator('.monaco-dialog-box .monaco-button', { hasText: label }).first();

/** Chooses a row of the quick pick that is open. */
export async function pick(page, label) {
  await page.locator('.quick-input-widget:visible .quick-input-list .monaco-list-row', { hasText: label }).first().click();
}

/** Types into the input box that is open. */
export async function typeInput(page, text) {
  const input = page.locator('.quick-input-widget:visible input[type="text"]').first();
  await input.waitFor();
  await input.fill(text);
  await page.keyboard.press('Enter');
}

/** Answers VS Code's own file dialog, which rewrites its path line while it lists the folder. */
export async function chooseFile(page, file) {
  const box = page.locator('.quick-input-widget:visible');
  const input = box.locator('input[type="text"]').first();
  await box.locator('.monaco-list-row').first().waitFor();
  for (let i = 0; i < 10; i++) {
    await input.fill(file);
    await page.waitForTimeout(200);
    if ((await input.inputValue()) !== file) continue;
    await page.keyboard.press('Enter');
    const closed = await input.waitFor({ state: 'hidden', timeout: 2_000 }).then(() => true, () => false);
    if (closed) return;
  }
  throw new Error(`the file dialog did not take ${file}`);
}
