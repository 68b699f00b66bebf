import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { extractPrediction, labelToPrediction, predictionFromReply, predictionToLabel } from '../../../src/core/toolcall/extract.ts';
import { compileTextKinds, noTextKinds } from '../../../src/core/toolcall/textKinds.ts';
import { writeCallBlocks } from '../../../src/core/dataset/reading/answerText.ts';
import { compareCalls } from '../../../src/core/toolcall/compare.ts';
import { toolCall } from '../../builders/samples.ts';
import type { CompletionReply } from '../../../src/core/llm/completionPort.ts';
import { JsonNumber } from '../../../src/core/json/value.ts';
import type { PredictionKind } from '../../../src/core/toolcall/prediction.ts';

const paris = { name: 'weather', arguments: { city: 'Paris' } };
const body = '{"name": "weather", "arguments": {"city": "Paris"}}';
const tagged = `<tool_call>\n${body}\n</tool_call>`;
const rome = '{"name": "weather", "arguments": {"city": "Rome"}}';
const cities = (text: string): unknown[] => extractPrediction(text).calls.map((call) => call.arguments['city']);

type Row = { what: string; text: string; kind: PredictionKind; cities?: string[]; rest?: string; warning?: RegExp };

/** looptool-spec.md 9.2, row by row, and what else is met in the wild. */
const rows: Row[] = [
  { what: 'the plain form', text: tagged, kind: 'CALL', cities: ['Paris'] },
  { what: 'tags on one line', text: `<tool_call>${body}</tool_call>`, kind: 'CALL', cities: ['Paris'] },
  { what: 'blanks after the tag and CRLF', text: `<tool_call> \r\n${body}\r\n </tool_call>\r\n`, kind: 'CALL', cities: ['Paris'] },
  { what: 'a missing closing tag at the end', text: `<tool_call>\n${body}`, kind: 'INVALID', warning: /cut off/ },
  { what: 'a body cut off in the middle', text: '<tool_call>\n{"name": "weather", "argu', kind: 'INVALID', warning: /cut off/ },
  { what: 'an opening tag and nothing more', text: 'Sure.\n<tool_call>\n', kind: 'INVALID', warning: /cut off/ },
  { what: 'a first call unclosed and a second closed', text: `<tool_call>\n${body}\n<tool_call>\n${rome}\n</tool_call>`, kind: 'INVALID', warning: /closing tag of the call is missing/ },
  { what: 'two objects in one tag', text: `<tool_call>\n${body}\n${rome}\n</tool_call>`, kind: 'CALL', cities: ['Paris', 'Rome'], warning: /2 calls/ },
  { what: 'a JSON array in a tag', text: `<tool_call>[${body}, ${rome}]</tool_call>`, kind: 'CALL', cities: ['Paris', 'Rome'] },
  { what: 'an empty array in a tag', text: '<tool_call>[]</tool_call>', kind: 'INVALID', warning: /empty/ },
  { what: 'single quotes', text: "<tool_call>\n{'name': 'weather', 'arguments': {'city': 'Paris'}}\n</tool_call>", kind: 'INVALID', warning: /not JSON/ },
  { what: 'a Python repr with None', text: '<tool_call>{"name": "weather", "arguments": {"city": None}}</tool_call>', kind: 'INVALID', warning: /None is not JSON/ },
  { what: 'a trailing comma', text: '<tool_call>{"name": "weather", "arguments": {"city": "Paris",}}</tool_call>', kind: 'INVALID', warning: /not JSON/ },
  { what: 'a Python call in tags', text: '<tool_call>weather(city="Paris")</tool_call>', kind: 'INVALID', warning: /not JSON/ },
  { what: 'empty tags', text: '<tool_call>\n</tool_call>', kind: 'INVALID', warning: /empty/ },
  { what: 'words after the JSON in a tag', text: `<tool_call>${body} please</tool_call>`, kind: 'INVALID', warning: /other than JSON/ },
  { what: 'a fence inside the tag', text: `<tool_call>\n\`\`\`json\n${body}\n\`\`\`\n</tool_call>`, kind: 'CALL', cities: ['Paris'], rest: '' },
  { what: 'a fence around the tag', text: `\`\`\`\n${tagged}\n\`\`\``, kind: 'CALL', cities: ['Paris'], rest: '' },
  { what: 'fenced JSON without tags', text: `\`\`\`json\n${body}\n\`\`\``, kind: 'CALL', cities: ['Paris'], rest: '', warning: /without tags/ },
  { what: 'bare JSON without tags', text: `[${body}]`, kind: 'CALL', cities: ['Paris'], warning: /without tags/ },
  { what: 'JSON that is an answer and no call', text: '{"name": "Bob", "age": 3}', kind: 'TEXT_ANSWER', rest: '{"name": "Bob", "age": 3}' },
  { what: 'prose before and after', text: `I will look.\n${tagged}\nOne moment.`, kind: 'CALL', cities: ['Paris'], rest: 'I will look.\nOne moment.' },
  { what: 'several calls', text: `${tagged}\n<tool_call>${rome}</tool_call>`, kind: 'CALL', cities: ['Paris', 'Rome'], rest: '' },
  { what: 'a call inside the reasoning only', text: `<think>\n${tagged}\n</think>\nWhich city?`, kind: 'TEXT_ANSWER', rest: 'Which city?' },
  { what: 'several ends of reasoning', text: `<think>a</think>b ${tagged}</think>${tagged}`, kind: 'CALL', cities: ['Paris'], rest: '' },
  { what: 'reasoning that never ends', text: `<think>\nso ${tagged}`, kind: 'TRUNCATED', rest: '', warning: /reasoning never ends/ },
  { what: 'reasoning that opens again and never ends', text: `<think>a</think>Hm.\n<think>\n${tagged}`, kind: 'TRUNCATED', rest: 'Hm.' },
  { what: 'no reasoning at all', text: 'It is sunny.', kind: 'TEXT_ANSWER', rest: 'It is sunny.' },
  { what: 'an end of reasoning that was never opened', text: `so I call\n</think>\n\n${tagged}`, kind: 'CALL', cities: ['Paris'], rest: '' },
  { what: 'reasoning and then nothing', text: '<think>\nwell\n</think>\n\n', kind: 'EMPTY', rest: '' },
  { what: 'the word <think> in prose', text: 'The model writes <think> first.', kind: 'TEXT_ANSWER', rest: 'The model writes <think> first.' },
  { what: 'end tokens left in', text: `${tagged}<|im_end|>\n<|endoftext|>`, kind: 'CALL', cities: ['Paris'], rest: '' },
  { what: 'an end token alone', text: '<|im_end|>', kind: 'EMPTY', rest: '' },
  { what: 'the tag mentioned in prose', text: 'You may use <tool_call> to call.', kind: 'TEXT_ANSWER', rest: 'You may use <tool_call> to call.' },
  { what: 'both tags mentioned in prose', text: 'Write <tool_call>…</tool_call> around it.', kind: 'TEXT_ANSWER', rest: 'Write <tool_call>…</tool_call> around it.' },
  { what: 'a closing tag too many', text: `${tagged}\n</tool_call>`, kind: 'CALL', cities: ['Paris'], rest: '', warning: /closing tag/ },
  { what: 'tags inside an argument', text: '<tool_call>{"name":"weather","arguments":{"city":"</tool_call><tool_call></think><think>"}}</tool_call>', kind: 'CALL', cities: ['</tool_call><tool_call></think><think>'] },
  { what: 'arguments as JSON text', text: '<tool_call>{"name":"weather","arguments":"{\\"city\\": \\"Paris\\"}"}</tool_call>', kind: 'CALL', cities: ['Paris'] },
  { what: 'parameters in place of arguments', text: '<tool_call>{"name":"weather","parameters":{"city":"Paris"}}</tool_call>', kind: 'CALL', cities: ['Paris'] },
  { what: 'an OpenAI envelope', text: `<tool_call>{"id":"1","type":"function","function":${body}}</tool_call>`, kind: 'CALL', cities: ['Paris'] },
  { what: 'further envelope keys', text: '<tool_call>{"id":"c1","type":"function","name":"weather","arguments":{"city":"Paris"}}</tool_call>', kind: 'CALL', cities: ['Paris'] },
  { what: 'a call without arguments', text: '<tool_call>{"name":"weather"}</tool_call>', kind: 'INVALID', warning: /no arguments/ },
  { what: 'arguments that are null', text: '<tool_call>{"name":"weather","arguments":null}</tool_call>', kind: 'INVALID', warning: /object/ },
  { what: 'arguments that are an array', text: '<tool_call>{"name":"weather","arguments":[]}</tool_call>', kind: 'INVALID', warning: /object/ },
  { what: 'a call without a name', text: '<tool_call>{"arguments":{}}</tool_call>', kind: 'INVALID', warning: /no name/ },
  { what: 'NaN', text: '<tool_call>{"name":"weather","arguments":{"city":NaN}}</tool_call>', kind: 'INVALID', warning: /NaN/ },
  { what: 'nesting without end', text: `<tool_call>{"name":"weather","arguments":{"city":${'['.repeat(600)}${']'.repeat(600)}}}</tool_call>`, kind: 'INVALID', warning: /nested deeper/ },
  { what: 'a doubled key', text: '<tool_call>{"name":"weather","arguments":{"city":"Rome","city":"Paris"}}</tool_call>', kind: 'CALL', cities: ['Paris'], warning: /stands twice/ },
  { what: 'nothing', text: ' \n ', kind: 'EMPTY', rest: '' },
];

