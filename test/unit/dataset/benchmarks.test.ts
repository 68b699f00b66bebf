import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDataset, type DatasetReading, type ReadSample } from '../../../src/core/dataset/dataset.ts';
import { dialects } from '../../../src/core/dataset/dialects.generated.ts';
import { valueAt } from '../../../src/core/dataset/reading/chatRows.ts';
import type { Label } from '../../../src/core/dataset/sample.ts';
import { stringifyJson } from '../../../src/core/json/stringify.ts';
import { isJsonObject, type JsonValue } from '../../../src/core/json/value.ts';
import * as files from '../../builders/benchmarkRecords.ts';

const textOf = ({ records }: files.BenchmarkFile): string => records.map((record) => stringifyJson(record)).join('\n');
const read = (file: files.BenchmarkFile, steps: 'all' | 'last' | 'calls' = 'all'): DatasetReading => readDataset(textOf(file), { file: 'x', steps, companions: file.companions });
const labels = (reading: DatasetReading): readonly JsonValue[] => reading.samples.map(({ sample: { label } }) => brief(label));
/** Calls as `[{name: arguments}]`, other labels by kind; texts with their text. */
function brief(label: Label): JsonValue {
  if (label.kind === 'calls') return [label.calls, ...(label.alternatives ?? [])].map((calls) => calls.map((call) => ({ [call.name]: call.arguments })));
  return label.kind === 'text' ? label.text : label.kind;
}
const said = (reading: DatasetReading): string => stringifyJson(labels(reading));
const contents = ({ sample }: ReadSample): readonly string[] => sample.messages.map((message) => `${message.role}: ${message.content}${message.role === 'assistant' ? message.calls.map(({ name }) => `[${name}]`).join('') : ''}`);
const first = (reading: DatasetReading): ReadSample => {
  const [sample] = reading.samples;
  if (sample === undefined) throw new Error(reading.problems[0]?.message);
  return sample;
};

