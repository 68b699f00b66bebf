import { describe, expect, test } from 'vitest';
import { readDataset } from '../../../src/core/dataset/dataset.ts';
import { checkDataset } from '../../../src/core/rules/checkDataset.ts';
import type { Finding } from '../../../src/core/rules/finding.ts';
import { callBlock, looptoolRow, openaiRow, weatherTool } from '../../builders/datasetText.ts';

const check = (text: string): readonly Finding[] => checkDataset(text, readDataset(text, { file: 'data.jsonl', steps: 'all' }));
const shown = (text: string): string[] => check(text).map((f) => `${f.rule}: ${text.slice(f.range.start, f.range.end)}`);

type Case = { rule: string; name?: string; args: unknown; at: string };
const cases: Case[] = [
  { rule: 'unknown-tool', name: 'getWeather', args: {}, at: '"getWeather"' },
  { rule: 'missing-argument', args: { days: 3 }, at: '"get_weather"' },
  { rule: 'missing-argument', args: { city: 'Paris', place: { lon: 1 } }, at: '"place"' },
  { rule: 'unknown-argument', args: { city: 'Paris', town: 'Rome' }, at: '"town"' },
  { rule: 'argument-type', args: { city: 'Paris', days: '3' }, at: '"3"' },
  { rule: 'argument-type', args: { city: 'Paris', place: { lat: true } }, at: 'true' },
  { rule: 'argument-type', args: { city: 'Paris', tags: ['a', 5] }, at: '5' },
  { rule: 'argument-enum', args: { city: 'Zürich "1"\n', unit: 'Celsius' }, at: '"Celsius"' },
  { rule: 'argument-constraint', args: { city: 'P' }, at: '"P"' },
];

/** As the text stands inside one JSON string. */
const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);

