import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  CodeActionRequest,
  CodeActionResolveRequest,
  createProtocolConnection,
  DefinitionRequest,
  DidOpenTextDocumentNotification,
  ExitNotification,
  HoverRequest,
  InitializedNotification,
  InitializeRequest,
  PublishDiagnosticsNotification,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
  type CodeAction,
  type InitializeParams,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
} from 'vscode-languageserver/node';
import { openaiRow, weatherTool } from '../builders/datasetText.ts';

const uri = 'file:///data/rows.jsonl';
const row = openaiRow([weatherTool], [{ name: 'get_weather', arguments: { city: 'Oslo', days: '2' } }]);
const at = (found: string): { line: number; character: number } => ({ line: 0, character: row.indexOf(found) + 1 });

let server: ChildProcessWithoutNullStreams;
let connection: ProtocolConnection;
let published: Promise<PublishDiagnosticsParams>;

/** What Neovim 0.7.2 said of itself in a session that was recorded, with other folders. */
beforeAll(async () => {
  server = spawn(process.execPath, [join(import.meta.dirname, '../../dist/server.cjs'), '--stdio']);
  connection = createProtocolConnection(new StreamMessageReader(server.stdout), new StreamMessageWriter(server.stdin));
  published = new Promise((resolve) => connection.onNotification(PublishDiagnosticsNotification.type, resolve));
  connection.listen();
  const params = JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures/neovimInitialize.json'), 'utf8')) as InitializeParams;
  await connection.sendRequest(InitializeRequest.type, params);
  await connection.sendNotification(InitializedNotification.type, {});
  await connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument: { uri, languageId: 'jsonl', version: 0, text: `${row}\n` } });
});

afterAll(async () => {
  await connection.sendRequest(ShutdownRequest.type);
  await connection.sendNotification(ExitNotification.type);
  server.kill();
});

describe('Neovim', () => {
  test('is sent the findings, and is given a fix that it resolves to an edit', async () => {
    const { diagnostics } = await published;
    const wrong = diagnostics.find(({ code }) => code === 'argument-type');
    expect(wrong?.message).toContain('days');
    if (wrong === undefined) return;
    const actions = (await connection.sendRequest(CodeActionRequest.type, { textDocument: { uri }, range: wrong.range, context: { diagnostics: [wrong] } })) as readonly CodeAction[];
    const [first] = actions;
    expect(first?.title).toBe('Write 2');
    const resolved = first && (await connection.sendRequest(CodeActionResolveRequest.type, first));
    const [edit] = resolved?.edit?.changes?.[uri] ?? [];
    expect(edit && row.slice(0, edit.range.start.character) + edit.newText + row.slice(edit.range.end.character)).toBe(row.replace('\\"2\\"', '2'));
  });

  test('hovers, and goes to the definition of a tool', async () => {
    const hover = await connection.sendRequest(HoverRequest.type, { textDocument: { uri }, position: at('get_weather') });
    expect(JSON.stringify(hover?.contents)).toContain('get_weather(city: string');
    const definition = await connection.sendRequest(DefinitionRequest.type, { textDocument: { uri }, position: at('get_weather') });
    expect(JSON.stringify(definition)).toContain(uri);
  });
});