describe('benchmarks and API corpora', () => {
  it.each(files.benchmarkFiles)('of $dialect are recognised by their content, and read without problems', (file) => {
    const reading = read(file);
    expect(reading).toMatchObject({ dialect: file.dialect, confidence: 1 });
    expect(reading.problems.map(({ message }) => message).filter((message) => !message.includes('cannot be read'))).toEqual([]);
    expect(reading.samples.length).toBeGreaterThan(0);
    for (const { sample, places } of reading.samples) {
      expect(places().tools).toHaveLength(sample.tools.length);
      expect(places().messages).toHaveLength(sample.messages.length);
      if (sample.label.kind === 'calls') expect(places().calls).toHaveLength(sample.label.calls.length);
    }
  });

  it('of ACEBench hold turns, time and profile, schemas under arguments, alternatives and repeated calls', () => {
    const reading = read(files.acebenchFile);
    expect(said(reading)).toBe('[[[{"stock.track":{"place":"Rome"}},{"stock.track":{"place":"Rome"}}]],[[{"book_trip":{"city":"Oslo"}}],[{"book_trip":{"city":"Oslo, NO"}}]],"noCall","trace"]');
    expect(contents(first(reading))).toEqual(['system: It is May 1, 2024.', 'user: Track it', 'assistant: Where?', 'user: In Oslo: the harbour', 'assistant: [stock.track]', 'assistant: Done.', 'user: And Rome twice']);
    expect(first(reading).sample.tools[0]).toEqual({ name: 'stock.track', description: 'Tracks', parameters: { type: 'object', properties: { place: { type: 'string' } }, required: ['place'] }, extras: { results: { type: 'object' } } });
    expect(reading.samples[1]?.sample.messages[0]).toEqual({ role: 'system', content: '{"home": "Oslo"}' });
    expect(first(reading).places()).toMatchObject({ answers: { file: 'possible_answer/q.json', record: 0 }, calls: [{ arguments: ['ground_truth', 'stock.track_1'] }, { name: ['ground_truth', { key: 'stock.track_2' }] }] });
    expect(reading.samples[1]?.places().calls).toEqual([{ call: ['ground_truth', 0, 'book_trip'], name: ['ground_truth', 0, { key: 'book_trip' }], arguments: ['ground_truth', 0, 'book_trip'] }]);
    const [message] = first(reading).places().messages.slice(-1);
    const text = textOf(files.acebenchFile);
    const span = first(reading).spans.messages.at(-1);
    expect(message?.[0]).toBe('question');
    expect(text.slice(span?.start, span?.end)).toBe('And Rome twice');
    expect(reading.samples[3]?.sample.label).toEqual({ kind: 'trace', trace: { mile_stone: ["[book_trip(city='Oslo')]"], ground_truth: [{ Trips: { booked: files.parsed('#1.0') } }] } });
  });

  it('of API-Bank are dialogues of whole files, with the definitions of what they call', () => {
    const reading = read(files.apiBankFile);
    expect(reading.records).toBe(1);
    expect(said(reading)).toBe('["One moment.",[[{"AddAlarm":{"time":"07:00"}}]],[[{"Ring":{}}]],"Done."]');
    const last = reading.samples[3];
    expect(last && contents(last)).toEqual(['user: Wake me at 7', 'assistant: One moment. ', 'assistant: [AddAlarm]', 'tool: {"id": 5.0}', 'assistant: [Ring]', 'tool: no bell']);
    expect(last?.sample.tools.map(({ name }) => name)).toEqual(['AddAlarm', 'Ring']);
    expect(last?.sample.tools[0]?.parameters).toEqual({ time: { type: 'str', description: 't' } });
    const text = textOf(files.apiBankFile);
    const call = reading.samples[1]?.spans.calls[0];
    expect(text.slice(call?.arguments?.start, call?.arguments?.end)).toBe('{"time":"07:00"}');
    expect(text.slice(call?.values[0]?.value.start, call?.values[0]?.value.end)).toBe('"07:00"');
    expect(reading.samples[1]?.starts?.map((start) => text.slice(start, start + 7))).toEqual(Array(5).fill('{"role"'));
    expect(reading.samples.map(({ occurrence }) => [occurrence.record, occurrence.step])).toEqual([[0, 0], [0, 1], [0, 2], [0, 3]]);
    expect(labels(read(files.apiBankFile, 'last'))).toEqual(['Done.']);
  });

  it('of API-Bank end where a line is broken, with one problem there', () => {
    const lines = textOf(files.apiBankFile).split('\n');
    const reading = readDataset([...lines.slice(0, 2), '{"role": ', ...lines.slice(2)].join('\n'), { file: 'x', steps: 'all' });
    expect(labels(reading)).toEqual(['One moment.']);
    expect(reading.problems).toMatchObject([{ line: 3 }]);
    const unknown = readDataset([...lines.slice(0, 2), '{"role": "Robot", "text": ""}'].join('\n'), { file: 'x', steps: 'all' });
    expect(unknown.problems).toMatchObject([{ line: 3, column: 1, message: 'the role "Robot" is not known' }]);
  });

  it('of Seal-Tools have the tools that they call, and traces where a call uses what another gave', () => {
    const reading = read(files.sealToolsFile);
    expect(said(reading)).toBe('[[[{"getBlock":{"number":"57"}}]],"trace"]');
    expect(first(reading).sample.tools).toEqual([{ name: 'getBlock', description: 'Gets', parameters: { number: { type: 'str' } }, extras: { field: 'Blocks', required: ['number'], responses: {} } }]);
    const old = readDataset('[[{"api":"getBlock","parameters":{"number":"57"}},"Block 57"]]', { file: 'x', steps: 'all' });
    expect(old.dialect).toBe('seal-tools');
    expect(said(old)).toBe('[[[{"getBlock":{"number":"57"}}]]]');
    expect(contents(first(old))).toEqual(['user: Block 57']);
  });

  it('of Seal-Tools for fine-tuning are Python in texts', () => {
    const { sample, spans } = first(read(files.sealToolsPromptFile));
    expect(contents(first(read(files.sealToolsPromptFile)))).toEqual(['user: Block "57", please.']);
    expect(sample.tools).toEqual([{ name: 'getBlock', description: 'Gets "it"', parameters: { number: { type: 'str' } }, extras: { required: ['number'], on: true } }]);
    expect(sample.label).toEqual({ kind: 'calls', calls: [{ name: 'getBlock', arguments: { number: "5'7" } }] });
const text = textOf(files.sealToolsPromptFile);
    expect(spans.calls.map(({ call, name }) => [call, name].map(({ start, end }) => JSON.parse(`"${text.slice(start, end)}"`) as string))).toEqual([[`{'api': 'getBlock', 'parameters': {'number': "5'7"}, 'responses': ['API_call_0']}`, "'getBlock'"]]);
    expect(text.slice(spans.tools[0]?.start, spans.tools[0]?.end)).toMatch(/^\{'api_name': .*'on': True\}$/);
  });

  it('of ToolAlpaca tell placeholders from calls', () => {
    const reading = read(files.toolAlpacaFile);
    expect(said(reading)).toBe('[[[{"getAxe":{"size":5.0}}]],"trace","invalid","invalid",[[{"getAxe":{"size":1}}]],"Here.","invalid"]');
    expect(first(reading).sample.tools).toEqual([{ name: 'getAxe', description: 'Gets an axe', parameters: { size: 'Required. integer. The size.' }, extras: { output: 'Output: fine' } }, { name: 'other', description: 'Nothing to see' }]);
    expect(reading.samples[2]?.sample.label).toMatchObject({ reason: expect.stringMatching(/^a value is a placeholder/) as string });
    expect(reading.samples.map(({ occurrence }) => [occurrence.record, occurrence.step])).toEqual([[0, 0], [0, 1], [0, 2], [0, 3], [1, 0], [1, 1], [1, 2]]);
    const text = textOf(files.toolAlpacaFile);
    const { calls } = first(reading).spans;
    expect(text.slice(calls[0]?.values[0]?.value.start, calls[0]?.values[0]?.value.end)).toBe('5.0');
  });

  it('of NESTFUL are traces where calls are nested', () => {
    const reading = read(files.nestfulFile);
    expect(said(reading)).toBe('["trace",[[{"gcd":{"a":4.0}}]]]');
    expect(first(reading).sample.tools.map(({ name, parameters }) => [name, parameters])).toEqual([['gcd', { a: { type: 'integer', required: true } }], ['square', { of: { required: true } }]]);
  });

  it('of ToolBench know which APIs are right, or every step that an answer took', () => {
    const { sample, unheld } = first(read(files.toolBenchFile));
    expect(sample.label).toEqual({ kind: 'anyCall' });
    expect(unheld).toEqual(['relevant APIs']);
    expect(sample.tools).toEqual([{
      name: 'get_2nd_search_for_my_tool',
      description: 'Finds',
      parameters: { q: { type: 'STRING', description: 'd', example_value: 'x', required: true }, n: { type: 'NUMBER', default: '5', required: false } },
      extras: { category_name: 'C', tool_name: 'My Tool!', method: 'GET' },
    }]);
    const answers = read(files.toolBenchAnswerFile);
    expect(said(answers)).toBe('[[[{"find":{"q":"x"}}]],[[{"Finish":{}}]]]');
    expect(answers.samples.map(({ sample: { messages }, step }) => [messages.length, step])).toEqual([[2, 0], [4, 1]]);
    expect(said(read(files.toolBenchAnswerFile, 'last'))).toBe('[[[{"Finish":{}}]]]');
  });

  it('of RoTBench have every accepted step as an alternative', () => {
    const { sample, spans } = first(read(files.rotBenchFile));
    expect(stringifyJson(brief(sample.label))).toBe('[[{"say":{"text":"hi"}}],[{"say":{"text":"Hi"}}]]');
    expect(sample.messages[0]?.content).toBe('Tools:\n\nBegin!');
    expect(sample.tools.map(({ name }) => name)).toEqual(['say']);
    const text = textOf(files.rotBenchFile);
    expect(text.slice(spans.calls[0]?.arguments?.start, spans.calls[0]?.arguments?.end)).toBe('{\\"text\\": \\"hi\\"}');
    expect(text.slice(spans.calls[0]?.name.start, spans.calls[0]?.name.end)).toBe('say');
  });

  it('of CallNavi are traces where a value is left open', () => {
    const reading = read(files.callNaviFile);
    expect(said(reading)).toBe('[[[{"pay":{"amount":5.0}},{"list":{}}]],[[{"list":{}}]],"trace","invalid"]');
    expect(first(reading).sample.tools.map(({ name }) => name)).toEqual(['pay', 'list']);
    expect(reading.samples[0]?.sample.tools).toBe(reading.samples[1]?.sample.tools);
  });

  it('of ToolTalk have a label for each request, and for what is said at last', () => {
    const reading = read(files.toolTalkFile);
    expect(said(reading)).toBe('[[[{"Find":{"q":"it"}}]],[[{"Find":{"q":"more"}}]],"Found."]');
    const last = reading.samples[2];
    expect(last && contents(last)).toEqual(['system: {"timestamp": "2023-09-11"}', 'user: Find it', 'assistant: [Find]', 'tool: {"hits": 1.0}', 'assistant: [Find]', 'tool: none left']);
  });

  it('of tau-bench and tau2-bench are traces', () => {
    expect(first(read(files.tau2File)).sample).toMatchObject({ messages: [{ content: 'Cancel\nYou are Ann' }], label: { kind: 'trace', trace: [{ name: 'cancel' }] } });
    expect(first(read(files.tauFewShotFile)).sample).toMatchObject({ messages: [{ content: 'Cancel, please.' }], label: { trace: [{ role: 'assistant', content: 'None' }, { role: 'tool', content: 'done' }] } });
  });

  it.each([
    ['possible answers', { id: 'a', ground_truth: [{ f: { a: [1] } }] }],
    ['function docs', { name: 'f', description: 'd', parameters: { type: 'dict', properties: {} }, response: {} }],
    ['tools in an envelope', { type: 'function', function: { name: 'f', parameters: {} } }],
    ['a catalogue by name', { f: { tool_name: 'f', parameters: [] } }],
    ['a specification', { name: 'f', query_parameters: {}, output_parameters: {} }],
  ])('that are only companion files (%s) give neither samples nor problems', (_what, record) => {
    expect(readDataset(JSON.stringify(record), { file: 'x', steps: 'all' })).toMatchObject({ dialect: 'companion', samples: [], problems: [] });
  });
});

