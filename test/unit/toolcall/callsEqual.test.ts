import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import type { ToolCall } from '../../../src/core/dataset/sample.ts';
import { parseJson } from '../../../src/core/json/parse.ts';
import { JsonNumber, type JsonValue } from '../../../src/core/json/value.ts';
import { callsEqual } from '../../../src/core/toolcall/callsEqual.ts';
import { valueKey } from '../../../src/core/toolcall/canonicalCall.ts';
import { compareCalls } from '../../../src/core/toolcall/compare.ts';
import { forgive, schemaOptions, type CompareOptions } from '../../../src/core/toolcall/compareOptions.ts';
import { sameValue } from '../../../src/core/toolcall/sameValue.ts';

const call = (args: Record<string, JsonValue>, name = 'f'): ToolCall => ({ name, arguments: args });
const parsed = (text: string): JsonValue => {
  const read = parseJson(text);
  if (!read.ok) throw new Error(read.message);
  return read.value;
};

/** Values that are near to each other, so that equal ones and almost equal ones come up. */
const near: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<JsonValue>(null, true, false, 0, 1, -0, 1.5, '1', 'é', 'e\u0301', 'K', '\u212a', new JsonNumber('1.0'), new JsonNumber('1e0'), new JsonNumber('-0.0'), new JsonNumber('9007199254740993'), new JsonNumber('9007199254740992.0'), 9007199254740992),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'é', 'e\u0301', '__proto__', 'constructor'), tie('value')), { maxLength: 3, selector: ([key]) => key }).map((members) => {
      const object = Object.create(null) as Record<string, JsonValue>;
      for (const [key, value] of members) object[key] = value;
      return object;
    }),
  ),
})).value;

describe('the verdict without its explanation', () => {
  test('is the comparer’s, value by value', () => {
    fc.assert(fc.property(near, near, (a, b) => {
      expect(sameValue(a, b)).toBe(valueKey(a) === valueKey(b));
      expect(sameValue(a, a)).toBe(true);
    }), { numRuns: 2000 });
  });

  test('is the comparer’s, list by list, up to lists that are compared by keys', () => {
    const calls = fc.array(fc.record({ name: fc.constantFrom('f', 'g', ' f'), arguments: fc.record({ a: fc.constantFrom<JsonValue>(0, 1, new JsonNumber('1.0')) }) }), { maxLength: 40 });
    fc.assert(fc.property(calls, calls, fc.boolean(), (a, b, turned) => {
      const other = turned ? [...a].reverse() : b;
      expect(callsEqual(a, other)).toBe(compareCalls(a, other).equal);
      expect(callsEqual(a, [...a].reverse())).toBe(true);
    }));
  });

  test('holds no member that is only inherited for one of the object’s own', () => {
    const proto = parsed('{"__proto__":{}}');
    expect(sameValue(proto, { x: 1 })).toBe(false);
    expect(sameValue(proto, {})).toBe(false);
    expect(sameValue({ constructor: 'x' }, { a: 'x' })).toBe(false);
    expect(sameValue(parsed('{"toString":{}}'), { a: {} })).toBe(false);
    expect(sameValue(proto, parsed('{"__proto__":{}}'))).toBe(true);
  });

  test('compares ordinary objects with those that have no prototype', () => {
    expect(sameValue(parsed('{"a":{"b":[1,2]}}'), { a: { b: [1, 2] } })).toBe(true);
  });

  test('takes the order of calls as given where that is asked for', () => {
    const [a, b] = [call({ x: 1 }), call({ x: 2 })];
    expect(callsEqual([a, b], [b, a])).toBe(true);
    expect(callsEqual([a, b], [b, a], { strictOrder: true })).toBe(false);
    expect(callsEqual([a, b], [call({ x: 1 }), call({ x: 2 })], { strictOrder: true })).toBe(true);
    expect(compareCalls([a, b], [b, a], { strictOrder: true })).toMatchObject({ equal: false, pairs: [0, 1], differences: [{ path: [0, 'x'] }, { path: [1, 'x'] }] });
  });
});

describe('options', () => {
  const tools = [{ name: 'f', parameters: { type: 'object', required: ['n'], properties: { n: { type: 'integer' }, tags: { type: 'array', uniqueItems: true }, unit: { type: 'string', default: 'km' }, note: { type: 'string' } } } }];

  test.each<{ what: string; ask: Parameters<typeof schemaOptions>[1]; a: Record<string, JsonValue>; b: Record<string, JsonValue> }>([
    { what: 'a default', ask: { defaults: true }, a: { n: 1, unit: 'km' }, b: { n: 1 } },
    { what: 'the order of a set', ask: { sets: true }, a: { tags: [1, 2, 2] }, b: { tags: [2, 1] } },
    { what: 'null for an optional argument', ask: { nulls: true }, a: { n: 1, note: null }, b: { n: 1 } },
    { what: 'a number as text', ask: { numericStrings: true }, a: { n: 5 }, b: { n: '5.0' } },
  ])('from schemas forgive $what only when asked, and tell it apart', ({ ask, a, b }) => {
    const options = schemaOptions(tools, ask);
    expect(callsEqual([call(a)], [call(b)])).toBe(false);
    expect(callsEqual([call(a)], [call(b)], schemaOptions(tools, {}))).toBe(false);
    expect(callsEqual([call(a)], [call(b)], options)).toBe(true);
    const { equal, differences, forgiven } = compareCalls([call(a)], [call(b)], options);
    expect({ equal, differences }).toEqual({ equal: true, differences: [] });
    expect(forgiven).toMatchObject([{ severity: 'info' }]);
  });

  test('do not reach beyond what they are for', () => {
    const options = schemaOptions(tools, { defaults: true, sets: true, nulls: true, numericStrings: true });
    expect(callsEqual([call({ n: null })], [call({})], options)).toBe(false);
    expect(callsEqual([call({ note: '5' })], [call({ note: 5 })], options)).toBe(false);
    expect(callsEqual([call({ n: '0x10' })], [call({ n: 16 })], options)).toBe(false);
    expect(callsEqual([call({ unit: 'km' }, 'g')], [call({}, 'g')], options)).toBe(false);
  });

  test('keep what is forgiven apart from what is not', () => {
    const options: CompareOptions = { numericStrings: () => true };
    const compared = compareCalls([call({ a: 1, b: 'x' })], [call({ a: '1', b: 'y' })], options);
    expect(compared).toMatchObject({ equal: false, differences: [{ path: [0, 'b'], severity: 'error' }], forgiven: [{ path: [0, 'a'], kind: 'type', severity: 'info' }] });
  });

  test('leave a call as it is where they forgive nothing', () => {
    expect(forgive(call({ a: [2, 1], b: null }), {})).toEqual({ name: 'f', arguments: { a: [2, 1], b: null } });
  });
});

test.each<[JsonValue | undefined, JsonValue | undefined, string]>([
  ['Paris', 'paris ', 'warning'],
  ['April 1, 2024', 'april 1 2024', 'warning'],
  ['Paris', 'Rome', 'error'],
  ['!', '?', 'error'],
  [5, '5', 'warning'],
  ['true', true, 'warning'],
  [5, '6', 'error'],
  [[1, 2], [2, 1], 'warning'],
  [null, undefined, 'warning'],
  [undefined, null, 'warning'],
  [undefined, 'x', 'error'],
])('%j against %j is of severity %s', (expected, got, severity) => {
  const args = (value: JsonValue | undefined): Record<string, JsonValue> => (value === undefined ? {} : { x: value });
  expect(compareCalls([call(args(expected))], [call(args(got))])).toMatchObject({ equal: false, differences: [{ severity }] });
});
