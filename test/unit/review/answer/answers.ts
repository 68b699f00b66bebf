import fc from 'fast-check';
import type { ToolCall } from '../../../../src/core/dataset/sample.ts';
import { objectOf } from '../../../../src/core/json/parse.ts';
import { JsonNumber, type JsonObject, type JsonValue } from '../../../../src/core/json/value.ts';
import type { Prediction } from '../../../../src/core/toolcall/prediction.ts';

export function answer(calls: readonly ToolCall[]): Prediction {
  return { kind: calls.length === 0 ? 'EMPTY' : 'CALL', calls, text: '', warnings: [] };
}

const key = fc.constantFrom('a', 'b', 'city', 'e\u0301', '\u00e9', '__proto__', '', 'x y', '0');
const scalar = fc.oneof(
  fc.constantFrom<JsonValue>('', 'Paris', 'paris', '5', 5, new JsonNumber('5.0'), new JsonNumber('12345678901234567890'), true, 'true', null, 0, 'the weather in Paris', 'the weather in Lyon'),
  fc.string({ maxLength: 5 }),
  fc.integer(),
);

/** JSON with the ordinary surprises: keys that are one after NFC, numbers as they are written, `__proto__`. */
const value: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, scalar, fc.array(tie('value'), { maxLength: 5 }), fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map(objectOf)),
})).value;

const args: fc.Arbitrary<JsonObject> = fc.array(fc.tuple(key, value), { maxLength: 4 }).map(objectOf);
export const callArbitrary: fc.Arbitrary<ToolCall> = fc.record({ name: fc.constantFrom('f', 'g', ' f'), arguments: args });

/** Calls and what somebody made of them: reordered, changed somewhere, dropped, added. */
export const changedCalls: fc.Arbitrary<readonly [readonly ToolCall[], readonly ToolCall[]]> = fc.array(callArbitrary, { minLength: 1, maxLength: 4 }).chain((calls) =>
  fc.tuple(
    fc.constant(calls),
    fc.oneof(
      fc.array(callArbitrary, { minLength: 1, maxLength: 4 }),
      fc.shuffledSubarray(calls, { minLength: 1 }).chain((kept) => fc.tuple(...kept.map((call) => changedCall(call))).map((changed): ToolCall[] => changed)),
    ),
  ),
);

function changedCall(call: ToolCall): fc.Arbitrary<ToolCall> {
  return fc.oneof(fc.constant(call), changedObject(call.arguments).map((changed) => ({ name: call.name, arguments: changed })), fc.constant({ name: 'h', arguments: call.arguments }));
}

function changedObject(object: JsonObject): fc.Arbitrary<JsonObject> {
  const entries = Object.entries(object);
  return fc.tuple(fc.array(fc.tuple(key, value), { maxLength: 2 }), ...entries.map(([name, member]) => fc.tuple(fc.constant(name), changedValue(member), fc.boolean()))).map(([added, ...kept]) => objectOf([...kept.filter(([, , stays]) => stays).map(([name, member]) => [name, member] as const), ...added]));
}

function changedValue(from: JsonValue): fc.Arbitrary<JsonValue> {
  if (Array.isArray(from) && from.length > 0) {
    const items: readonly JsonValue[] = from;
    return fc.oneof(fc.shuffledSubarray([...items], { minLength: items.length }), fc.tuple(fc.nat(items.length - 1), value).map(([at, item]) => items.map((old, i) => (i === at ? item : old))), fc.subarray([...items]));
  }
  return fc.oneof({ weight: 3, arbitrary: fc.constant(from) }, { weight: 1, arbitrary: value });
}
