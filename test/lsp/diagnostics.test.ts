import { fork, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createProtocolConnection,
  DidChangeTextDocumentNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  DocumentDiagnosticRequest,
  ExitNotification,
  InitializedNotification,
  IPCMessageReader,
  IPCMessageWriter,
  InitializeRequest,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
  type Diagnostic,
  type DocumentDiagnosticReport,
  type InitializeResult,
  type ProtocolConnection,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { rules } from '../../src/core/rules/rules.generated.ts';
import { callBlock, looptoolRow, openaiRow, weatherTool } from '../builders/datasetText.ts';

const bundle = join(import.meta.dirname, '../../dist/server.cjs');

let server: ChildProcessWithoutNullStreams;
let connection: ProtocolConnection;
let initialized: InitializeResult;

beforeAll(async () => {
  if (!existsSync(bundle)) throw new Error('dist/server.cjs is missing: run `node esbuild.mjs` first');
  server = spawn(process.execPath, [bundle, '--stdio']);
  connection = createProtocolConnection(new StreamMessageReader(server.stdout), new StreamMessageWriter(server.stdin));
  connection.listen();
  initialized = await connection.sendRequest(InitializeRequest.type, { processId: process.pid, rootUri: null, capabilities: {} });
  await connection.sendNotification(InitializedNotification.type, {});
});

afterAll(async () => {
  const exited = new Promise((resolve) => server.once('exit', resolve));
  await connection.sendRequest(ShutdownRequest.type);
  await connection.sendNotification(ExitNotification.type);
  expect(await exited).toBe(0);
  connection.dispose();
});

/** A document open in the server, mirrored here by the same edits. */
class OpenDocument {
  private mirror: TextDocument;

  private constructor(readonly uri: string, text: string, languageId: string) {
    this.mirror = TextDocument.create(uri, languageId, 1, text);
  }

  static async open(name: string, text: string, languageId = 'jsonl'): Promise<OpenDocument> {
    const document = new OpenDocument(`file:///data/${name}`, text, languageId);
    await connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument: { uri: document.uri, languageId, version: 1, text } });
    return document;
  }

  async replace(found: string, newText: string): Promise<void> {
    const start = this.mirror.getText().indexOf(found);
    expect(start).toBeGreaterThanOrEqual(0);
    const change = { range: { start: this.mirror.positionAt(start), end: this.mirror.positionAt(start + found.length) }, text: newText };
    const version = this.mirror.version + 1;
    this.mirror = TextDocument.update(this.mirror, [change], version);
    await connection.sendNotification(DidChangeTextDocumentNotification.type, { textDocument: { uri: this.uri, version }, contentChanges: [change] });
  }

  report(previousResultId?: string): Promise<DocumentDiagnosticReport> {
    return connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument: { uri: this.uri }, ...(previousResultId === undefined ? {} : { previousResultId }) });
  }

  async diagnostics(): Promise<readonly Diagnostic[]> {
    const report = await this.report();
    if (report.kind !== 'full') throw new Error('expected a full report');
    return report.items;
  }

  /** Each diagnostic as `rule: text under it`, but for those of the whole set, which come when they come. */
  async shown(): Promise<string[]> {
    return (await this.diagnostics()).filter(({ code }) => code !== 'more-findings' && !wideRules.has(String(code))).map((d) => `${String(d.code)}: ${this.mirror.getText(d.range)}`);
  }

  close(): Promise<void> {
    return connection.sendNotification(DidCloseTextDocumentNotification.type, { textDocument: { uri: this.uri } });
  }
}

const wideRules = new Set(rules.filter(({ scope }) => scope === 'dataset').map(({ id }) => id));
const good = looptoolRow([weatherTool], callBlock('get_weather', { city: 'Paris' }));