/** Values that stand where others are expected. */
const hostile = fc.constantFrom<JsonValue>(null, true, 0, -1.5, '', 'x', '{"a": [', '[f(a=', "{'a': ", '__proto__', [], [[]], [null], {}, { name: 3 }, { role: 'assistant' }, { id: {} }, [{ name: 'f', arguments: [] }], 'user: \nsystem: [', '$var1$', '\ud800');

/** One to three parts of a value replaced or taken away. */
function mutated(value: JsonValue): fc.Arbitrary<JsonValue> {
  const places = allPaths(value);
  return fc.array(fc.tuple(fc.constantFrom(...places), fc.option(hostile, { nil: undefined })), { minLength: 1, maxLength: 3 }).map((changes) => changes.reduce((now, [path, put]) => replaced(now, path, put) ?? null, value));
}

function allPaths(value: JsonValue, path: readonly (string | number)[] = []): readonly (readonly (string | number)[])[] {
  const inner = Array.isArray(value) ? (value as readonly JsonValue[]).flatMap((item, index) => allPaths(item, [...path, index])) : isJsonObject(value) ? Object.entries(value).flatMap(([key, item]) => allPaths(item, [...path, key])) : [];
  return [path, ...inner];
}

function replaced(value: JsonValue, path: readonly (string | number)[], put: JsonValue | undefined): JsonValue | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return put;
  if (Array.isArray(value)) return (value as readonly JsonValue[]).flatMap((item, index) => (index === step ? (replaced(item, rest, put) ?? []) : [item]));
  if (!isJsonObject(value) || valueAt(value, [step]) === undefined) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, item]) => {
    const now = key === step ? replaced(item, rest, put) : item;
    return now === undefined ? [] : [[key, now]];
  }));
}

