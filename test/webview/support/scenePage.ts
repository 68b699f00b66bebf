import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { reviewRequestSchema, type HostMessage, type ReviewRequest } from '../../../src/protocol/review/messages.ts';
import { decodeMessage, encodeMessage } from '../../../src/protocol/wire.ts';
import { THEMES } from '../themes.ts';
import { bulkPreview, SCENES, type Scene, type SceneName } from './scenes.ts';

const root = path.resolve(import.meta.dirname, '../../..');

export type ScenePage = {
  readonly page: Page;
  /** Requests of the page so far, without `ready`. */
  readonly requests: ReviewRequest[];
  /** Addresses that the page asked for after it was loaded. */
  readonly loads: string[];
  readonly errors: string[];
  /** What the host sends by itself. */
  push(message: HostMessage): Promise<void>;
  close(): Promise<void>;
};

/** Answers one request; `undefined` leaves the page waiting. */
export type Host = (request: ReviewRequest) => HostMessage | undefined | Promise<HostMessage | undefined>;

type Options = { readonly theme?: string; readonly width?: number; readonly height?: number; readonly host?: Host; readonly words?: Readonly<Record<string, string>>; readonly state?: unknown };

/** The real bundle in a real browser under the panel's own content security policy; the host is a function. */
export async function openPage(host: Host, options: Options = {}): Promise<ScenePage> {
  const server = await servePage(options);
  const browser = await launch();
  const page = await browser.newPage({ viewport: { width: options.width ?? 1280, height: options.height ?? 800 } });
  const requests: ReviewRequest[] = [];
  const errors: string[] = [];
  const loads: string[] = [];
  page.on('pageerror', (e) => errors.push(e.message));
  page.on('console', (m) => { if (m.type() === 'error') errors.push(m.text()); });
  await page.exposeFunction('toHost', async (message: unknown) => {
    const parsed = reviewRequestSchema.parse(decodeMessage(message));
    if (parsed.type !== 'ready') requests.push(parsed);
    const answer = await host(parsed);
    return answer === undefined ? undefined : encodeMessage({ ...answer, requestId: parsed.requestId });
  });
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.locator('looptool-review main').waitFor();
  page.on('request', (r) => loads.push(r.url()));
  return {
    page, requests, loads, errors,
    push: (message) => page.evaluate((m) => window.postMessage(m, '*'), encodeMessage(message)),
    close: async () => { await browser.close(); server.close(); },
  };
}

/** A scene, with its keys pressed. */
export async function openScene(name: SceneName, options: Options = {}): Promise<ScenePage> {
  const scene: Scene = SCENES[name];
  const opened = await openPage((request) => (request.type === 'ready' ? scene.first : options.host?.(request) ?? answerOf(name, request)), { ...options, width: options.width ?? scene.width ?? 1280, height: options.height ?? scene.height ?? 800 });
  for (const key of scene.keys ?? []) {
    await opened.page.locator('looptool-review footer').waitFor();
    await opened.page.keyboard.press(key);
  }
  const shown: Partial<Record<SceneName, string>> = { help: 'looptool-modal button', bulk: 'looptool-modal .samples', confirm: 'looptool-modal .store', filters: '#filters fieldset', raw: '.raw', failure: '.failure', error: '.failure' };
  if (shown[name] !== undefined) await opened.page.locator(shown[name]).first().waitFor();
  return opened;
}

function answerOf(name: SceneName, request: ReviewRequest): HostMessage | undefined {
  const scene: Scene = SCENES[name];
  if (request.type === 'previewBulk' || request.type === 'previewSimilar') return bulkPreview(request.requestId);
  if (name === 'confirm' && request.type === 'decide' && !request.confirmed) return { type: 'confirm', requestId: request.requestId, problems: ['get_forecast: “country” is not in the schema'] };
  return scene.first;
}

/** Violations of accessibility rules, in words. */
export async function violations(page: Page): Promise<string[]> {
  // The page's policy forbids foreign scripts; the checker is injected through the debugger instead.
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  return page.evaluate(async () => {
    // axe defines itself on the window when its source is evaluated.
    const axe = (window as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }> } }).axe;
    return (await axe.run()).violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.html.slice(0, 300)} ${n.failureSummary ?? ''}`).join(' ')}`);
  });
}

function launch(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
  return chromium.launch({ executablePath, headless: true, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1'] });
}

async function servePage({ theme, words, state }: Options): Promise<Server> {
  const bundle = readFileSync(path.join(root, 'dist/webview/review.js'));
  const variables = Object.entries(THEMES[theme ?? 'dark-modern'] ?? {}).map(([k, v]) => `--vscode-${k}: ${v};`).join(' ');
  const api = `window.acquireVsCodeApi = () => ({ postMessage: (m) => { window.toHost(m).then((r) => { if (r !== undefined) window.postMessage(r, '*'); }); }, getState: () => window.state, setState: (s) => { window.state = s; } }); window.state = ${JSON.stringify(state ?? null)};`;
  // Frames are allowed here, so that a hostile one can be tried.
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Review</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-test'; style-src 'nonce-test'; base-uri 'none'; form-action 'none'">
<style nonce="test">:root { ${variables} --vscode-font-family: sans-serif; --vscode-font-size: 13px; --vscode-editor-font-family: monospace; --vscode-editor-font-size: 12px; } body { margin: 0; background: var(--vscode-editor-background); }</style>
</head><body data-words="${JSON.stringify(words ?? {}).replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"><looptool-review></looptool-review><script nonce="test">${api}</script><script nonce="test" type="module" src="/review.js"></script></body></html>`;
  const server = createServer((request, response) => {
    const script = request.url === '/review.js';
    response.writeHead(request.url === '/' || script ? 200 : 404, { 'content-type': script ? 'text/javascript' : 'text/html; charset=utf-8' });
    response.end(script ? bundle : html);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
