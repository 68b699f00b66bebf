import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { parseJson } from '../../../../src/core/json/parse.ts';
import type { JsonValue } from '../../../../src/core/json/value.ts';
import { readGivenAnswer, type AnswerOptions } from '../../../../src/core/review/predictions/givenAnswer.ts';
import { predictionKinds } from '../../../../src/core/toolcall/prediction.ts';
import { noTextKinds } from '../../../../src/core/toolcall/textKinds.ts';

const read = (value: JsonValue | undefined, options: Partial<AnswerOptions> = {}): ReturnType<typeof readGivenAnswer> => readGivenAnswer(value, { textKinds: noTextKinds, ...options });
const oslo = [{ name: 'get_weather', arguments: { city: 'Oslo' } }];
const native = { type: 'function', function: { name: 'get_weather', arguments: '{"city":"Oslo"}' } };

describe('an answer in a file of predictions', () => {
  test.each<[string, JsonValue]>([
    ['tagged text', '<tool_call>\n{"name":"get_weather","arguments":{"city":"Oslo"}}\n</tool_call>'],
    ['reasoning before it', '<think>\nhm\n</think>\n[get_weather(city="Oslo")]'],
    ['Python', 'get_weather(city="Oslo")'],
    ['JSON', '[{"name":"get_weather","arguments":{"city":"Oslo"}}]'],
    ['texts of calls', ['get_weather(city="Oslo")']],
    ['a call', { name: 'get_weather', arguments: { city: 'Oslo' } }],
    ['a call with parameters', { name: 'get_weather', parameters: { city: 'Oslo' } }],
    ['a native call', native],
    ['a list of native calls', [native]],
    ['a named call', { get_weather: { city: 'Oslo' } }],
    ['a named call with JSON text', [{ get_weather: '{"city":"Oslo"}' }]],
    ['a message', { role: 'assistant', content: null, tool_calls: [native] }],
    ['an old message', { role: 'assistant', content: null, function_call: { name: 'get_weather', arguments: '{"city":"Oslo"}' } }],
    ['a reply', { id: 'x', choices: [{ index: 0, finish_reason: 'tool_calls', message: { role: 'assistant', content: '', tool_calls: [native] } }] }],
    ['a reply of text', { choices: [{ finish_reason: 'stop', text: '[get_weather(city="Oslo")]' }] }],
    ['blocks', [{ type: 'text', text: '' }, { type: 'tool_use', id: 't', name: 'get_weather', input: { city: 'Oslo' } }]],
    ['a message of blocks', { content: [{ type: 'tool_use', name: 'get_weather', input: { city: 'Oslo' } }], stop_reason: 'tool_use' }],
    ['a prediction of ours', { kind: 'CALL', calls: oslo, text: '', warnings: [] }],
    ['calls under a key', { calls: oslo }],
  ])('may be %s', (_form, value) => {
    expect(read(value)).toMatchObject({ ok: true, prediction: { kind: 'CALL', calls: oslo } });
  });

  test.each<[string, JsonValue, Partial<AnswerOptions>, object]>([
    ['text', 'It is sunny.', {}, { prediction: { kind: 'TEXT_ANSWER', text: 'It is sunny.' } }],
    ['a message without calls', { role: 'assistant', content: 'It is sunny.', reasoning_content: 'so' }, {}, { prediction: { kind: 'TEXT_ANSWER', text: 'It is sunny.' }, reply: '<think>\nso\n</think>\nIt is sunny.' }],
    ['no words', ' ', {}, { prediction: { kind: 'EMPTY' } }],
    ['no calls', [], {}, { prediction: { kind: 'EMPTY' }, saysNoCall: true }],
    ['cut text', 'get_weather(', { finishReason: 'length' }, { prediction: { kind: 'TRUNCATED' } }],
    ['cut calls', oslo, { finishReason: 'length' }, { prediction: { kind: 'TRUNCATED', calls: [] } }],
    ['a cut reply', { choices: [{ finish_reason: 'length', message: { content: 'It' } }] }, {}, { prediction: { kind: 'TRUNCATED' } }],
    ['calls of which one is broken', [...oslo, { name: 'x', arguments: 3 }], {}, { prediction: { kind: 'INVALID', calls: [] } }],
    ['a native call with broken arguments', { tool_calls: [{ function: { name: 'f', arguments: '{"a"' } }] }, {}, { prediction: { kind: 'INVALID' } }],
    ['named calls in text, where they count', '[{"get_weather": {"city": "Oslo"}}]', { namedCalls: true }, { prediction: { kind: 'CALL', calls: oslo } }],
    ['named calls in text, where they do not', '[{"get_weather": {"city": "Oslo"}}]', {}, { prediction: { kind: 'TEXT_ANSWER' } }],
  ])('may be %s', (_form, value, options, expected) => {
    expect(read(value, options)).toMatchObject({ ok: true, ...expected });
  });

  test.each<[JsonValue | undefined, string]>([[undefined, 'none'], [null, 'none'], [{}, 'none'], [[['a()'], ['b()']], 'turns'], [3, 'unknown'], [true, 'unknown'], [{ a: { b: 1 }, c: 2 }, 'unknown'], [{ choices: [3] }, 'unknown']])('is none in %j', (value, reason) => {
    expect(read(value)).toEqual({ ok: false, reason });
  });

  it('keeps numbers as they were written', () => {
    const parsed = parseJson('[{"name":"f","arguments":{"a":5.0,"b":12345678901234567890}}]');
    const answer = parsed.ok ? read(parsed.value) : undefined;
    expect(JSON.stringify(answer?.ok === true && answer.reply)).toContain('5.0');
  });

  it('never throws, and is well-formed whatever is given', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.boolean(), fc.option(fc.constantFrom('length', 'stop'), { nil: undefined }), (value, namedCalls, finishReason) => {
        const answer = read(value as JsonValue, { namedCalls, finishReason });
        if (!answer.ok) return;
        expect(predictionKinds).toContain(answer.prediction.kind);
        expect(answer.prediction.calls.length > 0).toBe(answer.prediction.kind === 'CALL');
      }),
    );
  });

  it('is the same calls in each of the forms', () => {
    const name = fc.stringMatching(/^[a-z]\w{0,8}$/).filter((one) => !['name', 'function', 'arguments', 'content', 'calls', 'text', 'choices'].includes(one));
    const calls = fc.array(fc.record({ name, arguments: fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.oneof(fc.integer(), fc.boolean(), fc.stringMatching(/^[\w .-]{0,12}$/)), { maxKeys: 3 }).map((given) => ({ ...given })) }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(calls, (given) => {
        const forms: readonly JsonValue[] = [
          given,
          given.map((call) => ({ [call.name]: call.arguments })),
          { role: 'assistant', content: '', tool_calls: given.map((call) => ({ function: { name: call.name, arguments: JSON.stringify(call.arguments) } })) },
          given.map((call) => `<tool_call>\n${JSON.stringify(call)}\n</tool_call>`).join('\n'),
        ];
        for (const form of forms) expect(read(form)).toMatchObject({ ok: true, prediction: { kind: 'CALL', calls: given } });
      }),
    );
  });
});
