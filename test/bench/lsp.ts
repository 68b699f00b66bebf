import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CancellationTokenSource,
  CompletionRequest,
  createProtocolConnection,
  DiagnosticRefreshRequest,
  DidChangeTextDocumentNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  DocumentDiagnosticRequest,
  HoverRequest,
  InitializedNotification,
  InitializeRequest,
  StreamMessageReader,
  StreamMessageWriter,
  type DocumentDiagnosticReport,
  type ProtocolConnection,
} from 'vscode-languageserver/node';
import { findingsMethod, type FindingsResult } from '../../src/protocol/lsp/findings.ts';
import { Rng } from '../../src/core/random/rng.ts';
import { scaledSet, type ScaledKind } from '../builders/scaledRecords.ts';
import { jsonServiceRows } from './peers/jsonService.ts';
import type { BenchRow } from './row.ts';

const bundle = join(import.meta.dirname, '../../dist/server.cjs');
const sizes = (process.env['LSP_BENCH_MB'] ?? '1,5,20').split(',').map(Number);
const kinds = (process.env['LSP_BENCH_KINDS'] ?? 'toolrl,looptool,openai-chat,bfcl').split(',') as ScaledKind[];
const edits = Number(process.env['LSP_BENCH_EDITS'] ?? 60);
/** Somebody who types leaves so many milliseconds between two keys; it is not measured. */
const betweenKeys = 60;

/** What somebody who types waits for, over real stdio; and what the server holds meanwhile. It is started as the extension starts it. */
export async function rows(): Promise<BenchRow[]> {
  const measured: BenchRow[] = [];
  for (const kind of kinds) for (const megabytes of sizes) measured.push(...(await setRows(kind, megabytes)));
  return [...measured, ...(await jsonServiceRows(Math.max(...sizes)))];
}

class Server {
  readonly process: ChildProcessWithoutNullStreams = spawn(process.execPath, ['--max-semi-space-size=4', bundle, '--stdio']);
  readonly connection: ProtocolConnection = createProtocolConnection(new StreamMessageReader(this.process.stdout), new StreamMessageWriter(this.process.stdin));

  async start(): Promise<void> {
    this.connection.listen();
    this.connection.onRequest(DiagnosticRefreshRequest.type, () => undefined);
    const capabilities = { textDocument: { diagnostic: { relatedInformation: true } }, workspace: { diagnostics: { refreshSupport: true } } };
    await this.connection.sendRequest(InitializeRequest.type, { processId: process.pid, rootUri: null, capabilities });
    await this.connection.sendNotification(InitializedNotification.type, {});
  }

  /** Bytes; NaN where the system does not tell. */
  rss(): number {
    const path = `/proc/${this.process.pid ?? 0}/status`;
    const status = existsSync(path) ? readFileSync(path, 'utf8') : '';
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
  }

  /** Milliseconds of processor time so far, in steps of ten; NaN where the system does not tell. */
  cpu(): number {
    const path = `/proc/${this.process.pid ?? 0}/stat`;
    const fields = existsSync(path) ? readFileSync(path, 'utf8').split(') ')[1]?.split(' ') : undefined;
    return 10 * (Number(fields?.[11]) + Number(fields?.[12]));
  }

  end(): void {
    this.connection.dispose();
    this.process.kill();
  }
}

/** A document that is open in a server, and the same lines here. */
class Opened {
  private version = 1;

  constructor(
    private readonly server: Server,
    private readonly lines: string[],
    readonly uri: string,
  ) {}

  open(text: string): Promise<void> {
    return this.server.connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument: { uri: this.uri, languageId: 'jsonl', version: 1, text } });
  }

  close(): Promise<void> {
    return this.server.connection.sendNotification(DidCloseTextDocumentNotification.type, { textDocument: { uri: this.uri } });
  }

  pull(token?: CancellationTokenSource): Promise<DocumentDiagnosticReport> {
    return this.server.connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument: { uri: this.uri } }, token?.token);
  }

  findings(limit: number): Promise<FindingsResult> {
    return this.server.connection.sendRequest(findingsMethod, { uri: this.uri, limit });
  }

  /** Until everything is checked, and the rules on the whole set with it. */
  async settle(): Promise<void> {
    while (!(await this.findings(0)).complete) await pause(400);
    await pause(5000);
  }

  /** Types a letter into a line. */
  async type(line: number, character: number): Promise<void> {
    const text = this.lines[line] ?? '';
    this.lines[line] = `${text.slice(0, character)}e${text.slice(character)}`;
    this.version += 1;
    const position = { line, character };
    await this.server.connection.sendNotification(DidChangeTextDocumentNotification.type, { textDocument: { uri: this.uri, version: this.version }, contentChanges: [{ range: { start: position, end: position }, text: 'e' }] });
  }
}

