import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CompletionRequest, type CompletionItem, type TextEdit } from 'vscode-languageserver/node';
import { noCompanions } from '../../src/core/dataset/companions.ts';
import { dialectById } from '../../src/core/dataset/registry.ts';
import type { JsonValue } from '../../src/core/json/value.ts';
import { parseJson } from '../../src/core/json/parse.ts';
import { dialectRows } from '../builders/dialectRows.ts';
import { callBlock, looptoolRow, openaiRow } from '../builders/datasetText.ts';
import { Session } from './support/session.ts';
import type { SessionDocument } from './support/sessionDocument.ts';

let session: Session;
beforeAll(async () => {
  session = await Session.start();
});
afterAll(() => session.stop());

let opened = 0;

/** A document with the row between two good ones, and what is offered at its `‸`. */
async function offered(row: string, good: string): Promise<{ readonly document: SessionDocument; readonly items: readonly CompletionItem[] }> {
  const at = good.length + 1 + row.indexOf('‸');
  expect(row).toContain('‸');
  const document = await session.open(`completion-${(opened += 1)}.jsonl`, `${good}\n${row.replace('‸', '')}\n${good}\n`);
  const items = (await session.connection.sendRequest(CompletionRequest.type, document.at(at))) as CompletionItem[];
  return { document, items };
}

/** Calls of all labels of the middle row, after the edit of an item. */
function callsAfter(document: SessionDocument, item: CompletionItem | undefined, dialect: string): readonly unknown[] {
  if (item === undefined) throw new Error('nothing is offered');
  const line = document.applied([item.textEdit as TextEdit]).split('\n')[1] ?? '';
  const parsed = parseJson(line);
  if (!parsed.ok) throw new Error(`${parsed.message}: ${line}`);
  const samples = dialectById(dialect)?.read(parsed.value, { steps: 'all', companions: noCompanions }).samples ?? [];
  return samples.flatMap(({ sample: { label } }) => (label.kind === 'calls' ? label.calls : []));
}

const named = (items: readonly CompletionItem[], label: string): CompletionItem | undefined => items.find((item) => item.label === label);

