import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { makeSample } from '../../src/core/dataset/identity.ts';
import type { Label, TrainRow } from '../../src/core/dataset/sample.ts';
import type { DecisionOperation } from '../../src/core/review/decision.ts';
import type { Judgement, ProbeEntry } from '../../src/core/rounds/journalEntries.ts';
import { compareCalls } from '../../src/core/toolcall/compare.ts';
import type { Prediction } from '../../src/core/toolcall/prediction.ts';
import { ReviewSession, type RoundForReview } from '../../src/app/reviewSession.ts';
import { reviewRequestSchema } from '../../src/protocol/reviewMessages.ts';
import { THEMES } from './themes.ts';

const root = path.resolve(import.meta.dirname, '../..');

export type CaseOptions = { readonly city?: string; readonly predicted?: string; readonly request?: string; readonly toolName?: string; readonly analysis?: string; readonly prediction?: Prediction };

/** One mismatch: the label says `city`, the policy answered `predicted`. */
export function mismatch(n: number, options: CaseOptions = {}): { row: TrainRow; probe: ProbeEntry; judgement: Judgement } {
  const name = options.toolName ?? 'get_weather';
  const tools = [{ name, description: 'Weather of a city', parameters: { type: 'object', properties: { city: { type: 'string' }, day: { type: 'string', enum: ['today', 'tomorrow'] } }, required: ['city'] } }];
  const label: Label = { kind: 'calls', calls: [{ name, arguments: { city: options.city ?? `paris ${n}`, day: 'today' } }] };
  const prediction: Prediction = options.prediction ?? { kind: 'CALL', calls: [{ name, arguments: { city: options.predicted ?? `lyon ${n}`, day: 'today' } }], text: '', warnings: [] };
  const sample = makeSample({ tools, messages: [{ role: 'user', content: options.request ?? `weather in lyon ${n}` }], label });
  const base = { v: 1 as const, sampleId: sample.id, labelHash: sample.labelHash, requestKey: 'none', attempt: 1, startedAt: '2026-01-01T00:00:00.000Z', elapsedMs: 1 };
  const row: TrainRow = { ...sample, v: 1, origin: 'seed', parents: [], since: 1 };
  const probe: ProbeEntry = { ...base, type: 'probe', outcome: prediction.kind === 'CALL' ? 'MISMATCH' : 'TRUNCATED', prediction, comparison: compareCalls(label.calls, prediction.calls), ppl: 1.25 };
  const judgement: Judgement = { sampleId: sample.id, labelHash: sample.labelHash, verdict: 'LABEL_WRONG', analysis: options.analysis ?? 'The request names another city.', approach: 'Use the city of the request.', votes: 2, agreeing: 2, simulated: true, by: 'judge', source: 'simulated-judge' };
  return { row, probe, judgement };
}

export type Harness = { readonly page: Page; readonly log: DecisionOperation[]; readonly rows: readonly TrainRow[]; close(): Promise<void> };

/** The real bundle in a real browser under the panel's own content security policy, over the real protocol to the real session. */
export async function openReview(cases: readonly ReturnType<typeof mismatch>[], options: { readonly theme?: string; readonly width?: number; readonly log?: DecisionOperation[] } = {}): Promise<Harness> {
  const log = options.log ?? [];
  const data: RoundForReview = { round: 1, rows: new Map(cases.map((c) => [c.row.id, c.row])), probes: cases.map((c) => c.probe), judgements: new Map(cases.map((c) => [c.row.id, c.judgement])) };
  let id = log.length;
  const session = new ReviewSession({
    load: async () => data,
    log: { read: async () => [...log], append: async (operation) => void log.push(operation) },
    user: 'tester', now: () => new Date('2026-01-02T03:04:05Z'), newId: () => `d${++id}`,
    openSource: async () => {}, apply: async (decisions) => `${decisions.length} applied.`,
  });
  const server = await servePage(options.theme ?? 'dark-modern');
  const browser = await launch();
  const page = await browser.newPage({ viewport: { width: options.width ?? 1100, height: 900 } });
  await page.exposeFunction('toHost', async (message: unknown) => session.handle(reviewRequestSchema.parse(message)));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.locator('looptool-review footer').waitFor();
  return { page, log, rows: cases.map((c) => c.row), close: async () => { await browser.close(); server.close(); } };
}

function launch(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
  return chromium.launch({ executablePath, headless: true, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1'] });
}

async function servePage(theme: string): Promise<Server> {
  const bundle = readFileSync(path.join(root, 'dist/webview/review.js'));
  const variables = Object.entries(THEMES[theme] ?? {}).map(([k, v]) => `--vscode-${k}: ${v};`).join(' ');
  const api = `window.acquireVsCodeApi = () => ({ postMessage: (m) => { window.toHost(m).then((r) => window.postMessage(r, '*')); }, getState: () => undefined, setState: () => {} });`;
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Review</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-test'; style-src 'nonce-test'">
<style nonce="test">:root { ${variables} --vscode-font-family: sans-serif; --vscode-font-size: 13px; --vscode-editor-font-family: monospace; } body { margin: 0; background: var(--vscode-editor-background); }</style>
</head><body><looptool-review></looptool-review><script nonce="test">${api}</script><script nonce="test" type="module" src="/review.js"></script></body></html>`;
  const server = createServer((request, response) => {
    const script = request.url === '/review.js';
    response.writeHead(request.url === '/' || script ? 200 : 404, { 'content-type': script ? 'text/javascript' : 'text/html; charset=utf-8' });
    response.end(script ? bundle : html);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

