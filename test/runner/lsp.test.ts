import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  createProtocolConnection,
  DidOpenTextDocumentNotification,
  DocumentDiagnosticRequest,
  ExitNotification,
  InitializedNotification,
  InitializeRequest,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { callBlock, looptoolRow, weatherTool } from '../builders/datasetText.ts';
import { runCli } from './support/cli.ts';

const cli = join(import.meta.dirname, '../../dist/cli.js');

test.each([[['--stdio']], [['--stdio', '--clientProcessId=1']], [[]]])('looptool lsp %j is the language server', async (args) => {
  const child = spawn(process.execPath, [cli, 'lsp', ...args]);
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const connection = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  connection.listen();
  expect(await connection.sendRequest(InitializeRequest.type, { processId: process.pid, rootUri: null, capabilities: {} })).toMatchObject({ serverInfo: { name: 'looptool' }, capabilities: { diagnosticProvider: {}, hoverProvider: true } });
  await connection.sendNotification(InitializedNotification.type, {});
  const uri = 'untitled:a.jsonl';
  await connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument: { uri, languageId: 'jsonl', version: 1, text: `${looptoolRow([weatherTool], callBlock('get_weather', { city: 5 }))}\n` } });
  expect(await connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument: { uri } })).toMatchObject({ kind: 'full', items: [{ code: 'argument-type' }] });
  await connection.sendRequest(ShutdownRequest.type);
  await connection.sendNotification(ExitNotification.type);
  expect(await exited).toBe(0);
  connection.dispose();
});

test('its help says how to use it', async () => {
  const { code, stdout } = await runCli(['lsp', '--help']);
  expect(code).toBe(0);
  expect(stdout).toContain('--stdio');
});