/** The call of the last assistant step in every layout, as text of the row: its arguments between two marks. */
const argumentsOf = /(\{(\\*)"city\2": ?\2"Oslo\2")|(city=\\"Oslo\\")|(\{'city': 'Oslo')/g;

describe.each(dialectRows.filter(([, what]) => !/whether|completion|asks|a preference|ToolRL text|several calls|marked|ChatML|other keys|JSON texts|LoopTool text/.test(what) || what === 'calls'))('%s (%s)', (dialect, _what, row) => {
  const text = JSON.stringify(row);
  const matches = [...text.matchAll(argumentsOf)].filter(({ 0: match }) => match.length > 0);
  const places = matches.map((match) => ({ from: match.index, match: match[0] }));

  async function offeredWhere(change: (match: string) => string): Promise<{ readonly document: SessionDocument; readonly items: readonly CompletionItem[] }> {
    // Of several places only those in labels offer anything.
    for (const { from, match } of places.reverse()) {
      const changed = text.slice(0, from) + change(match) + text.slice(from + match.length);
      const found = await offered(changed, text);
      if (found.items.length > 0) return found;
    }
    throw new Error('nothing is offered anywhere');
  }

  test('offers the city of the conversation in the place of another', async () => {
    const { document, items } = await offeredWhere((match) => match.replace('Oslo', 'Be‸rgen'));
    expect(callsAfter(document, named(items, 'Oslo'), dialect)).toContainEqual(expect.objectContaining({ arguments: expect.objectContaining({ city: 'Oslo' }) as unknown }));
  });

  test('offers it where there is no value yet', async () => {
    const { document, items } = await offeredWhere((match) => match.replace(/\\*["']Oslo\\*["']/, '‸'));
    expect(callsAfter(document, named(items, 'Oslo'), dialect)).toContainEqual(expect.objectContaining({ arguments: expect.objectContaining({ city: 'Oslo' }) as unknown }));
  });

  // Rows that define no argument have no name to offer.
  test.skipIf(!/city\W+: ?\{/.test(text))('offers the name of the argument while it is written', async () => {
    const { document, items } = await offeredWhere((match) => match.replace(/city(\\*["'])?.*/, (_, quote: string | undefined) => `ci‸${quote ?? ''}`));
    expect(callsAfter(document, named(items, 'city'), dialect)).toContainEqual(expect.objectContaining({ arguments: expect.objectContaining({ city: '' }) as unknown }));
  });
});

const tool = {
  name: 'get_weather',
  description: 'Says `how` the [weather](http://x) is',
  parameters: {
    type: 'object',
    properties: {
      days: { type: 'integer', default: 7 },
      city: { type: 'string', description: 'Where "it" is' },
      unit: { type: 'string', enum: ['celsius', 'kel"vin'] },
      hourly: { type: 'boolean' },
      date: { type: 'string', format: 'date' },
      place: { type: 'object', properties: { lat: { type: 'number' }, lon: { type: 'number' } }, required: ['lat'] },
    },
    required: ['city'],
  },
};
const other = { ...tool, name: 'get_wind', description: undefined };
const request = 'Weather in Oslo and "Nowhere Else" for 3 days from 2024-05-06? I live at 59.9 north.';
const good = openaiRow([tool, other], [{ name: 'get_weather', arguments: { city: 'Oslo' } }], request);
const openai = (args: string): string => openaiRow([tool, other], [{ name: 'get_weather', arguments: args }], request);
const trl = (call: string): string => `{"messages":[{"role":"user","content":${JSON.stringify(request)}},{"role":"assistant","content":"","tool_calls":[{"type":"function","function":${call}}]}],"tools":${JSON.stringify([{ type: 'function', function: tool }, { type: 'function', function: other }])}}`;
const goodTrl = trl('{"name":"get_weather","arguments":{"city":"Oslo"}}');
const loop = (output: string): string => looptoolRow([tool, other], output, request);
const goodLoop = loop(callBlock('get_weather', { city: 'Oslo' }));

function argumentsAfter(document: SessionDocument, item: CompletionItem | undefined, dialect: string): JsonValue | undefined {
  const [call] = callsAfter(document, item, dialect) as readonly { readonly arguments: JsonValue }[];
  return call?.arguments;
}

describe('what is offered', () => {
  test('names of tools while the name has no end', async () => {
    const { document, items } = await offered(trl('{"name": "get_w‸, "arguments": {"city": "Oslo"}}'), goodTrl);
    expect(items.map(({ label }) => label)).toEqual(['get_weather', 'get_wind']);
    expect(items[0]?.detail).toBe('get_weather(days?: integer = 7, city: string, unit?: string, hourly?: boolean, date?: string, place?: object)');
    expect(callsAfter(document, items[1], 'trl')).toMatchObject([{ name: 'get_wind', arguments: { city: 'Oslo' } }]);
  });

  test('names of tools where the record ends with the name', async () => {
    const { items } = await offered(`{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"","tool_calls":[{"type":"function","function":{"name": "get_w‸`, goodTrl);
    expect(items).toEqual([]);
    const looptool = await offered(loop('<tool_call>\n{"name": "get_w‸'), goodLoop);
    expect(looptool.items.map(({ label }) => label)).toEqual(['get_weather', 'get_wind']);
  });

  test('arguments that are not given, required ones first', async () => {
    const { document, items } = await offered(trl('{"name": "get_weather", "arguments": {‸"days": 2}}'), goodTrl);
    expect(items.map(({ label }) => label)).toEqual(['city', 'unit', 'hourly', 'date', 'place']);
    expect(items[0]).toMatchObject({ detail: 'string, required' });
    expect(argumentsAfter(document, named(items, 'unit'), 'trl')).toEqual({ unit: 'celsius', days: 2 });
  });

  test.each([
    ['behind a comma', '{"city": "Oslo", ‸}', { city: 'Oslo', days: 7 }],
    ['in an open key', '{"city": "Oslo", "da‸}', { city: 'Oslo', days: 7 }],
    ['in a closed key without a value', '{"city": "Oslo", "da‸"}', { city: 'Oslo', days: 7 }],
    ['in a key that has its value', '{"city": "Oslo", "da‸": 3}', { city: 'Oslo', days: 3 }],
    ['in empty arguments', '{‸}', { days: 7 }],
    ['in arguments without an end', '{"city": "Oslo", "da‸', { city: 'Oslo', days: 7 }],
  ])('an argument %s, as objects and in strings', async (_name, text, expected) => {
    if (text.endsWith('}')) {
      const plain = await offered(trl(`{"name": "get_weather", "arguments": ${text}}`), goodTrl);
      expect(argumentsAfter(plain.document, named(plain.items, 'days'), 'trl')).toEqual(expected);
      const inText = await offered(loop(`<tool_call>\n{"name": "get_weather", "arguments": ${text}}\n</tool_call>`), goodLoop);
      expect(argumentsAfter(inText.document, named(inText.items, 'days'), 'looptool')).toEqual(expected);
      const inString = await offered(openai(text), good);
      expect(argumentsAfter(inString.document, named(inString.items, 'days'), 'openai-chat')).toEqual(expected);
    } else {
      const { items } = await offered(openai(text), good);
      expect(named(items, 'days')?.textEdit).toMatchObject({ newText: '\\"days\\": 7' });
    }
  });

  test('members of nested objects', async () => {
    const { document, items } = await offered(openai('{"place": {‸}}'), good);
    expect(items.map(({ label }) => label)).toEqual(['lat', 'lon']);
    expect(argumentsAfter(document, items[0], 'openai-chat')).toEqual({ place: { lat: 0 } });
  });

  test('values of an enum, with quotes in them at each level', async () => {
    for (const [row, before, dialect] of [[openai('{"unit": "k‸"}'), good, 'openai-chat'], [trl('{"name": "get_weather", "arguments": {"unit": ‸}}'), goodTrl, 'trl'], [loop('<tool_call>\n{"name": "get_weather", "arguments": {"unit": "‸}}\n</tool_call>'), goodLoop, 'looptool']] as const) {
      const { document, items } = await offered(row, before);
      expect(items.map(({ label }) => label)).toEqual(['celsius', 'kel"vin']);
      expect(argumentsAfter(document, items[1], dialect)).toEqual({ unit: 'kel"vin' });
    }
  });

  test('constants and numbers, also where a quote was typed', async () => {
    const flags = await offered(openai('{"hourly": "‸"}'), good);
    expect(flags.items.map(({ label }) => label)).toEqual(['true', 'false']);
    expect(flags.items[0]?.filterText).toBe('\\"true\\"');
    expect(argumentsAfter(flags.document, flags.items[0], 'openai-chat')).toEqual({ hourly: true });
    const days = await offered(openai('{"days": 1‸}'), good);
    expect(days.items[0]).toMatchObject({ label: '7', detail: 'default' });
    expect(named(days.items, '3')).toMatchObject({ detail: 'turn 1, user' });
    expect(named(days.items, '59.9')).toBeUndefined();
    expect(argumentsAfter(days.document, named(days.items, '3'), 'openai-chat')).toEqual({ days: 3 });
  });

  test('values that the conversation names, dates first where a date is wanted', async () => {
    const city = await offered(openai('{"city": "‸"}'), good);
    expect(city.items.map(({ label }) => label)).toEqual(expect.arrayContaining(['Oslo', 'Nowhere Else', '2024-05-06']));
    const date = await offered(openai('{"date": "‸"}'), good);
    expect(date.items[0]?.label).toBe('2024-05-06');
  });

  test('in Python calls: names, keywords and values in their own syntax', async () => {
    const system = (calls: string): string => JSON.stringify({ system: `You know functions. Here is a list of functions in JSON format that you can invoke:\n${JSON.stringify([tool, other])}. \nCall them.`, conversations: [{ from: 'user', value: request }, { from: 'assistant', value: calls }] });
    const before = system('[get_weather(city="Oslo")]');
    const names = await offered(system('[get_w‸]'), before);
    expect(callsAfter(names.document, named(names.items, 'get_wind'), 'toolace')).toMatchObject([{ name: 'get_wind', arguments: {} }]);
    const keys = await offered(system('[get_weather(city="Oslo", ‸)]'), before);
    expect(argumentsAfter(keys.document, named(keys.items, 'hourly'), 'toolace')).toEqual({ city: 'Oslo', hourly: false });
    const values = await offered(system('[get_weather(hourly=‸)]'), before);
    expect(argumentsAfter(values.document, named(values.items, 'true'), 'toolace')).toEqual({ hourly: true });
  });

  test('types and required entries in definitions', async () => {
    const type = await offered(trl('{"name":"get_weather","arguments":{}}').replace('"days":{"type":"integer"', '"days":{"type":"‸"'), goodTrl);
    expect(type.items.map(({ label }) => label)).toContain('integer');
    const required = await offered(trl('{"name":"get_weather","arguments":{}}').replace('"required":["city"]', '"required":["city", "‸"]'), goodTrl);
    expect(required.items.map(({ label }) => label)).toEqual(['days', 'unit', 'hourly', 'date', 'place']);
  });

  test('nothing in words, in keys of the record, and for documents that are not open', async () => {
    expect((await offered(goodTrl.replace('Weather in', 'Wea‸ther in'), goodTrl)).items).toEqual([]);
    expect((await offered(goodTrl.replace('"messages"', '"mess‸ages"'), goodTrl)).items).toEqual([]);
    expect(await session.connection.sendRequest(CompletionRequest.type, { textDocument: { uri: 'file:///no' }, position: { line: 0, character: 0 } })).toEqual([]);
  });

  test('descriptions are no Markdown', async () => {
    const { items } = await offered(trl('{"name": "get_w‸"}'), goodTrl);
    expect(items[0]?.documentation).toMatchObject({ value: 'Says \\`how\\` the \\[weather\\]\\(http\\:\\/\\/x\\) is' });
  });
});

test('snippets leave the value to be filled in', async () => {
  const snippets = await Session.start({ capabilities: { textDocument: { completion: { completionItem: { snippetSupport: true } } } } });
  const row = openai('{‸}');
  const document = await snippets.open('snippets.jsonl', `${row.replace('‸', '')}\n`);
  const items = (await snippets.connection.sendRequest(CompletionRequest.type, document.at(row.indexOf('‸')))) as CompletionItem[];
  expect(named(items, 'city')).toMatchObject({ insertTextFormat: 2, textEdit: { newText: '\\\\"city\\\\": \\\\"${1:}\\\\"' } });
  expect(named(items, 'days')).toMatchObject({ textEdit: { newText: '\\\\"days\\\\": ${1:7}' } });
  await snippets.stop();
});
