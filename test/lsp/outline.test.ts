import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DocumentSymbolRequest, FoldingRangeRequest, SelectionRangeRequest, type DocumentSymbol, type Range, type SelectionRange } from 'vscode-languageserver/node';
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

const outline = async (document: SessionDocument): Promise<DocumentSymbol[]> => ((await session.connection.sendRequest(DocumentSymbolRequest.type, { textDocument: document.id })) ?? []) as DocumentSymbol[];
const isInside = (document: SessionDocument, inner: Range, outer: Range): boolean => document.offsetAt(outer.start) <= document.offsetAt(inner.start) && document.offsetAt(inner.end) <= document.offsetAt(outer.end);
const rows = dialectRows.map(([dialect, what, row], index) => [`${dialect}, ${what}`, dialect, row, index] as const);

async function selection(document: SessionDocument, offset: number): Promise<string[]> {
  const [found] = (await session.connection.sendRequest(SelectionRangeRequest.type, { textDocument: document.id, positions: [document.at(offset).position] })) ?? [];
  const texts: string[] = [];
  for (let at: SelectionRange | undefined = found; at !== undefined; at = at.parent) {
    texts.push(document.textOf(at.range));
    if (at.parent !== undefined) expect(isInside(document, at.range, at.parent.range)).toBe(true);
  }
  return texts;
}

describe('the outline', () => {
  test.each(rows)('of %s', async (_title, dialect, row, index) => {
    const text = `${JSON.stringify(row)}\n${JSON.stringify(row)}\n`;
    const document = await session.openUri(`untitled:outline-${index}.jsonl`, text);
    const symbols = await outline(document);
    const { samples } = readDataset(text, { file: 'f', dialect, steps: 'all' });
    const label = samples.filter(({ occurrence }) => occurrence.record === 0).at(-1)?.sample.label;
    expect(symbols.map(({ range }) => document.textOf(range))).toEqual([JSON.stringify(row), JSON.stringify(row)]);
    for (const record of symbols) {
      const turns = record.children ?? [];
      expect(turns.length).toBeGreaterThan(0);
      for (const turn of turns) {
        expect(isInside(document, turn.range, record.range)).toBe(true);
        expect(isInside(document, turn.selectionRange, turn.range)).toBe(true);
        for (const call of turn.children ?? []) {
          expect(isInside(document, call.range, turn.range) && isInside(document, call.selectionRange, call.range)).toBe(true);
          expect(document.textOf(call.selectionRange)).toContain(call.name);
        }
      }
      const last = turns.filter(({ name }) => name.includes('label')).at(-1);
      expect(last?.children?.map(({ name }) => name)).toEqual(label?.kind === 'calls' ? label.calls.map(({ name }) => name) : []);
    }
  });

  test('follows edits, and shows no characters that hide what is there', async () => {
    const document = await session.openUri('untitled:outline-edit.jsonl', `${looptoolRow([weatherTool], callBlock('get_weather', {}), 'one\u202e\ntwo')}\n`);
    expect((await outline(document)).map(({ name }) => name)).toEqual(['1: one two']);
    await document.replace('{"instruction"', `${looptoolRow([weatherTool], callBlock('get_weather', {}), 'zero')}\n{"instruction"`);
    expect((await outline(document)).map(({ name }) => name)).toEqual(['1: zero', '2: one two']);
  });

  test('says where it ends', async () => {
    const line = looptoolRow([], 'x', 'y');
    const document = await session.openUri('untitled:outline-long.jsonl', `${Array.from({ length: 5010 }, () => line).join('\n')}\n`);
    const symbols = await outline(document);
    expect(symbols).toHaveLength(5001);
    expect(symbols.at(-1)?.name).toBe('10 more records are not listed');
    expect(symbols.at(0)?.children?.length).toBeGreaterThan(0);
    expect(symbols.at(600)?.children).toBeUndefined();
    await document.close();
  });
});

describe('selection', () => {
  test.each(rows)('grows from a value to the record in %s', async (_title, dialect, row, index) => {
    const text = `${JSON.stringify(row)}\n`;
    const { samples } = readDataset(text, { file: 'f', dialect, steps: 'all' });
    const call = samples.flatMap(({ sample }) => (sample.label.kind === 'calls' ? sample.label.calls : [])).find((one) => Object.values(one.arguments).some((value) => typeof value === 'string'));
    if (call === undefined) return;
    const [key = '', value = ''] = Object.entries(call.arguments).flatMap(([name, one]) => (typeof one === 'string' ? [[name, one] as const] : []))[0] ?? [];
    const document = await session.openUri(`untitled:selection-${index}.jsonl`, text);
    const chains = await Promise.all(document.occurrences(value).map((offset) => selection(document, offset + 1)));
    const chain = chains.find((texts) => texts.length >= 5 && texts[1]?.includes(key)) ?? [];
    expect(chain[0]).toContain(value);
    expect(chain[1]).toMatch(new RegExp(`${key}.*${value}`));
    expect(chain.some((one) => one.includes(call.name))).toBe(true);
    expect(chain.at(-1)).toBe(JSON.stringify(row));
  });

  test('is the value, the argument, the arguments, the call, the turn, the record', async () => {
    const row = openaiRow([weatherTool], [{ name: 'get_weather', arguments: { city: 'Oslo', days: 3 } }]);
    const document = await session.openUri('untitled:selection.jsonl', row);
    const [value, argument, args, call, turn, record, ...rest] = await selection(document, document.text.lastIndexOf('Oslo') + 1);
    expect([value, argument, args]).toEqual(['\\"Oslo\\"', '\\"city\\":\\"Oslo\\"', '{\\"city\\":\\"Oslo\\",\\"days\\":3}']);
    expect(call).toMatch(/^\{"id":"call_0".*\}$/);
    expect(turn).toMatch(/^\{"role":"assistant".*\}$/);
    expect([record, ...rest]).toEqual([row]);
  });
});

describe('folding', () => {
  test('is by record, turn and call where they go over several lines', async () => {
    const row: unknown = JSON.parse(openaiRow([weatherTool], [{ name: 'get_weather', arguments: { city: 'Oslo' } }]));
    const document = await session.openUri('untitled:folding.json', JSON.stringify([row, row], null, 2), 'json');
    const ranges = (await session.connection.sendRequest(FoldingRangeRequest.type, { textDocument: document.id })) ?? [];
    const lines = document.text.split('\n');
    const first = ranges.filter(({ startLine }) => startLine < (ranges.find((one, index) => index > 0 && lines[one.startLine] === '  {')?.startLine ?? Infinity));
    expect(first.map(({ startLine, endLine }) => `${lines[startLine]?.trim()} … ${lines[endLine + 1]?.trim()} ${lines[startLine + 1]?.trim()}`)).toEqual([
      '{ … }, "messages": [',
      '{ … } "type": "function",',
      '{ … }, "role": "user",',
      '{ … } "role": "assistant",',
      '{ … } "id": "call_0",',
    ]);
  });

  test('has nothing to do in JSON Lines', async () => {
    const document = await session.openUri('untitled:folding.jsonl', `${looptoolRow([weatherTool], callBlock('get_weather', {}))}\n`.repeat(3));
    expect(await session.connection.sendRequest(FoldingRangeRequest.type, { textDocument: document.id })).toEqual([]);
  });
});
