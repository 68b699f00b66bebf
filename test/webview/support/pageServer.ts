import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { repositoryRoot } from '../../builders/repositoryRoot.ts';
import { THEMES } from '../themes.ts';

const root = repositoryRoot();

export type PageOptions = {
  readonly theme?: keyof typeof THEMES;
  readonly width?: number;
  readonly height?: number;
  /** 2 is how 200 % zoom looks to a page. */
  readonly scale?: number;
  readonly reducedMotion?: boolean;
  /** English text of the page to the text of another language. */
  readonly words?: Readonly<Record<string, string>>;
  readonly language?: string;
  /** What an earlier load of the page has kept. */
  readonly state?: unknown;
  /** Gets the page before it loads anything. */
  readonly onPage?: (page: Page) => Promise<void> | void;
};

/** Host and page talk through this: what the page posts comes to `receive`, `post` reaches the page's message listener. */
export type PageChannel = {
  readonly page: Page;
  post(message: unknown): Promise<void>;
  close(): Promise<void>;
};

let browser: Promise<Browser> | undefined;

/** One browser for all pages of a process; it ends with the process. */
async function sharedBrowser(): Promise<Browser> {
  browser ??= chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--enable-precise-memory-info', '--js-flags=--expose-gc', '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1'],
  });
  return browser;
}

/**
 * The built bundle of a page under the content security policy of its panel. `receive` gets each message of the page as it was
 * posted; what it resolves to, if anything, is sent to the page.
 */
export async function openPage(bundle: string, element: string, receive: (message: unknown) => Promise<unknown>, options: PageOptions = {}): Promise<PageChannel> {
  const served = await servePage(bundle, element, options);
  const context = await (await sharedBrowser()).newContext({
    viewport: { width: Math.round((options.width ?? 1100) / (options.scale ?? 1)), height: Math.round((options.height ?? 900) / (options.scale ?? 1)) },
    deviceScaleFactor: options.scale ?? 1,
    reducedMotion: options.reducedMotion === true ? 'reduce' : 'no-preference',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  await page.exposeFunction('toHost', receive);
  await options.onPage?.(page);
  await page.goto(served.url);
  return {
    page,
    post: async (message) => page.evaluate((m) => window.postMessage(m, '*'), message),
    close: async () => {
      await context.close();
      served.close();
    },
  };
}

async function servePage(bundle: string, element: string, options: PageOptions): Promise<{ readonly url: string; close(): void }> {
  const script = readFileSync(path.join(root, 'dist/webview', bundle));
  const html = pageHtml(bundle, element, options);
  const server = createServer((request, response) => {
    const isScript = request.url === `/${bundle}`;
    response.writeHead(request.url === '/' || isScript ? 200 : 404, { 'content-type': isScript ? 'text/javascript' : 'text/html; charset=utf-8' });
    response.end(isScript ? script : html);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on a port has an address with it.
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => void server.close() };
}

function pageHtml(bundle: string, element: string, { theme = 'dark-modern', words, language = 'en', state }: PageOptions): string {
  const variables = Object.entries(THEMES[theme] ?? {}).map(([k, v]) => `--vscode-${k}: ${v};`).join(' ');
  const api = `{ let state = ${JSON.stringify(state ?? null).replaceAll('<', '\\u003c')}; window.acquireVsCodeApi = () => ({ postMessage: (m) => { window.toHost(m).then((r) => { if (r !== undefined && r !== null) window.postMessage(r, '*'); }); }, getState: () => state, setState: (s) => { state = s; } }); }`;
  const policy = `default-src 'none'; script-src 'nonce-test'; style-src 'nonce-test'; base-uri 'none'; form-action 'none'`;
  const translations = words === undefined ? '' : ` data-words="${JSON.stringify(words).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)}"`;
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>Review</title>
<meta http-equiv="Content-Security-Policy" content="${policy}">
<style nonce="test">:root { ${variables} --vscode-font-family: sans-serif; --vscode-font-size: 13px; --vscode-editor-font-family: monospace; } body { margin: 0; background: var(--vscode-editor-background); }</style>
</head><body${translations}><${element}></${element}><script nonce="test">${api}</script><script nonce="test" type="module" src="/${bundle}"></script></body></html>`;
}
