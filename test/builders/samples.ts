import fc from 'fast-check';
import { makeSample } from '../../src/core/dataset/identity.ts';
import type { Label, Message, Sample, ToolCall, ToolDefinition } from '../../src/core/dataset/sample.ts';
import { JsonNumber, type JsonObject, type JsonValue } from '../../src/core/json/value.ts';

/** Texts with everything that has to be escaped somewhere, and pieces of the formats that samples are written in. */
export const hostileText = fc
  .array(fc.constantFrom('a', 'Oslo ', '"', '\\', '\n', '\r\n', 'é', '\ud83d\ude00', '\u0000', '{', '}', '<tool_call>', '</tool_call>', '<|im_end|>\n', '<|im_start|>user\n', '<tools>\n', '\n</tools>', '<think>', '</think>', '<tool_response>\n'), { maxLength: 5 })
  .map((parts) => parts.join(''));

const keys = fc.constantFrom('a', 'b', 'city', 'naïve key', '__proto__', 'constructor', '"', '10', '2');

export const jsonValue: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<JsonValue>(null, true, false, 0, 5, -1.5, new JsonNumber('5.0'), new JsonNumber('9007199254740993'), new JsonNumber('1e3')),
    hostileText,
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(keys, tie('value'), { maxKeys: 3, noNullPrototype: false }),
})).value;

export const jsonObject: fc.Arbitrary<JsonObject> = fc.dictionary(keys, jsonValue, { maxKeys: 3, noNullPrototype: false });

const toolName = fc.constantFrom('get_forecast', 'Fluctuation Endpoint', 'math.area', 'sök');

export const toolCall: fc.Arbitrary<ToolCall> = fc.record({ name: toolName, arguments: jsonObject });

export const toolDefinition: fc.Arbitrary<ToolDefinition> = fc.record(
  { name: toolName, description: hostileText, parameters: jsonObject },
  { requiredKeys: ['name'] },
);

const plainMessage: fc.Arbitrary<readonly Message[]> = fc.oneof(
  hostileText.map((content): Message[] => [{ role: 'user', content }]),
  hostileText.map((content): Message[] => [{ role: 'assistant', content, calls: [] }]),
  fc.tuple(hostileText, fc.array(toolCall, { minLength: 1, maxLength: 2 }), hostileText).map(([content, calls, result]): Message[] => [
    { role: 'assistant', content, calls },
    ...calls.map((): Message => ({ role: 'tool', content: result })),
  ]),
);

export const messages: fc.Arbitrary<readonly Message[]> = fc
  .tuple(fc.option(hostileText), fc.array(plainMessage, { maxLength: 3 }))
  .map(([system, turns]) => [...(system === null ? [] : [{ role: 'system', content: system } as const]), ...turns.flat()]);

export const callsLabel: fc.Arbitrary<Label> = fc.array(toolCall, { minLength: 1, maxLength: 3 }).map((calls) => ({ kind: 'calls', calls }));

export const label: fc.Arbitrary<Label> = fc.oneof(
  callsLabel,
  hostileText.filter((text) => text.trim() !== '').map((text): Label => ({ kind: 'text', text })),
  fc.constantFrom<Label>(
    { kind: 'text', text: 'For which city?', textKind: { kind: 'ask', argument: 'city' } },
    { kind: 'text', text: 'I cannot do that.', textKind: { kind: 'decline' } },
    { kind: 'noCall' },
    { kind: 'anyCall' },
    { kind: 'trace', trace: [{ step: 1 }] },
    { kind: 'calls', calls: [{ name: 'a', arguments: { x: 1 } }], alternatives: [[{ name: 'a', arguments: { x: new JsonNumber('1.0') } }]] },
  ),
);

export const sample: fc.Arbitrary<Sample> = fc
  .record({ tools: fc.array(toolDefinition, { maxLength: 3 }), messages, label, family: fc.option(fc.constant('fam_of_the_root'), { nil: undefined }) })
  .map(makeSample);

/** A small dialogue with one call that has already been answered. */
export function forecastSample(label: Label = { kind: 'calls', calls: [{ name: 'notify', arguments: { text: '4 °C', times: 2 } }] }): Sample {
  return makeSample({
    tools: [
      { name: 'get_forecast', description: 'Daily forecast', parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } },
      { name: 'notify', description: 'Send a "notification"', parameters: { type: 'object', properties: { text: { type: 'string' }, times: { type: 'integer' } } } },
    ],
    messages: [
      { role: 'system', content: 'Be brief.\n<tools>\n</tools>' },
      { role: 'user', content: 'Weather in Oslo, then notify me.' },
      { role: 'assistant', content: '', calls: [{ name: 'get_forecast', arguments: { city: 'Oslo' } }] },
      { role: 'tool', content: '{"t": "4 °C"}' },
    ],
    label,
  });
}
