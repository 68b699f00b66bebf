import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { build } from 'esbuild';
import { chromium, type Browser, type Page } from 'playwright-core';
import { makeSample } from '../../src/core/dataset/identity.ts';
import { readLabelDocument } from '../../src/core/dataset/labelDocument.ts';
import type { Label, ToolCall, ToolDefinition } from '../../src/core/dataset/sample.ts';
import { stringifyJson } from '../../src/core/json/stringify.ts';
import type { JsonValue } from '../../src/core/json/value.ts';
import { matchPrediction } from '../../src/core/toolcall/match.ts';
import type { Prediction } from '../../src/core/toolcall/prediction.ts';
import { noTextKinds } from '../../src/core/toolcall/textKinds.ts';
import type { ReviewItem } from '../../src/protocol/review/item.ts';
import { THEMES } from './themes.ts';

const root = path.resolve(import.meta.dirname, '../..');

export const weather: ToolDefinition = {
  name: 'get_weather', description: 'Weather of a city',
  parameters: {
    type: 'object', required: ['city'],
    properties: { city: { type: 'string', description: 'The city, in English' }, days: { type: 'integer', default: 7 }, units: { type: 'string', enum: ['metric', 'imperial'] }, place: { type: 'object', properties: { lat: { type: 'number' }, lon: { type: 'number' } } }, tags: { type: 'array', items: { type: 'string' } } },
  },
};

export const call = (args: ToolCall['arguments'], name = 'get_weather'): ToolCall => ({ name, arguments: args });

/** An item as the host would make it. */
export function itemOf(label: Label, predicted: readonly ToolCall[] | Prediction, more: Partial<ReviewItem> = {}): ReviewItem {
  const prediction: Prediction = 'kind' in predicted ? predicted : { kind: 'CALL', calls: predicted, text: '', warnings: [] };
  const { outcome, comparison } = matchPrediction(label, prediction, noTextKinds);
  const tools = more.tools ?? [weather];
  const { id, labelHash } = makeSample({ tools, messages: [{ role: 'user', content: 'weather' }], label });
  return {
    sampleId: id, labelHash, origin: 'seed', parents: [], tools, messages: [{ role: 'user', content: 'weather' }], label, prediction, comparison,
    ...(prediction.kind === 'CALL' ? { predictionLabel: { kind: 'calls' as const, calls: [...prediction.calls] } } : prediction.kind.startsWith('TEXT') ? { predictionLabel: { kind: 'text' as const, text: prediction.text } } : {}),
    outcome, raw: '', labelFindings: [], predictionFindings: [], sources: [], decisions: [], similar: 0, ...more,
  };
}

const entry = `
import { html, LitElement, render } from 'lit';
import { parseJson } from './src/core/json/parse.ts';
import { stringifyJson } from './src/core/json/stringify.ts';
import { answerView } from './webview-ui/review/answer/answerView.ts';
import { answerStyles } from './webview-ui/review/answer/answerStyles.ts';
import './webview-ui/review/edit/labelEditor.ts';
window.events = [];
window.pageKeys = 0;
window.addEventListener('keydown', () => { window.pageKeys++; });
class Shown extends LitElement {
  static properties = { item: {}, options: {} };
  static styles = answerStyles;
  render() { return this.item ? answerView(this.item, { ...this.options, onHover: (l) => window.events.push(['hover', l?.message]), onSource: (l) => window.events.push(['source', l.message]) }) : html\`\`; }
}
customElements.define('test-answer', Shown);
window.showAnswer = (text, options) => {
  const main = document.querySelector('main');
  main.replaceChildren();
  const shown = document.createElement('test-answer');
  shown.item = parseJson(text).value;
  shown.options = options;
  const start = performance.now();
  main.append(shown);
  return shown.updateComplete.then(() => performance.now() - start);
};
window.showEditor = (text, mode) => {
  const main = document.querySelector('main');
  main.replaceChildren();
  const editor = document.createElement('looptool-label-editor');
  editor.item = parseJson(text).value;
  editor.mode = mode;
  for (const name of ['label-chosen', 'label-cancelled']) editor.addEventListener(name, (event) => window.events.push([name, event.detail && stringifyJson(event.detail)]));
  main.append(editor);
  return editor.updateComplete.then(() => true);
};
window.ready = true;
`;