describe('rules', () => {
  test('look at the messages of every sample of a record that is no dialogue', () => {
    const api = { Function_Description: { f: 'Does\nParameters: {}' }, Instructions: ['One', 'Two <|im_end|>'], Golden_Answers: [[{ Action: 'f', Action_Input: '{}' }], [{ Action: 'f', Action_Input: '{}' }]] };
    expect(shown(JSON.stringify(api)).filter((one) => one.startsWith('leaked'))).toEqual([expect.stringContaining('<|im_end|>') as string]);
  });

  test('leave rows alone that are marked as bad answers, and say so', () => {
    const row = JSON.stringify({ conversations: [{ role: 'user', content: 'Hi' }, { role: 'assistant', content: 'Ho' }], label: false });
    expect(check(row)).toMatchObject([{ rule: 'unreadable-record', severity: 'information', message: expect.stringContaining('marked as a bad answer') as string }]);
  });

  test('let the turns of a script follow each other, and nobody speak twice elsewhere', () => {
    const turns = [[{ role: 'user', content: 'List the files' }], [{ role: 'user', content: 'Remove the first' }]];
    const script = { id: 'multi_turn_base_0', question: turns, initial_config: {}, path: [], involved_classes: ['Files'], ground_truth: [['ls()'], ["rm(name='a')"]] };
    expect(shown(JSON.stringify(script)).filter((one) => one.startsWith('role-order'))).toEqual([]);
    const chat = { messages: [...turns.flat(), { role: 'assistant', content: 'Done.' }], tools: [] };
    expect(shown(JSON.stringify(chat)).filter((one) => one.startsWith('role-order'))).toHaveLength(1);
    const call = { id: 'c', type: 'function', function: { name: 'get_weather', arguments: '{"city": "Oslo"}' } };
    const said = (second: object) => shown(JSON.stringify({ messages: [{ role: 'user', content: 'Oslo?' }, { role: 'assistant', content: 'Let me see.' }, { role: 'assistant', ...second }, { role: 'tool', tool_call_id: 'c', content: 'rain' }, { role: 'assistant', content: 'Rain.' }], tools: [{ type: 'function', function: weatherTool }] })).filter((one) => one.startsWith('role-order'));
    expect(said({ content: null, tool_calls: [call] })).toEqual([]);
    expect(said({ content: 'Well.' })).toHaveLength(1);
  });

  test('say of calls without results that they have none, not that the assistant speaks twice', () => {
    const call = { id: 'c', type: 'function', function: { name: 'get_weather', arguments: '{"city": "Oslo"}' } };
    const chat = { messages: [{ role: 'user', content: 'Oslo?' }, { role: 'assistant', content: null, tool_calls: [call] }, { role: 'assistant', content: 'Rain.' }, { role: 'user', content: 'Thanks' }, { role: 'assistant', content: 'Welcome.' }], tools: [{ type: 'function', function: weatherTool }] };
    expect([...new Set(check(JSON.stringify(chat)).map(({ rule }) => rule))].filter((rule) => rule === 'role-order' || rule === 'tool-results')).toEqual(['tool-results']);
  });

  test('compare dialogues, not the steps of one with each other', () => {
    const facts = 'The mills of the valley were built of stone, and the river turned their wheels from spring until the first snow of the year.';
    const dialogue = (first: string) => ({ messages: [{ role: 'user', content: `${first} ${facts} ${facts.toUpperCase()}` }, { role: 'assistant', content: 'Noted.' }, { role: 'user', content: 'Go on' }, { role: 'assistant', content: 'Done.' }], tools: [] });
    const near = (text: string): number => check(text).filter(({ rule }) => rule === 'near-duplicate-sample').length;
    expect(near(JSON.stringify(dialogue('Listen.')))).toBe(0);
    expect(near(`${JSON.stringify(dialogue('Listen.'))}\n${JSON.stringify(dialogue('Read.'))}`)).toBeGreaterThan(0);
  });

  test('take texts that differ in their words for no contradiction, and a text beside a call for a weak one', () => {
    const call = { role: 'assistant', content: null, tool_calls: [{ id: 'c', type: 'function', function: { name: 'get_weather', arguments: '{"city": "Oslo"}' } }] };
    const rows = (...answers: object[]) => answers.map((answer) => JSON.stringify({ messages: [{ role: 'user', content: 'Oslo?' }, answer], tools: [{ type: 'function', function: weatherTool }] })).join('\n');
    const contradicting = (text: string) => check(text).filter(({ rule }) => rule === 'contradicting-labels').map(({ severity }) => severity);
    const text = (content: string) => ({ role: 'assistant', content });
    expect(contradicting(rows(text('Rain.'), text('It rains.')))).toEqual([]);
    expect(contradicting(rows(text('Rain.'), call))).toEqual(['warning', 'warning']);
  });

  test('say once of a tool which part of its definition is no schema', () => {
    const odd = { name: 'get_tide', parameters: { type: 'object', properties: { port: { type: 'harbour' } } } };
    const rows = [looptoolRow([odd], callBlock('get_tide', {})), looptoolRow([odd, weatherTool], callBlock('get_tide', {}))].join('\n');
    expect(check(rows).filter(({ rule }) => rule === 'tool-schema').map(({ message }) => message)).toEqual([expect.stringMatching(/^"get_tide": .*port.*harbour/) as string]);
  });

  test.each(cases)('$rule shows at $at in a LoopTool row', ({ rule, name = 'get_weather', args, at }) => {
    expect(shown(looptoolRow([weatherTool], callBlock(name, args)))).toEqual([`${rule}: ${escaped(at)}`]);
  });

  test.each(cases)('$rule shows at $at in an OpenAI row', ({ rule, name = 'get_weather', args, at }) => {
    // The name stands in the row itself, arguments inside a string.
    const inString = at !== '"get_weather"' && at !== '"getWeather"';
    expect(shown(openaiRow([weatherTool], [{ name, arguments: args }]))).toEqual([`${rule}: ${inString ? escaped(at) : at}`]);
  });

  test('find nothing in rows that are right', () => {
    const args = { city: 'Paris', days: 3, unit: 'kelvin', place: { lat: 1.5 }, tags: [] };
    expect(check(looptoolRow([weatherTool], callBlock('get_weather', args)))).toEqual([]);
    expect(check(openaiRow([weatherTool], [{ name: 'get_weather', arguments: args }]))).toEqual([]);
    expect(check(looptoolRow([weatherTool], 'Which city?'))).toEqual([]);
  });

  test('show the call of several that is wrong, and every finding of it', () => {
    const output = [callBlock('get_weather', { city: 'Paris' }), callBlock('get_weather', { days: '2', extra: 1 })].join('\n');
    expect(shown(looptoolRow([weatherTool], output))).toEqual(['missing-argument: \\"get_weather\\"', 'argument-type: \\"2\\"', 'unknown-argument: \\"extra\\"']);
  });

  test('only warn of an unknown tool where no tools are shown', () => {
    expect(check(looptoolRow([], callBlock('get_weather', {})))).toMatchObject([{ rule: 'unknown-tool', severity: 'warning' }]);
  });

  test('warn of calls without an arguments object, which are read as calls without arguments', () => {
    const clock = { name: 'get_time', parameters: { type: 'object', properties: {} } };
    for (const part of ['', ',"arguments":null', ',"parameters":[]']) {
      const text = looptoolRow([clock, weatherTool], `${callBlock('get_weather', { city: 'Paris' })}\n<tool_call>{"name":"get_time"${part}}</tool_call>`);
      const [found, ...others] = check(text);
      expect(others).toEqual([]);
      expect(found).toMatchObject({ rule: 'no-arguments', severity: 'warning', range: { start: text.lastIndexOf('\\"get_time\\"') } });
    }
    for (const args of [{}, '{}', '']) expect(check(looptoolRow([clock], callBlock('get_time', args)))).toEqual([]);
    expect(check(openaiRow([clock], [{ name: 'get_time', arguments: '' }]))).toEqual([]);
    expect(shown(openaiRow([clock], [{ name: 'get_time', arguments: '' }]).replace(',"arguments":""', ''))).toEqual(['no-arguments: "get_time"']);
  });

  test('show a value inside arguments that are JSON text inside the label', () => {
    const once = escaped(escaped('"2"'));
    expect(shown(looptoolRow([weatherTool], callBlock('get_weather', '{"city":"Oslo","days":"2"}')))).toEqual([`argument-type: ${once}`]);
  });

  test('show an unparsable label at the part that is broken', () => {
    const broken = "<tool_call>\n{'name': 'get_weather'}\n</tool_call>";
    expect(shown(looptoolRow([weatherTool], `${callBlock('get_weather', { city: 'Paris' })}\n${broken}`))).toEqual([`unparsable-label: ${escaped(broken)}`]);
    expect(shown(openaiRow([weatherTool], [{ name: 'get_weather', arguments: '{"city": ' }]))).toEqual([`unparsable-label: ${JSON.stringify('{"city": ')}`]);
    expect(shown(looptoolRow([weatherTool], ''))).toEqual(['unparsable-label: ""']);
  });

  test('show an unreadable record where reading stopped, and check the rest', () => {
    const good = looptoolRow([weatherTool], callBlock('get_weather', { city: 1 }));
    const other = looptoolRow([weatherTool], callBlock('get_weather', { city: 1 }), 'Do that.');
    const text = `${good}\r\n{"instruction": nonsense}\r\n{"instruction": "x"\r\n${other}\r\n`;
    const findings = check(text);
    expect(findings.map((f) => [f.rule, f.record])).toEqual([['argument-type', 0], ['unreadable-record', 1], ['unreadable-record', 2], ['argument-type', 3]]);
    expect(findings.map((f) => text.slice(f.range.start, f.range.end))).toEqual(['1', 'n', '"', '1']);
    expect(text.slice(0, findings[2]?.range.start).split('\n')).toHaveLength(3);
  });

  test('name the sample, so that a finding can be found again', () => {
    const text = looptoolRow([weatherTool], callBlock('get_weather', {}));
    expect(check(text)[0]?.sampleId).toBe(readDataset(text, { file: 'x', steps: 'all' }).samples[0]?.sample.id);
  });
});
