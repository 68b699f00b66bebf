import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDataset, type DatasetReading, type ReadSample } from '../../../src/core/dataset/dataset.ts';
import { dialects } from '../../../src/core/dataset/dialects.generated.ts';
import { writeRow } from '../../../src/core/dataset/registry.ts';
import type { Sample } from '../../../src/core/dataset/sample.ts';
import { parseJson } from '../../../src/core/json/parse.ts';
import { stringifyJson } from '../../../src/core/json/stringify.ts';
import * as build from '../../builders/samples.ts';
import { sharedData } from '../../builders/sharedData.ts';

const call = (id: string, name: string, args: unknown): unknown => ({ id, type: 'function', function: { name, arguments: args } });
const assistant = (...calls: readonly unknown[]): unknown => ({ role: 'assistant', content: null, tool_calls: calls });

function read(rows: unknown, steps: 'calls' | 'last' | 'all' = 'last'): DatasetReading {
  return readDataset(JSON.stringify(rows), { file: 'rows.json', steps });
}

function only(reading: DatasetReading): ReadSample {
  expect(reading.problems).toEqual([]);
  const [first, ...others] = reading.samples;
  if (first === undefined || others.length > 0) throw new Error(`${reading.samples.length} samples`);
  return first;
}

/** The JSON text of a span, out of the strings that it stands in. */
function said(text: string, span: { readonly start: number; readonly end: number }, levels: number): unknown {
  let part = text.slice(span.start, span.end);
  for (let level = 0; level < levels; level++) part = JSON.parse(`"${part}"`) as string;
  return JSON.parse(part);
}