let bundle: Promise<string> | undefined;

async function bundled(): Promise<string> {
  const result = await build({ stdin: { contents: entry, resolveDir: root, loader: 'ts' }, bundle: true, format: 'esm', target: 'chrome130', write: false, minify: true, logLevel: 'error', mainFields: ['module', 'main'], define: { 'process.env.NODE_ENV': '"production"' } });
  return result.outputFiles[0]?.text ?? '';
}

/** One browser for all tests of a file: starting it takes longer than most of them. */
let browser: Promise<Browser> | undefined;

async function launched(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', headless: true, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1'] });
}

export async function closeBrowser(): Promise<void> {
  await (await browser)?.close();
  browser = undefined;
}

export type AnswerHarness = {
  readonly page: Page;
  showAnswer(item: ReviewItem, options?: { readonly swapped?: boolean; readonly neutralNames?: boolean }): Promise<number>;
  showEditor(item: ReviewItem, mode: 'edit' | 'cherryPick'): Promise<void>;
  /** Labels that were chosen, and `cancelled`. */
  chosen(): Promise<readonly (Label | 'cancelled')[]>;
  events(): Promise<readonly (readonly [string, unknown])[]>;
  violations(): Promise<readonly string[]>;
  close(): Promise<void>;
};

/** The real components alone in a real browser, under the panel's content security policy. */
export async function openAnswers(options: { readonly theme?: string; readonly width?: number; readonly words?: Readonly<Record<string, string>> } = {}): Promise<AnswerHarness> {
  const script = await (bundle ??= bundled());
  const variables = Object.entries(THEMES[options.theme ?? 'dark-modern'] ?? {}).map(([key, value]) => `--vscode-${key}: ${value};`).join(' ');
  const words = JSON.stringify(options.words ?? {}).replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Answers</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-test'; style-src 'nonce-test'">
<style nonce="test">:root { ${variables} --vscode-font-family: sans-serif; --vscode-font-size: 13px; --vscode-editor-font-family: monospace; } body { margin: 0; padding: 12px; background: var(--vscode-editor-background); color: var(--vscode-foreground); font: 13px sans-serif; }</style>
</head><body data-words="${words}"><header><h1>Answers</h1></header><main></main><script nonce="test" type="module" src="/page.js"></script></body></html>`;
  const server = createServer((request, response) => {
    const isScript = request.url === '/page.js';
    response.writeHead(200, { 'content-type': isScript ? 'text/javascript' : 'text/html; charset=utf-8' });
    response.end(isScript ? script : html);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const page = await (await (browser ??= launched())).newPage({ viewport: { width: options.width ?? 1000, height: 900 } });
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.waitForFunction('window.ready');
  const events = async (): Promise<readonly (readonly [string, unknown])[]> => page.evaluate('window.events');
  return {
    page,
    events,
    // Items are JSON throughout; the text keeps their numbers as they are written.
    showAnswer: async (item, given = {}) => page.evaluate(`window.showAnswer(${JSON.stringify(stringifyJson(item as unknown as JsonValue))}, ${JSON.stringify({ swapped: false, neutralNames: false, ...given })})`),
    showEditor: async (item, mode) => page.evaluate(`window.showEditor(${JSON.stringify(stringifyJson(item as unknown as JsonValue))}, '${mode}')`),
    chosen: async () => (await events()).flatMap(([name, detail]): readonly (Label | 'cancelled')[] => {
      if (name === 'label-cancelled') return ['cancelled'];
      if (name !== 'label-chosen') return [];
      const text = String(detail);
      const read = readLabelDocument(text.slice('{"label":'.length, text.lastIndexOf(',"way"')));
      return read.ok ? [read.label] : [];
    }),
    violations: async () => {
      await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
      return page.evaluate(async () => {
        // axe defines itself on the window when its source is evaluated.
        const axe = (window as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string; any: { message: string }[] }[] }[] }> } }).axe;
        return (await axe.run()).violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.html} ${n.any.map((a) => a.message).join('; ')}`).join(' | ')}`);
      });
    },
    close: async () => {
      await page.close();
      server.close();
    },
  };
}
