import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
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
  InitializeRequest,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
  type ProtocolConnection,
} from 'vscode-languageserver/node';
import { datasetStatusSchema, dialectsResult, statusResult, type DatasetStatus } from '../../src/protocol/lsp/datasetStatus.ts';
import { dialectMethod, dialectsMethod, statusMethod } from '../../src/protocol/lsp/methods.ts';
import { callBlock, looptoolRow, weatherTool } from '../builders/datasetText.ts';
import { dialectRows } from '../builders/dialectRows.ts';

let server: ChildProcessWithoutNullStreams;
let connection: ProtocolConnection;
const told: DatasetStatus[] = [];

beforeAll(async () => {
  server = spawn(process.execPath, [join(import.meta.dirname, '../../dist/server.cjs'), '--stdio']);
  connection = createProtocolConnection(new StreamMessageReader(server.stdout), new StreamMessageWriter(server.stdin));
  connection.onNotification(statusMethod, (params) => void told.push(datasetStatusSchema.parse(params)));
  connection.onRequest('workspace/diagnostic/refresh', () => null);
  connection.listen();
  await connection.sendRequest(InitializeRequest.type, { processId: process.pid, rootUri: null, capabilities: {} });
  await connection.sendNotification(InitializedNotification.type, {});
});

afterAll(async () => {
  await connection.sendRequest(ShutdownRequest.type);
  await connection.sendNotification(ExitNotification.type);
  connection.dispose();
});

async function open(name: string, text: string): Promise<string> {
  const uri = `file:///data/${name}`;
  await connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument: { uri, languageId: 'jsonl', version: 1, text } });
  return uri;
}

const close = (uri: string): Promise<void> => connection.sendNotification(DidCloseTextDocumentNotification.type, { textDocument: { uri } });
const check = (uri: string) => connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument: { uri } });
const status = async (uri: string) => statusResult.parse(await connection.sendRequest(statusMethod, { uri }));

async function eventually<T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('the status of a dataset', () => {
  test.each(dialectRows)('names %s (%s), and counts records, samples and findings', async (dialect, what, row) => {
    const text = JSON.stringify(row);
    const uri = await open(`${dialect} ${what}.jsonl`, `${text}\n${text}\n`);
    expect(await status(uri)).toMatchObject({ dialect: { id: dialect }, chosen: false, records: 2, findings: null, busy: true });
    await check(uri);
    const found = await eventually(async () => {
      const now = await status(uri);
      return now?.samples === null ? undefined : (now ?? undefined);
    });
    expect(found).toMatchObject({ busy: false, findings: { error: expect.any(Number) as number } });
    expect(found.samples).toBeGreaterThanOrEqual(2);
    await close(uri);
  });

  test('is told when it changes', async () => {
    const wrong = looptoolRow([weatherTool], callBlock('get_weather', { city: 'Paris', days: '3' }));
    const uri = await open('told.jsonl', `${wrong}\n`);
    await check(uri);
    await eventually(() => told.find((one) => one.uri === uri && one.findings?.error === 1));
    await connection.sendNotification(DidChangeTextDocumentNotification.type, { textDocument: { uri, version: 2 }, contentChanges: [{ text: `${wrong}\n${wrong}\n` }] });
    await check(uri);
    expect(await eventually(() => told.find((one) => one.uri === uri && one.findings?.error === 2))).toMatchObject({ records: 2 });
    await close(uri);
  });

  test('follows the dialect that is chosen, also before the document is open, until it is recognised again', async () => {
    const row = looptoolRow([weatherTool], callBlock('get_weather', { city: 'Paris' }));
    await connection.sendRequest(dialectMethod, { uri: 'file:///data/chosen.jsonl', dialect: 'xlam' });
    const uri = await open('chosen.jsonl', `${row}\n`);
    expect(await status(uri)).toMatchObject({ dialect: { id: 'xlam' }, chosen: true });
    const report = await check(uri);
    expect(report.kind === 'full' ? report.items.map(({ code }) => code) : []).toEqual(['unreadable-record']);
    await connection.sendRequest(dialectMethod, { uri, dialect: null });
    expect(await status(uri)).toMatchObject({ dialect: { id: 'looptool' }, chosen: false });
    const again = await check(uri);
    expect(again.kind === 'full' ? again.items : undefined).toEqual([]);
    await connection.sendRequest(dialectMethod, { uri, dialect: 'no-such' });
    expect(await status(uri)).toMatchObject({ dialect: { id: 'looptool' }, chosen: false });
    await close(uri);
  });

  test('lists all dialects, the surest first, and nothing for documents that are not open', async () => {
    const uri = await open('ranked.jsonl', `${looptoolRow([weatherTool], callBlock('get_weather', { city: 'Paris' }))}\n`);
    const ranked = dialectsResult.parse(await connection.sendRequest(dialectsMethod, { uri }));
    expect(ranked[0]).toMatchObject({ id: 'looptool', confidence: 1 });
    expect(ranked.length).toBeGreaterThan(30);
    await close(uri);
    expect(await status(uri)).toBeNull();
    expect(await connection.sendRequest(dialectsMethod, { uri })).toEqual([]);
    expect(await connection.sendRequest(statusMethod, { nonsense: 1 })).toBeNull();
  });
});
