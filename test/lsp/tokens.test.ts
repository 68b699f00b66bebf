import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SemanticTokensDeltaRequest, SemanticTokensRangeRequest, SemanticTokensRequest, type SemanticTokens } from 'vscode-languageserver/node';
import { readDataset } from '../../src/core/dataset/dataset.ts';
import { callBlock, looptoolRow, openaiRow, weatherTool } from '../builders/datasetText.ts';
import { dialectRows } from '../builders/dialectRows.ts';
import { Session } from './support/session.ts';
import type { SessionDocument } from './support/sessionDocument.ts';

let session: Session;

beforeAll(async () => {
  session = await Session.start();
});

afterAll(() => session.stop());

const types = ['keyword', 'function', 'parameter', 'property', 'string', 'number', 'enumMember'];

/** Tokens as `type text`, in order. */
function decoded(document: SessionDocument, data: readonly number[]): string[] {
  const shown: string[] = [];
  let [line, character] = [0, 0];
  for (let at = 0; at < data.length; at += 5) {
    const [lines = 0, characters = 0, length = 0, type = 0] = data.slice(at, at + 4);
    character = lines === 0 ? character + characters : characters;
    line += lines;
    shown.push(`${types[type] ?? '?'} ${document.textOf({ start: { line, character }, end: { line, character: character + length } }).replaceAll('\\', '').replace(/^["'](.*)["']$/, '$1')}`);
  }
  return shown;
}

const whole = (document: SessionDocument): Promise<SemanticTokens | null> => session.connection.sendRequest(SemanticTokensRequest.type, { textDocument: document.id });

describe('semantic tokens', () => {
  test.each(dialectRows.map(([dialect, what, row], index) => [`${dialect}, ${what}`, dialect, row, index] as const))('of %s', async (_title, dialect, row, index) => {
    const text = `${JSON.stringify(row)}\n`;
    const document = await session.openUri(`untitled:tokens-${index}.jsonl`, text);
    const shown = decoded(document, (await whole(document))?.data ?? []);
    const { samples } = readDataset(text, { file: 'f', dialect, steps: 'all' });
    const count = (token: string): number => shown.filter((one) => one === token).length;
    for (const { sample } of samples) {
      for (const tool of sample.tools) expect(count(`function ${tool.name}`)).toBeGreaterThan(0);
      for (const call of sample.label.kind === 'calls' ? sample.label.calls : []) {
        expect(count(`function ${call.name}`)).toBeGreaterThan(0);
        for (const [key, value] of Object.entries(call.arguments)) {
          expect(count(`parameter ${key}`)).toBeGreaterThan(0);
          expect(count(`${typeof value === 'boolean' ? 'enumMember' : typeof value} ${value === true ? 'True' : String(value as string | number)}`)).toBeGreaterThan(0);
        }
      }
    }
    const roles = [...text.matchAll(/"(?:role|from)":"(\w+)"/g)].map(([, role]) => role);
    if (roles.length > 0) expect(shown.some((one) => roles.some((role) => one === `keyword ${role}`))).toBe(true);
  });

  test('stand at their places inside of strings', async () => {
    const document = await session.openUri('untitled:exact.jsonl', openaiRow([{ name: 'f', parameters: { type: 'object', properties: { a: { type: 'object' } } } }], [{ name: 'f', arguments: { a: { b: [1, true, null, 'x'] } } }]));
    expect(decoded(document, (await whole(document))?.data ?? [])).toEqual(['keyword user', 'keyword assistant', 'function f', 'parameter a', 'property b', 'number 1', 'enumMember true', 'enumMember null', 'string x', 'function f', 'parameter a']);
  });

  test('come for a range, and as what changed', async () => {
    const row = looptoolRow([weatherTool], callBlock('get_weather', { city: 'Oslo' }));
    const document = await session.openUri('untitled:range.jsonl', `${row}\n${row}\n${row}\n`);
    const range = { start: { line: 1, character: 0 }, end: { line: 1, character: row.length } };
    const part = await session.connection.sendRequest(SemanticTokensRangeRequest.type, { textDocument: document.id, range });
    const all = await whole(document);
    expect(decoded(document, part?.data ?? [])).toEqual(decoded(document, all?.data ?? []).slice(0, (all?.data.length ?? 0) / 15));
    await document.replace('"Oslo', '"Bergen');
    const delta = await session.connection.sendRequest(SemanticTokensDeltaRequest.type, { textDocument: document.id, previousResultId: all?.resultId ?? '' });
    if (delta === null || !('edits' in delta)) throw new Error('expected edits');
    const data = [...(all?.data ?? [])];
    for (const { start, deleteCount, data: added } of [...delta.edits].reverse()) data.splice(start, deleteCount, ...(added ?? []));
    expect(decoded(document, data)).toContain('string Bergen');
    expect(data).toEqual((await whole(document))?.data);
  });

  test('of a large file come by range only', async () => {
    const row = looptoolRow([weatherTool], callBlock('get_weather', { city: 'Oslo' }));
    const document = await session.openUri('untitled:large.jsonl', `${row}\n`.repeat(1200));
    expect(await whole(document)).toBeNull();
    const range = { start: { line: 1100, character: 0 }, end: { line: 1101, character: 0 } };
    expect((await session.connection.sendRequest(SemanticTokensRangeRequest.type, { textDocument: document.id, range }))?.data.length).toBeGreaterThan(0);
    await document.close();
  });
});