const forecast = { name: 'get_forecast', description: 'Daily', category: 'Weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } };
const instruction = (...tools: readonly unknown[]): string => `Signatures are within <tools></tools> tags:\n<tools>\n${tools.map((tool) => JSON.stringify(tool)).join('\n')}\n</tools>\n\nThe end.`;
const looptoolRow = {
  instruction: instruction(forecast, { name: 'notify' }),
  input: 'Weather in Oslo?<|im_end|>\n<|im_start|>assistant\nOne moment.\n<tool_call>\n{"name": "get_forecast", "arguments": {"city": "Oslo"}}\n</tool_call><|im_end|>\n<|im_start|>user\n<tool_response>\n{"t": "4C"}\n\nmore\n</tool_response>',
  output: '<tool_call>\n{"name": "notify", "arguments": {"text": "4C", "to": ["a", "b"]}}\n</tool_call>',
};

describe('LoopTool rows', () => {
  it('are read into tools, messages and label', () => {
    const { sample } = only(read([looptoolRow]));
    expect(sample.tools).toEqual([{ name: 'get_forecast', description: 'Daily', parameters: forecast.parameters, extras: { category: 'Weather' } }, { name: 'notify' }]);
    expect(sample.messages).toEqual([
      { role: 'system', content: 'Signatures are within <tools></tools> tags:\n<tools>\n</tools>\n\nThe end.' },
      { role: 'user', content: 'Weather in Oslo?' },
      { role: 'assistant', content: 'One moment.', calls: [{ name: 'get_forecast', arguments: { city: 'Oslo' } }] },
      { role: 'tool', content: '{"t": "4C"}\n\nmore' },
    ]);
    expect(sample.label).toEqual({ kind: 'calls', calls: [{ name: 'notify', arguments: { text: '4C', to: ['a', 'b'] } }] });
  });

  it('say where each part stands in the source', () => {
    const text = JSON.stringify([{ response: 'é', ...looptoolRow }], null, 1);
    const { spans } = only(readDataset(text, { file: 'x', steps: 'last' }));
    expect(spans.tools.map((span) => said(text, span, 1))).toEqual([forecast, { name: 'notify' }]);
    expect(spans.messages.slice(1).map((span) => JSON.parse(`"${text.slice(span.start, span.end)}"`) as string)).toEqual([
      'Weather in Oslo?',
      'One moment.\n<tool_call>\n{"name": "get_forecast", "arguments": {"city": "Oslo"}}\n</tool_call>',
      '{"t": "4C"}\n\nmore',
    ]);
    expect(JSON.parse(text.slice(spans.label.start, spans.label.end))).toBe(looptoolRow.output);
    const [notify] = spans.calls;
    expect(notify && said(text, notify.name, 1)).toBe('notify');
    expect(notify?.values.map((value) => [value.name, said(text, value.key, 1), said(text, value.value, 1)])).toEqual([
      ['text', 'text', '4C'],
      ['to', 'to', ['a', 'b']],
    ]);
  });

  it('keep parallel tool results apart and take every other user text as it is', () => {
    const input = 'a<|im_end|>\n<|im_start|>user\n<tool_response>\n1\n</tool_response>\n<tool_response>\n2\n</tool_response><|im_end|>\n<|im_start|>user\n<tool_response>\n3\n</tool_response>\nand now?<|im_end|>\n';
    expect(only(read([{ ...looptoolRow, input }])).sample.messages.slice(1)).toEqual([
      { role: 'user', content: 'a' },
      { role: 'tool', content: '1' },
      { role: 'tool', content: '2' },
      { role: 'user', content: '<tool_response>\n3\n</tool_response>\nand now?' },
    ]);
  });

  it('keep an assistant turn as text when its calls cannot be read', () => {
    const input = 'a<|im_end|>\n<|im_start|>assistant\n<tool_call>\n{"name": }\n</tool_call><|im_end|>\n<|im_start|>user\nb';
    expect(only(read([{ ...looptoolRow, input }])).sample.messages[2]).toEqual({ role: 'assistant', content: '<tool_call>\n{"name": }\n</tool_call>', calls: [] });
  });

  it.each([
    ['<tool_call>\n{"name": "a", "arguments": {}\n</tool_call>', 'invalid'],
    ['', 'invalid'],
    ['Which city?', 'text'],
    ['Use the <tool_call> tag to call.', 'text'],
    ['<think>hm</think>\n<tool_call>{"name": "a", "arguments": {}}</tool_call><|im_end|>', 'calls'],
  ])('have for the output %j a label of kind %s', (output, kind) => {
    expect(only(read([{ ...looptoolRow, output }])).sample.label.kind).toBe(kind);
  });

  it('take the end of reasoning inside an argument for what it is: text', () => {
    const output = '<think>a</think><tool_call>{"name": "a", "arguments": {"note": "say </think> and </tool_call>"}}</tool_call>';
    const { sample, spans } = only(read([{ ...looptoolRow, output }]));
    expect(sample.label).toEqual({ kind: 'calls', calls: [{ name: 'a', arguments: { note: 'say </think> and </tool_call>' } }] });
    expect(spans.calls).toHaveLength(1);
  });

  it('read a call without arguments as one that has none', () => {
    const { sample } = only(read([{ ...looptoolRow, output: '<tool_call>{"name": "a"}</tool_call>' }]));
    expect(sample.label).toEqual({ kind: 'calls', calls: [{ name: 'a', arguments: {} }] });
  });

  it('name the line and column of a tool that is not JSON, inside the string', () => {
    const bad = { ...looptoolRow, instruction: '<tools>\n{"name": "a"}\n{"name": NaN}\n</tools>' };
    const text = `${JSON.stringify(looptoolRow)}\n${JSON.stringify(bad)}\n${JSON.stringify(looptoolRow)}\n`;
    const reading = readDataset(text, { file: 'x', steps: 'last' });
    expect(reading.samples.map((sample) => sample.occurrence.record)).toEqual([0, 2]);
    expect(reading.problems).toEqual([{ record: 1, line: 2, column: JSON.stringify(bad).indexOf('NaN') + 1, message: 'a tool is not JSON: NaN is not JSON' }]);
  });
});

describe('OpenAI chat rows', () => {
  const tools = [{ type: 'function', function: forecast }];

  it('are read with arguments as text or as objects, in the envelope or without it', () => {
    const asText = only(read([{ tools, messages: [{ role: 'user', content: 'x' }, assistant(call('1', 'get_forecast', '{"city":"Oslo"}'))] }]));
    const asObject = only(read([{ tools: JSON.stringify([forecast]), messages: [{ role: 'user', content: [{ type: 'text', text: 'x' }] }, { role: 'assistant', tool_calls: [{ name: 'get_forecast', arguments: { city: 'Oslo' } }] }] }]));
    expect(asText.sample.label).toEqual({ kind: 'calls', calls: [{ name: 'get_forecast', arguments: { city: 'Oslo' } }] });
    expect(asObject.sample).toEqual(asText.sample);
  });

  it('say where tools and arguments stand, in JSON texts too', () => {
    const rows = [{ tools: JSON.stringify([forecast]), messages: [{ role: 'user', content: 'x' }, assistant(call('1', 'get_forecast', '{"city":"Os\\u006co"}'))] }];
    const text = JSON.stringify(rows, null, 2);
    const { spans } = only(readDataset(text, { file: 'x', steps: 'last' }));
    expect(spans.tools.map((span) => said(text, span, 1))).toEqual([forecast]);
    expect(spans.calls[0] && said(text, spans.calls[0].name, 0)).toBe('get_forecast');
    expect(spans.calls[0]?.values.map(({ value }) => said(text, value, 1))).toEqual(['Oslo']);
    expect(text.slice(spans.label.start, spans.label.end)).toMatch(/^\{\s+"role": "assistant"/);
  });

  it('order tool results by the calls that they answer', () => {
    const messages = [
      { role: 'user', content: 'x' },
      assistant(call('p', 'a', '{}'), call('q', 'b', '{}')),
      { role: 'tool', tool_call_id: 'q', content: 'of b' },
      { role: 'tool', tool_call_id: 'p', content: 'of a' },
      { role: 'assistant', content: 'done' },
    ];
    expect(only(read([{ tools, messages }])).sample.messages.slice(2)).toEqual([
      { role: 'tool', content: 'of b', answers: 1 },
      { role: 'tool', content: 'of a', answers: 0 },
    ]);
    const inOrder = [...messages.slice(0, 2), messages[3], messages[2], messages[4]];
    expect(only(read([{ tools, messages: inOrder }])).sample.messages.slice(2)).toEqual([
      { role: 'tool', content: 'of a' },
      { role: 'tool', content: 'of b' },
    ]);
  });

  it('give one sample for each step that is asked for, none for steps of weight 0', () => {
    const messages = [
      { role: 'developer', content: 's' },
      { role: 'user', content: 'x' },
      { ...(assistant(call('1', 'a', '{}')) as object), weight: 0 },
      { role: 'tool', tool_call_id: '1', content: 'r' },
      assistant(call('2', 'b', '')),
      { role: 'tool', tool_call_id: '2', content: 'r' },
      { role: 'assistant', content: 'done', weight: 1 },
    ];
    const steps = (which: 'calls' | 'last' | 'all'): readonly (readonly [number, string])[] => read([{ tools, messages }], which).samples.map((one) => [one.occurrence.step, one.sample.label.kind]);
    expect(steps('last')).toEqual([[2, 'text']]);
    expect(steps('calls')).toEqual([[1, 'calls']]);
    expect(steps('all')).toEqual([[1, 'calls'], [2, 'text']]);
    const [first, second] = read([{ tools, messages }], 'all').samples;
    expect(first?.sample.family).toBe(second?.sample.family);
    expect(first?.sample.messages[0]).toEqual({ role: 'system', content: 's' });
  });

  it('have an invalid label where the arguments of the last step are not JSON, and a problem where it is an earlier one', () => {
    const broken = assistant(call('1', 'a', '{"x": 1'));
    const last = only(read([{ tools, messages: [{ role: 'user', content: 'x' }, broken] }]));
    expect(last.sample.label).toMatchObject({ kind: 'invalid', reason: expect.stringContaining('the arguments are not JSON') as string });
    const earlier = read([{ tools, messages: [{ role: 'user', content: 'x' }, { role: 'assistant', content: 'hm' }, { role: 'user', content: 'y' }, broken, { role: 'user', content: 'z' }] }], 'all');
    expect(earlier.samples.map((one) => one.sample.label.kind)).toEqual(['text', 'invalid']);
    expect(earlier.problems).toMatchObject([{ record: 0, message: expect.stringContaining('cannot be read') as string }]);
  });

  it.each([
    [{ messages: [{ role: 'user', content: 'x' }] }, 'no assistant message'],
    [{ messages: [{ role: 'user', content: 'x' }, { role: 'wizard', content: 'x' }] }, '"wizard" is not known'],
    [{ messages: [{ role: 'user', content: [{ type: 'image_url' }] }, { role: 'assistant', content: 'x' }] }, '"image_url"'],
    [{ messages: [{ role: 'user', content: 'x' }, { role: 'assistant', content: 'x' }], tools: [{ type: 'function', function: {} }] }, 'a tool has no name'],
    [{ messages: [{ role: 'user', content: 'x' }, { role: 'assistant', content: 'x' }], looptool: { family: 1 } }, 'looptool.family'],
  ])('are one problem where %j cannot be read', (row, message) => {
    const reading = read([row, { tools, messages: [{ role: 'user', content: 'x' }, { role: 'assistant', content: 'ok' }] }]);
    expect(reading.problems).toEqual([expect.objectContaining({ record: 0, message: expect.stringContaining(message) as string })]);
    expect(reading.samples.map((one) => one.occurrence.record)).toEqual([1]);
  });

  it('take the family from the record', () => {
    const row = { tools, messages: [{ role: 'user', content: 'x' }, { role: 'assistant', content: 'ok' }], looptool: { family: 'fam_root' } };
    expect(only(read([row])).sample.family).toBe('fam_root');
  });
});

const writers = dialects.filter((dialect) => dialect.write !== undefined);

describe('dialects', () => {
  it.each(writers)('$name give back every sample that was written with them: id, label and family', (dialect) => {
    fc.assert(
      fc.property(build.sample, (sample) => {
        const row = writeRow(dialect.id, sample);
        expect(row).not.toContain('\n');
        const back = only(readDataset(row, { file: 'x', steps: 'last', dialect: dialect.id }));
        expect(identity(back.sample)).toEqual(identity(sample));
        expect(writeRow(dialect.id, back.sample)).toBe(row);
      }),
      { numRuns: 400 },
    );
  });

  it.each(writers)('$name hold what another dialect wrote, and give it back to that one', (dialect) => {
    fc.assert(
      fc.property(build.sample, fc.constantFrom(...writers), (sample, other) => {
        const there = only(readDataset(writeRow(other.id, sample), { file: 'x', steps: 'last', dialect: other.id })).sample;
        const here = only(readDataset(writeRow(dialect.id, there), { file: 'x', steps: 'last', dialect: dialect.id })).sample;
        const back = only(readDataset(writeRow(other.id, here), { file: 'x', steps: 'last', dialect: other.id })).sample;
        expect(identity(back)).toEqual(identity(sample));
      }),
      { numRuns: 100 },
    );
  });

  it.each(writers)('$name are recognised by their rows', (dialect) => {
    const row = writeRow(dialect.id, build.forecastSample());
    expect(readDataset(row, { file: 'x', steps: 'last' }).dialect).toBe(dialect.id);
  });

  it('are not overruled by what a record said before it was edited by hand', () => {
    const asked = build.forecastSample({ kind: 'text', text: 'Which?', textKind: { kind: 'ask', argument: 'city' } });
    for (const { id } of writers) {
      const edited = writeRow(id, asked).replace(/(?<!"text": "[^"]*)Which\?/, 'Sorry.').replace('Weather in Oslo', 'Weather in Rome');
      const { sample } = only(readDataset(edited, { file: 'x', steps: 'last', dialect: id }));
      if (!edited.includes('Sorry.')) continue;
      expect(sample.label).toEqual({ kind: 'text', text: 'Sorry.' });
      expect(sample.messages[1]?.content).toContain('Rome');
    }
  });

  it('write tools, messages and label in a stable order of keys', () => {
    expect(JSON.parse(writeRow('openai-chat', build.forecastSample()))).toMatchObject({
      messages: [{ role: 'system' }, { role: 'user' }, { tool_calls: [{ id: 'call_1', function: { arguments: '{"city": "Oslo"}' } }] }, { tool_call_id: 'call_1' }, { content: null, tool_calls: [{ id: 'call_2' }] }],
    });
    const row = JSON.parse(writeRow('looptool', build.forecastSample())) as { instruction: string };
    expect(Object.keys(row)).toEqual(['instruction', 'input', 'output']);
    expect(row.instruction).toMatch(/^Be brief\.\n<tools>\n\{"name": "get_forecast", "description": .*\}\n\{"name": "notify".*\}\n<\/tools>$/);
  });

  it('refuse an unknown id with the known ones', () => {
    expect(() => readDataset('{}', { file: 'x', steps: 'last', dialect: 'nowhere' })).toThrow(/Use one of .*looptool, mistral, /);
    expect(() => writeRow('nowhere', build.forecastSample())).toThrow('no dialect');
  });
});

function identity(sample: Sample): readonly string[] {
  return [sample.id, sample.labelHash, sample.family];
}

const files = [
  ['looptool.json', 'looptool', 40, 40],
  ['looptool_gcp_stage.json', 'looptool', 24, 24],
  ['openai_finetune.jsonl', 'openai-chat', 60, 199],
  ['trl_messages_tools.jsonl', 'trl', 60, 199],
  ['mistral_instruct_fc.jsonl', 'mistral', 60, 199],
] as const;

describe.skipIf(sharedData === undefined)('real records (skipped where ../shared/data is absent)', () => {
  it.each(files)('of %s are all read as %s, and written and read again the same in both dialects', (file, dialect, records, samples) => {
    const text = readFileSync(`${sharedData ?? ''}/derived_formats/${file}`, 'utf8');
    const reading = readDataset(text, { file, steps: 'all' });
    expect(reading).toMatchObject({ dialect, records, problems: [] });
    expect(reading.confidence).toBeGreaterThan(0.95);
    expect(reading.samples).toHaveLength(samples);
    for (const { sample, spans } of reading.samples) {
      for (const { id } of writers) {
        const back = only(readDataset(writeRow(id, sample), { file, steps: 'last', dialect: id }));
        expect(identity(back.sample)).toEqual(identity(sample));
      }
      if (sample.label.kind !== 'calls') continue;
      for (const [index, one] of sample.label.calls.entries()) {
        const written = spans.calls[index]?.arguments;
        const source = written === undefined ? '' : text.slice(written.start, written.end);
        const parsed = parseJson(source.startsWith('{\\"') ? (JSON.parse(`"${source}"`) as string) : source);
        expect(parsed.ok && stringifyJson(parsed.value)).toBe(stringifyJson(one.arguments));
      }
    }
  });
});
