// Finds a Chromium and drives it. Order: $CHROMIUM, one on the system, Playwright's cache, apt when root, Playwright's own download.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

const SYSTEM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable', '/snap/bin/chromium', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', 'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe'];

function fromPlaywrightCache() {
  const cache = process.env.PLAYWRIGHT_BROWSERS_PATH ?? path.join(os.homedir(), process.platform === 'darwin' ? 'Library/Caches' : '.cache', 'ms-playwright');
  if (!fs.existsSync(cache)) return undefined;
  for (const folder of fs.readdirSync(cache).filter((n) => n.startsWith('chromium')).sort().reverse()) {
    for (const inside of ['chrome-linux64/chrome', 'chrome-linux/chrome', 'chrome-linux/headless_shell', 'chrome-headless-shell-linux64/chrome-headless-shell', 'chrome-mac/Chromium.app/Contents/MacOS/Chromium', 'chrome-win/chrome.exe']) {
      const file = path.join(cache, folder, inside);
      if (fs.existsSync(file)) return file;
    }
  }
  return undefined;
}

/** Path of a Chromium, installed if need be; throws with what to install where none can be had. */
export function findChromium() {
  const given = process.env.CHROMIUM;
  if (given) {
    if (!fs.existsSync(given)) throw new Error(`$CHROMIUM is ${given}, which does not exist`);
    return given;
  }
  const found = () => SYSTEM.find((f) => fs.existsSync(f)) ?? fromPlaywrightCache();
  const here = found();
  if (here) return here;
  if (process.platform === 'linux' && process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0) {
    console.log('  no Chromium found: installing Debian\'s with apt-get');
    spawnSync('apt-get', ['update', '-q'], { stdio: 'ignore' });
    spawnSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'], { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  }
  if (!found()) {
    console.log('  no Chromium found: trying Playwright\'s own download');
    spawnSync('npx', ['--no-install', 'playwright-core', 'install', 'chromium'], { stdio: ['ignore', 'ignore', 'inherit'] });
  }
  const after = found();
  if (!after) throw new Error('No Chromium can be had. Install one (Debian, Ubuntu: apt-get install chromium; elsewhere: npx playwright-core install chromium) or set CHROMIUM to its path, then run npm test again.');
  return after;
}

/** A headless browser that resolves no name but loopback. */
export async function launchBrowser({ viewport = { width: 1280, height: 800 }, contextOptions = {} } = {}) {
  const browser = await chromium.launch({
    executablePath: findChromium(),
    headless: true,
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
      '--disable-features=Translate,MediaRouter,OptimizationHints', '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost',
    ],
  });
  // A viewport as large as the screen makes VS Code think that it is full-screen.
  const screen = { width: viewport.width + 200, height: viewport.height + 200 };
  const context = await browser.newContext({ viewport, screen, locale: 'en-US', permissions: ['clipboard-read', 'clipboard-write'], ...contextOptions });
  context.setDefaultTimeout(30_000);
  return { browser, context };
}