describe('extraction from text', () => {
  test.each(rows)('reads $what as $kind', ({ text, kind, cities: expected, rest, warning }) => {
    const prediction = extractPrediction(text);
    expect(prediction.kind).toBe(kind);
    expect(cities(text)).toEqual(expected ?? []);
    if (rest !== undefined) expect(prediction.text).toBe(rest);
    if (warning !== undefined) expect(prediction.warnings.join('; ')).toMatch(warning);
    else expect(prediction.warnings.length).toBe(kind === 'CALL' ? 0 : prediction.warnings.length);
  });

  test('holds an answer cut at the token limit for TRUNCATED, whatever stands in it', () => {
    for (const text of ['', 'It is', tagged, '<tool_call>{"na']) expect(extractPrediction(text, { finishReason: 'length' }).kind).toBe('TRUNCATED');
  });

  test('takes missing arguments for none when told so', () => {
    for (const part of ['', ',"arguments":null', ',"arguments":[]', ',"arguments":""']) {
      const prediction = extractPrediction(`<tool_call>{"name":"now"${part}}</tool_call>`, { emptyArguments: 'lenient' });
      expect(prediction).toMatchObject({ kind: 'CALL', calls: [{ name: 'now', arguments: {} }] });
    }
  });

  test('keeps numbers to the last digit and __proto__ as a key', () => {
    const [call] = extractPrediction('<tool_call>{"name":"f","arguments":{"a":9007199254740993,"b":5.0,"__proto__":1}}</tool_call>').calls;
    expect(call?.arguments['a']).toEqual(new JsonNumber('9007199254740993'));
    expect(call?.arguments['b']).toEqual(new JsonNumber('5.0'));
    expect(Object.keys(call?.arguments ?? {})).toContain('__proto__');
  });

  test('tells asking and declining apart by the patterns of the project', () => {
    const textKinds = compileTextKinds({ ask: ['[Ww]hat is the (?<argument>\\w+)'], decline: ['cannot'] });
    expect(extractPrediction('What is the city?', { textKinds })).toMatchObject({ kind: 'TEXT_ASK', argument: 'city' });
    expect(extractPrediction('I cannot do that.', { textKinds }).kind).toBe('TEXT_DECLINE');
    expect(extractPrediction('Fine.', { textKinds }).kind).toBe('TEXT_ANSWER');
  });

  test('never throws, and finds again whatever calls were written', () => {
    const soup = fc.array(fc.constantFrom('<tool_call>', '</tool_call>', '<think>', '</think>', body, '{"', '[', '"', '\\', '\n', 'x', '```', "{'a'"), { maxLength: 30 });
    fc.assert(fc.property(soup, (parts) => {
      const prediction = extractPrediction(parts.join(''));
      expect(prediction.calls.length > 0).toBe(prediction.kind === 'CALL');
    }));
    const call = fc.record({ name: fc.stringMatching(/^[a-z_.]{1,8}$/), arguments: fc.dictionary(fc.string().filter((key) => key !== '__proto__'), fc.string()) });
    fc.assert(fc.property(fc.array(call, { minLength: 1, maxLength: 4 }), (calls) => {
      const text = calls.map((c) => `<tool_call>\n${JSON.stringify(c)}\n</tool_call>`).join('\n');
      expect(JSON.stringify(extractPrediction(text).calls)).toBe(JSON.stringify(calls.map((c) => ({ name: c.name, arguments: JSON.parse(JSON.stringify(c.arguments)) as unknown }))));
    }));
  });
});