describe('the language server', () => {
  test('offers pull diagnostics and incremental sync', () => {
    expect(initialized.capabilities).toMatchObject({ textDocumentSync: 2, diagnosticProvider: { identifier: 'looptool', interFileDependencies: false } });
  });

  test.each([['LF', '\n'], ['CRLF', '\r\n']])('shows findings of LoopTool rows at the exact argument, lines ending in %s', async (name, lineEnd) => {
    const rows = [
      good,
      looptoolRow([weatherTool], callBlock('get_weather', { city: 'Zürich 𝄞 "\\', days: '3' })),
      looptoolRow([weatherTool], callBlock('getWeather', { city: 'Rome' })),
      looptoolRow([weatherTool], "<tool_call>\n{'name'}\n</tool_call>"),
      '{"instruction": 5',
    ];
    const document = await OpenDocument.open(`looptool-${name}.jsonl`, rows.join(lineEnd) + lineEnd);
    expect(await document.shown()).toEqual([
      'argument-type: \\"3\\"',
      'unknown-tool: \\"getWeather\\"',
      "unparsable-label: <tool_call>\\n{'name'}\\n</tool_call>",
      'unreadable-record: 5',
    ]);
    const first = (await document.diagnostics()).find(({ code }) => code === 'argument-type');
    expect(first).toMatchObject({ severity: 1, source: 'looptool', message: 'days is string "3", expected integer', range: { start: { line: 1 } } });
  });

  test('shows findings of OpenAI rows inside the argument strings', async () => {
    const rows = [openaiRow([weatherTool], [{ name: 'get_weather', arguments: { city: 'Paris', place: { lat: 'Oslo' } } }]), openaiRow([weatherTool], [{ name: 'get_weather', arguments: { town: 'Oslo' } }], 'How is Oslo?')];
    const document = await OpenDocument.open('openai.json', `[\r\n${rows.join(',\r\n')}\r\n]`, 'json');
    expect(await document.shown()).toEqual(['argument-type: \\"Oslo\\"', 'missing-argument: "get_weather"', 'unknown-argument: \\"town\\"']);
  });

  test('follows edits', async () => {
    const document = await OpenDocument.open('edited.jsonl', `${good}\n${good}\n`);
    expect(await document.shown()).toEqual([]);
    await document.replace('\\"Paris\\"', '17');
    expect(await document.shown()).toEqual(['argument-type: 17']);
    await document.replace(good, `${looptoolRow([weatherTool], callBlock('nope', {}))}\n${good}`);
    expect(await document.shown()).toEqual(['argument-type: 17', 'unknown-tool: \\"nope\\"']);
    await document.replace('17', '\\"Rome\\"');
    await document.replace('nope', 'get_weather');
    expect(await document.shown()).toEqual(['missing-argument: \\"get_weather\\"']);
  });

  test('says when nothing changed, also not by closing and opening again', async () => {
    const document = await OpenDocument.open('same.jsonl', `${good}\n`);
    const first = await document.report();
    expect(await document.report(first.resultId)).toEqual({ kind: 'unchanged', resultId: first.resultId });
    await document.close();
    const again = await OpenDocument.open('same.jsonl', `${good.replace('\\"Paris\\"', '1')}\n`);
    expect(await again.report(first.resultId)).toMatchObject({ kind: 'full', items: [{ code: 'argument-type' }] });
  });

  test('drops a version that is overtaken, and answers for the one after it', async () => {
    const document = await OpenDocument.open('fast.jsonl', `${Array.from({ length: 3000 }, () => good).join('\n')}\n`);
    const overtaken = document.report().then(() => 'answered', (error: unknown) => (error as { code: number }).code);
    await document.replace('\\"Paris\\"', '17');
    expect(await document.shown()).toEqual(['argument-type: 17']);
    // ServerCancelled; a server that is quick enough may have answered before the change came.
    expect([-32802, 'answered']).toContain(await overtaken);
  });

  test('leaves files alone that are no datasets, or no JSON', async () => {
    for (const [name, text, language] of [['package.json', '{\n  "name": "x"\n}', 'json'], ['notes.md', good, 'markdown'], ['empty.jsonl', '', 'jsonl']] as const) {
      expect(await (await OpenDocument.open(name, text, language)).diagnostics()).toEqual([]);
    }
    expect(await connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument: { uri: 'file:///never/opened.jsonl' } })).toEqual({ kind: 'full', items: [] });
  });

  test('shows 900 diagnostics at most, and how many more there are', async () => {
    const bad = good.replace('\\"Paris\\"', '1');
    const document = await OpenDocument.open('many.jsonl', `${Array.from({ length: 1000 }, () => bad).join('\n')}\n`);
    const diagnostics = await document.diagnostics();
    expect(diagnostics).toHaveLength(900);
    expect(diagnostics.find((d) => d.code === 'more-findings')?.message).toMatch(/^1100 more/);
  });
});

test('the language server speaks over node IPC as well', async () => {
  const child = fork(bundle, ['--node-ipc'], { execArgv: [] });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const channel = createProtocolConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
  channel.listen();
  const result = await channel.sendRequest(InitializeRequest.type, { processId: process.pid, rootUri: null, capabilities: {} });
  expect(result.serverInfo?.name).toBe('looptool');
  await channel.sendRequest(ShutdownRequest.type);
  await channel.sendNotification(ExitNotification.type);
  expect(await exited).toBe(0);
  channel.dispose();
});
