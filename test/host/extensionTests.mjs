// Runs a suite (a CommonJS module exporting run()) inside the Node extension host of the VS Code server.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchBrowser } from './browser.mjs';
import { startServer } from './server.mjs';
import { workbenchUrl } from './workbenchPage.mjs';

const entry = path.join(path.dirname(fileURLToPath(import.meta.url)), 'extensionTestEntry.cjs');

/** Exit code: 0 passed, 1 failed, 70 the host or page ended early, 75 timeout. What the tests print goes to `out`. */
export async function runExtensionTests({ extension, suite, workspace, timeoutSeconds = 300, settings, env = {}, out = process.stdout }) {
  const server = await startServer({ driver: true, settings, env: { ...env, LOOPTOOL_TEST_SUITE: path.resolve(suite) } });
  const log = path.join(server.root, 'tests.log');
  let offset = 0;
  const follow = () => {
    if (!fs.existsSync(log)) return;
    const text = fs.readFileSync(log);
    if (text.length > offset) out.write(text.subarray(offset));
    offset = text.length;
  };
  const timer = setInterval(follow, 200);
  let browser;
  try {
    const launched = await launchBrowser();
    browser = launched.browser;
    let result = await inPage(launched, server, { extension, workspace, timeoutSeconds });
    follow();
    if (result.code === 0 && !fs.existsSync(`${log}.passed`)) result = { code: 70, why: 'the extension host ended before the tests did' };
    if (result.why) console.error(`! ${result.why}\n${fs.readFileSync(server.logFile, 'utf8').slice(-3000)}`);
    return result.code;
  } finally {
    clearInterval(timer);
    await browser?.close().catch(() => {});
    await server.stop();
    follow();
  }
}

async function inPage({ browser, context }, server, { extension, workspace, timeoutSeconds }) {
  let finish;
  const done = new Promise((resolve) => {
    finish = resolve;
  });
  await context.exposeFunction('codeAutomationExit', (code) => finish({ code }));
  await context.exposeFunction('codeAutomationLog', () => {});
  const page = await context.newPage();
  page.on('crash', () => finish({ code: 70, why: 'the page crashed' }));
  browser.on('disconnected', () => finish({ code: 70, why: 'the browser ended' }));
  const timer = setTimeout(() => finish({ code: 75, why: `no result after ${timeoutSeconds} s` }), timeoutSeconds * 1000);
  const payload = [['extensionDevelopmentPath', server.remoteUri(extension)], ['extensionTestsPath', server.remoteUri(entry)], ['skipWelcome', 'true']];
  await page.goto(workbenchUrl(server, { folder: workspace, payload }), { waitUntil: 'commit' });
  const result = await done;
  clearTimeout(timer);
  // The extension host writes its last lines while it goes.
  if (!result.why) await new Promise((resolve) => setTimeout(resolve, 300));
  return result;
}