describe('hostile records', () => {
  it.each(files.benchmarkFiles)('of $dialect are samples or problems, never a throw', (file) => {
    const parts: fc.Arbitrary<readonly JsonValue[]> = mutated([...file.records]).map((value) => (Array.isArray(value) ? (value as readonly JsonValue[]) : [value]));
    const answers = mutated(file.companions.answers.flatMap(({ records }) => [...records]));
    const tools = mutated(file.companions.tools.flatMap(({ records }) => [...records]));
    fc.assert(
      fc.property(parts, answers, tools, fc.constantFrom('all', 'last', 'calls'), (records, answer, tool, steps) => {
        const list = (value: JsonValue): readonly JsonValue[] => (Array.isArray(value) ? (value as readonly JsonValue[]) : [value]);
        const companions = { answers: [{ stem: 'a', path: 'a', records: list(answer) }], tools: [{ stem: 'gorilla_file_system', path: 't', records: list(tool) }] };
        for (const dialect of dialects) for (const record of records) expect(dialect.detect(record)).toBeGreaterThanOrEqual(0);
        const reading = readDataset(`[${records.map((record) => stringifyJson(record)).join(',')}]`, { file: 'x', dialect: file.dialect, steps, companions });
        for (const { sample, spans, places } of reading.samples) {
          expect(sample.labelHash).toMatch(/^lbl_/);
          expect(spans.tools).toHaveLength(sample.tools.length);
          expect(places().messages).toHaveLength(sample.messages.length);
        }
        // A dialogue may well have no calls.
        if (steps !== 'calls') expect(reading.samples.length + reading.problems.length).toBeGreaterThanOrEqual(Math.min(records.length, 1));
      }),
      { numRuns: 200 },
    );
  });
});
