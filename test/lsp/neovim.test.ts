import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  CodeActionRequest,
  CodeActionResolveRequest,
  DefinitionRequest,
  HoverRequest,
  PublishDiagnosticsNotification,
  type CodeAction,
  type InitializeParams,
  type PublishDiagnosticsParams,
} from 'vscode-languageserver/node';
import { openaiRow, weatherTool } from '../builders/datasetText.ts';
import { Session } from './support/session.ts';
import { SessionDocument } from './support/sessionDocument.ts';

const uri = 'file:///data/rows.jsonl';
const row = openaiRow([weatherTool], [{ name: 'get_weather', arguments: { city: 'Oslo', days: '2' } }]);
const at = (found: string): { line: number; character: number } => ({ line: 0, character: row.indexOf(found) + 1 });

let session: Session;
let published: Promise<PublishDiagnosticsParams>;

/** What Neovim 0.7.2 said of itself in a session that was recorded, with other folders. */
beforeAll(async () => {
  const params = JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures/neovimInitialize.json'), 'utf8')) as InitializeParams;
  session = await Session.start(params);
  published = new Promise((resolve) => session.connection.onNotification(PublishDiagnosticsNotification.type, resolve));
  await new SessionDocument(session.connection, uri, `${row}\n`, 'jsonl', 0).open();
});

afterAll(() => session.stop());

describe('Neovim', () => {
  test('is sent the findings, and is given a fix that it resolves to an edit', async () => {
    const { diagnostics } = await published;
    const wrong = diagnostics.find(({ code }) => code === 'argument-type');
    expect(wrong?.message).toContain('days');
    if (wrong === undefined) return;
    const actions = (await session.connection.sendRequest(CodeActionRequest.type, { textDocument: { uri }, range: wrong.range, context: { diagnostics: [wrong] } })) as readonly CodeAction[];
    const [first] = actions;
    expect(first?.title).toBe('Write 2');
    const resolved = first && (await session.connection.sendRequest(CodeActionResolveRequest.type, first));
    const [edit] = resolved?.edit?.changes?.[uri] ?? [];
    expect(edit && row.slice(0, edit.range.start.character) + edit.newText + row.slice(edit.range.end.character)).toBe(row.replace('\\"2\\"', '2'));
  });

  test('hovers, and goes to the definition of a tool', async () => {
    const hover = await session.connection.sendRequest(HoverRequest.type, { textDocument: { uri }, position: at('get_weather') });
    expect(JSON.stringify(hover?.contents)).toContain('get_weather(city: string');
    const definition = await session.connection.sendRequest(DefinitionRequest.type, { textDocument: { uri }, position: at('get_weather') });
    expect(JSON.stringify(definition)).toContain(uri);
  });
});