async function setRows(kind: ScaledKind, megabytes: number): Promise<BenchRow[]> {
  const set = scaledSet(kind, megabytes * 1e6);
  const text = Buffer.from(set.bytes).toString('utf8');
  const lines = text.split('\n').slice(0, -1);
  const row = (what: string, value: number, unit: string, goal?: number): BenchRow => ({ name: `${set.name}, ${megabytes} MB: ${what}`, value: round(value), unit, better: 'lower', ...(goal === undefined ? {} : { goal }) });
  const measured: BenchRow[] = [];
  const server = new Server();
  await server.start();
  try {
    await warmUp(server, lines);
    const idle = server.rss();
    const document = new Opened(server, lines, 'untitled:bench.jsonl');
    measured.push(...(await firstFindings(document, text)).map(({ what, value }) => row(what, value, 'ms', megabytes === 20 ? 1000 : undefined)));
    await document.settle();
    const share = (rss: number): number => (rss - idle) / set.bytes.length;
    measured.push(row('memory over idle / size, all checked', share(server.rss()), 'x', megabytes >= 5 ? 6 : undefined));
    const rng = new Rng(7, kind);
    const random = (below: number): number => rng.u32() % below;
    const places = Array.from({ length: edits }, () => placeIn(lines, random));
    const times: number[] = [];
    const before = server.cpu();
    for (const { line, character } of places) {
      const start = performance.now();
      await document.type(line, character);
      await document.pull();
      times.push(performance.now() - start);
      await pause(betweenKeys);
    }
    const spent = server.cpu() - before;
    measured.push(row('edit to diagnostics, p50', quantile(times, 0.5), 'ms'), row('edit to diagnostics, p95', quantile(times, 0.95), 'ms', megabytes === 20 ? 50 : undefined), row('processor time of an edit', spent / edits, 'ms'));
    for (const [name, type] of [['hover', HoverRequest.type], ['completion', CompletionRequest.type]] as const) {
      const answered = await asked(places, ({ line, character }) => server.connection.sendRequest(type.method, { textDocument: { uri: document.uri }, position: { line, character } }));
      if (answered !== undefined) measured.push(row(`${name}, p95`, quantile(answered, 0.95), 'ms', megabytes === 20 ? 20 : undefined));
    }
    await document.settle();
    measured.push(row('memory over idle / size, after the edits', share(server.rss()), 'x', megabytes >= 5 ? 6 : undefined));
    if (megabytes >= 5) measured.push(row('cancellation, worst', await cancellation(server, text), 'ms', 20));
  } finally {
    server.end();
  }
  return measured;
}

/** Idle is a server that has checked something small: its code is loaded then. */
async function warmUp(server: Server, lines: readonly string[]): Promise<void> {
  const small = new Opened(server, [...lines.slice(0, 20)], 'untitled:small.jsonl');
  await small.open(lines.slice(0, 20).join('\n'));
  await small.pull();
  await small.close();
  await pause(500);
}

async function firstFindings(document: Opened, text: string): Promise<{ readonly what: string; readonly value: number }[]> {
  const start = performance.now();
  await document.open(text);
  const report = await document.pull();
  const answered = performance.now() - start;
  const shown = report.kind === 'full' ? report.items.length : 0;
  for (;;) {
    const { findings, complete } = await document.findings(1000);
    if (findings.length >= 1000 || complete) return [{ what: `open to the first ${shown} diagnostics`, value: answered }, { what: `open to the first ${findings.length} findings`, value: performance.now() - start }];
  }
}

/** From the word to the answer, while a file of that size is checked from the beginning. */
async function cancellation(server: Server, text: string): Promise<number> {
  let worst = 0;
  for (const delay of [30, 120, 250]) {
    const document = new Opened(server, [], `untitled:cancel-${delay}.jsonl`);
    await document.open(text);
    // The text has come when the next question is answered.
    await document.findings(0);
    const source = new CancellationTokenSource();
    const answer = document.pull(source).catch(() => undefined);
    await pause(delay);
    const start = performance.now();
    source.cancel();
    await answer;
    worst = Math.max(worst, performance.now() - start);
    await document.close();
  }
  return worst;
}

async function asked<T>(places: readonly T[], ask: (place: T) => Promise<unknown>): Promise<readonly number[] | undefined> {
  const times: number[] = [];
  for (const place of places) {
    const start = performance.now();
    try {
      await ask(place);
    } catch {
      return undefined;
    }
    times.push(performance.now() - start);
  }
  return times;
}

/** Before a letter somewhere in a line. */
function placeIn(lines: readonly string[], random: (below: number) => number): { readonly line: number; readonly character: number } {
  const line = random(lines.length);
  const text = lines[line] ?? '';
  const from = random(text.length);
  const letter = text.slice(from).search(/[a-z]{2}/);
  return { line, character: letter < 0 ? from : from + letter + 1 };
}

export function quantile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