test('calls that a dialect writes are found again, whatever they hold', () => {
  fc.assert(fc.property(fc.array(toolCall, { minLength: 1, maxLength: 3 }), fc.constantFrom('', '<think>\n</think>\n'), (written, before) => {
    const prediction = extractPrediction(`${before}${writeCallBlocks(written)}`);
    expect(prediction.kind).toBe('CALL');
    expect(compareCalls(written, prediction.calls).equal).toBe(true);
  }));
});

describe('extraction from a reply', () => {
  const reply = (fields: Partial<CompletionReply>): CompletionReply => ({
    content: '', reasoning: '', calls: [], finishReason: 'stop', logProbs: undefined, promptTokens: undefined, completionTokens: undefined, model: 'm', ...fields,
  });

  test('takes native calls, and JSON text that the server left as it was', () => {
    expect(predictionFromReply(reply({ calls: [paris] }), noTextKinds)).toMatchObject({ kind: 'CALL', calls: [paris] });
    expect(predictionFromReply(reply({ calls: [{ name: 'weather', raw: '{"city":"Paris"}' }] }), noTextKinds).calls).toHaveLength(1);
    expect(predictionFromReply(reply({ calls: [{ name: 'now', raw: '' }] }), noTextKinds)).toMatchObject({ kind: 'CALL', calls: [{ name: 'now' }] });
  });

  test('is INVALID when one native call has broken arguments', () => {
    expect(predictionFromReply(reply({ calls: [paris, { name: 'weather', raw: '{"city":' }] }), noTextKinds).kind).toBe('INVALID');
  });

  test('joins calls of the text, but counts none twice that the server left in place', () => {
    expect(predictionFromReply(reply({ calls: [paris], content: tagged }), noTextKinds).calls).toHaveLength(1);
    expect(predictionFromReply(reply({ calls: [paris], content: `<tool_call>${rome}</tool_call>` }), noTextKinds).calls).toHaveLength(2);
  });

  test('never takes calls from the reasoning', () => {
    expect(predictionFromReply(reply({ reasoning: tagged }), noTextKinds).kind).toBe('EMPTY');
    expect(predictionFromReply(reply({ reasoning: tagged, finishReason: 'length' }), noTextKinds).kind).toBe('TRUNCATED');
  });
});

describe('labels and predictions', () => {
  test('turn into each other', () => {
    const textKinds = compileTextKinds({ ask: ['Which (?<argument>\\w+)'], decline: [] });
    const ask = extractPrediction('Which city?', { textKinds });
    expect(predictionToLabel(ask)).toEqual({ kind: 'text', text: 'Which city?', textKind: { kind: 'ask', argument: 'city' } });
    expect(labelToPrediction({ kind: 'text', text: 'Which city?' }, textKinds)).toEqual(ask);
    expect(predictionToLabel(extractPrediction(tagged))).toMatchObject({ kind: 'calls', calls: [paris] });
    expect(predictionToLabel(extractPrediction(''))).toBeUndefined();
    expect(labelToPrediction({ kind: 'invalid', raw: 'x', reason: 'why' }, textKinds)).toMatchObject({ kind: 'INVALID', warnings: ['why'] });
  });
});
