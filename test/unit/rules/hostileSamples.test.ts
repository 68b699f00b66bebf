import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeSample } from '../../../src/core/dataset/identity.ts';
import type { Label, Message, ToolDefinition } from '../../../src/core/dataset/sample.ts';
import { objectOf } from '../../../src/core/json/parse.ts';
import { JsonNumber, type JsonObject, type JsonValue } from '../../../src/core/json/value.ts';
import { checkSample } from '../../../src/core/rules/recordChecker.ts';
import { rules } from '../../../src/core/rules/rules.generated.ts';
import { SampleContext } from '../../../src/core/rules/sampleContext.ts';
import { activeRules } from '../../../src/core/rules/settings.ts';

const words = fc.constantFrom('', 'Oslo', "'Oslo'", 'true', '-5', '1e999', '2024-02-30', 'from Oslo to Rome', '5%', '{"a": [', '__proto__', 'constructor', '\u0000', '\ud800', 'İ', '北京', 'x'.repeat(300), '(((((', '[a-z', '$&', 'don\u2019t "say" `it`', '1,2,3 and 4', 'N', 'US');
const texts = fc.oneof(words, fc.string({ unit: 'grapheme', maxLength: 40 }), fc.array(words, { maxLength: 8 }).map((parts) => parts.join(' ')));
const keys = fc.oneof(fc.constantFrom('a', 'to', 'from', 'lat', '__proto__', 'toString', ''), fc.string({ maxLength: 8 }));

const { value } = fc.letrec<{ value: JsonValue; object: JsonObject }>((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, texts, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer(), fc.boolean(), fc.constant(null), fc.constantFrom('5.0', '1e400', '123456789012345678901').map((raw) => new JsonNumber(raw)), fc.array(tie('value'), { maxLength: 4 }), tie('object')),
  object: fc.array(fc.tuple(keys, tie('value')), { maxLength: 4 }).map((members) => objectOf(members)),
}));
const objects = fc.array(fc.tuple(keys, value), { maxLength: 5 }).map((members) => objectOf(members));
const schemas = fc.record({ type: fc.constantFrom('string', 'integer', 'number', 'boolean', 'array', 'object', 'HashMap', 'any', ''), description: texts, enum: fc.array(value, { maxLength: 4 }), default: value, items: objects }, { requiredKeys: [] });
const tools: fc.Arbitrary<ToolDefinition> = fc.record({ name: fc.constantFrom('f', 'get_it', ''), description: texts, parameters: fc.record({ type: fc.constant('dict'), properties: fc.array(fc.tuple(keys, schemas.map((schema) => objectOf(Object.entries(schema)))), { maxLength: 5 }).map((members) => objectOf(members)), required: value }) });
const calls = fc.record({ name: fc.constantFrom('f', 'get_it', 'g', ''), arguments: objects });
const lists = fc.record({ name: fc.constantFrom('f', 'get_it', 'g'), arguments: fc.array(fc.tuple(keys, fc.oneof(fc.array(value, { maxLength: 4 }), value)), { maxLength: 5 }).map((members) => objectOf(members)) });
const labels: fc.Arbitrary<Label> = fc.oneof(
  fc.array(calls, { minLength: 1, maxLength: 3 }).map((some): Label => ({ kind: 'calls', calls: some })),
  fc.array(lists, { minLength: 1, maxLength: 3 }).map((possible): Label => ({ kind: 'calls', calls: possible, possible })),
  fc.constant<Label>({ kind: 'noCall' }),
  texts.map((text): Label => ({ kind: 'text', text, textKind: { kind: 'decline' } })),
);
const messages: fc.Arbitrary<Message> = fc.oneof(
  texts.map((content): Message => ({ role: 'user', content })),
  fc.tuple(texts, fc.array(calls, { maxLength: 2 })).map(([content, made]): Message => ({ role: 'assistant', content, calls: made })),
  texts.map((content): Message => ({ role: 'tool', content })),
);

test('no rule throws, whatever a sample holds', () => {
  const active = activeRules(rules, { profile: 'strict', rules: {} });
  let found = 0;
  fc.assert(
    fc.property(fc.array(tools, { maxLength: 3 }), fc.array(messages, { maxLength: 4 }), labels, (shown, said, label) => {
      const sample = makeSample({ tools: shown, messages: said, label });
      const places = { tools: [], messages: [], label: [], calls: label.kind === 'calls' ? label.calls.map((_, i) => ({ call: [i], name: [i, 'name'], arguments: [i, 'arguments'] })) : [] };
      for (const hit of checkSample(new SampleContext({ sample, step: 0, places: () => places }, null, 'test', 0), active)) {
        found += 1;
        expect(hit.message).not.toBe('');
        for (const fix of [...(hit.fixes?.() ?? []), ...(hit.suggestions?.() ?? [])]) expect(fix.edits.length > 0 || fix.label !== undefined).toBe(true);
      }
    }),
    { numRuns: 1000 },
  );
  expect(found).toBeGreaterThan(100);
});
