import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { callsEqual } from '../../../src/core/toolcall/callsEqual.ts';
import { differenceSchema } from '../../../src/core/toolcall/difference.ts';
import { compareCalls } from '../../../src/core/toolcall/compare.ts';
import type { CompareOptions } from '../../../src/core/toolcall/compareOptions.ts';
import { assign } from '../../../src/core/toolcall/assignment.ts';
import { toolCall } from '../../builders/samples.ts';
import { numberKey } from '../../../src/core/toolcall/canonicalCall.ts';
import { matchPrediction } from '../../../src/core/toolcall/match.ts';
import { extractPrediction } from '../../../src/core/toolcall/extract.ts';
import { noTextKinds } from '../../../src/core/toolcall/textKinds.ts';
import { parseJson } from '../../../src/core/json/parse.ts';
import { isJsonObject, JsonNumber } from '../../../src/core/json/value.ts';
import type { ToolCall } from '../../../src/core/dataset/sample.ts';

/** Calls from short text: `f {"a":1}`, one per line. */
function calls(text: string): ToolCall[] {
  return text.split('\n').map((line) => {
    const [name = '', json = '{}'] = line.split(/ (.*)/s);
    const parsed = parseJson(json);
    if (!parsed.ok || !isJsonObject(parsed.value)) throw new Error(`not arguments: ${json}`);
    return { name, arguments: parsed.value };
  });
}
const A = 'f {"x":"a"}';
const B = 'f {"x":"b"}';
const value = (json: string): string => `f {"x":${json}}`;

type Row = { row: number; what: string; label: string; prediction: string; equal: boolean; options?: CompareOptions };

/** looptool-spec.md 9.1, column TS. Rows about the text of a call (12, 13, 14, 20, 21, 22, 26) go through the match below. */
const rows: Row[] = [
  { row: 1, what: 'calls in another order', label: `${A}\n${B}`, prediction: `${B}\n${A}`, equal: true },
  { row: 1, what: 'calls in another order where it counts', label: `${A}\n${B}`, prediction: `${B}\n${A}`, equal: false, options: { strictOrder: true } },
  { row: 2, what: 'AAB against ABB', label: `${A}\n${A}\n${B}`, prediction: `${A}\n${B}\n${B}`, equal: false },
  { row: 3, what: 'AA against A', label: `${A}\n${A}`, prediction: A, equal: false },
  { row: 4, what: '1 against 1.0', label: value('1'), prediction: value('1.0'), equal: true },
  { row: 5, what: '1 against true', label: value('1'), prediction: value('true'), equal: false },
  { row: 5, what: '0 against false', label: value('0'), prediction: value('false'), equal: false },
  { row: 6, what: '"1" against 1', label: value('"1"'), prediction: value('1'), equal: false },
  { row: 6, what: '"1" against 1 of a declared number', label: value('"1"'), prediction: value('1.0'), equal: true, options: { numericStrings: (_, name) => name === 'x' } },
  { row: 7, what: '[1,2] against [2,1]', label: value('[1,2]'), prediction: value('[2,1]'), equal: false },
  { row: 7, what: '[1,2] against [2,1] of a declared set', label: value('[1,2]'), prediction: value('[2,1]'), equal: true, options: { setLike: () => true } },
  { row: 8, what: '[1,1,2] against [1,2]', label: value('[1,1,2]'), prediction: value('[1,2]'), equal: false },
  { row: 9, what: '[] against {}', label: value('[]'), prediction: value('{}'), equal: false },
  { row: 10, what: 'null against absent', label: value('null'), prediction: 'f {}', equal: false },
  { row: 10, what: 'null against absent where that is allowed', label: value('null'), prediction: 'f {}', equal: true, options: { nullEqualsAbsent: (_, name) => name === 'x' } },
  { row: 11, what: 'a default against absent', label: value('5'), prediction: 'f {}', equal: false },
  { row: 11, what: 'a default against absent where that is allowed', label: value('5.0'), prediction: 'f {}', equal: true, options: { defaults: () => 5 } },
  { row: 15, what: 'a name in other case', label: 'getX {}', prediction: 'getx {}', equal: false },
  { row: 16, what: 'a string in other case', label: value('"Paris"'), prediction: value('"paris"'), equal: false },
  { row: 16, what: 'a string with other spacing', label: value('"Paris"'), prediction: value('"Paris "'), equal: false },
  { row: 17, what: 'NFC against NFD', label: value(`"${'é'.normalize('NFC')}"`), prediction: value(`"${'é'.normalize('NFD')}"`), equal: true },
  { row: 17, what: 'NFC against NFD in a key', label: `f {"${'가'.normalize('NFC')}":1}`, prediction: `f {"${'가'.normalize('NFD')}":1}`, equal: true },
  { row: 18, what: 'nested objects with keys in another order', label: value('{"a":1,"b":{"c":2,"d":3}}'), prediction: value('{"b":{"d":3,"c":2},"a":1}'), equal: true },
  { row: 19, what: 'objects of a list in another order', label: value('[{"a":1},{"b":2}]'), prediction: value('[{"b":2},{"a":1}]'), equal: false },
  { row: 23, what: 'integers beyond 2^53', label: value('9007199254740992'), prediction: value('9007199254740993'), equal: false },
  { row: 23, what: 'the same integer beyond 2^53', label: value('9007199254740993'), prediction: value('9007199254740993.0'), equal: true },
  { row: 24, what: 'a doubled key, the last counts', label: value('1,"x":2'), prediction: value('2'), equal: true },
  { row: 25, what: '__proto__ against absent', label: 'f {"__proto__":1}', prediction: 'f {}', equal: false },
  { row: 25, what: 'constructor as a plain key', label: 'f {"constructor":1}', prediction: 'f {"constructor":1}', equal: true },
];

describe('the comparer', () => {
  test.each(rows)('row $row: $what', ({ label, prediction, equal, options }) => {
    const comparison = compareCalls(calls(label), calls(prediction), options);
    expect(comparison.equal).toBe(equal);
    expect(comparison.differences.length === 0).toBe(equal);
    expect(compareCalls(calls(prediction), calls(label), options).equal).toBe(equal);
    expect(callsEqual(calls(label), calls(prediction), options)).toBe(equal);
  });

  const wrap = (...bodies: string[]): string => bodies.map((body) => `<tool_call>${body}</tool_call>`).join('\n');
  const plain = '{"name":"f","arguments":{"x":1}}';
  test.each([
    { row: 12, what: 'extra envelope keys', label: wrap(plain), prediction: wrap('{"id":"1","type":"function","name":"f","arguments":{"x":1}}'), outcome: 'MATCH' },
    { row: 13, what: 'arguments missing against {}', label: wrap('{"name":"f","arguments":{}}'), prediction: wrap('{"name":"f"}'), outcome: 'INVALID' },
    { row: 14, what: 'arguments as JSON text', label: wrap(plain), prediction: wrap('{"name":"f","arguments":"{\\"x\\":1}"}'), outcome: 'MATCH' },
    { row: 15, what: 'blanks around the name', label: wrap(plain), prediction: wrap('{"name":" f ","arguments":{"x":1}}'), outcome: 'MATCH' },
    { row: 20, what: 'both sides unparsable and identical', label: wrap("{'f'}"), prediction: wrap("{'f'}"), outcome: 'INVALID' },
    { row: 21, what: 'text against text that opens a call', label: 'Fine.', prediction: '<tool_call>', outcome: 'INVALID' },
    { row: 22, what: 'NaN on both sides', label: wrap('{"name":"f","arguments":{"x":NaN}}'), prediction: wrap('{"name":"f","arguments":{"x":NaN}}'), outcome: 'INVALID' },
    { row: 26, what: 'nesting beyond the limit', label: wrap(plain), prediction: wrap(`{"name":"f","arguments":{"x":${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}}}`), outcome: 'INVALID' },
  ])('row $row: $what gives $outcome', ({ label, prediction, outcome }) => {
    const read = extractPrediction(label);
    const asLabel = read.kind === 'CALL' ? ({ kind: 'calls', calls: read.calls } as const) : ({ kind: 'text', text: label } as const);
    expect(matchPrediction(asLabel, extractPrediction(prediction), noTextKinds).outcome).toBe(outcome);
  });

  test('compares up to the depth limit without running out of stack', () => {
    const deep = value(`${'['.repeat(510)}1${']'.repeat(510)}`);
    expect(compareCalls(calls(deep), calls(deep)).equal).toBe(true);
    expect(compareCalls(calls(deep), calls(deep.replace('1', '2'))).differences).toHaveLength(1);
  });
});

describe('the explanation', () => {
  const explain = (label: string, prediction: string): unknown[] => compareCalls(calls(label), calls(prediction)).differences.map((d) => [d.kind, d.path]);

  test('names each kind of difference with its path', () => {
    expect(explain('f {"a":1,"b":"x","c":[1,2],"d":{"e":1}}', 'f {"a":2,"c":[2,1],"d":{"e":"1"},"z":0}')).toEqual([
      ['value', [0, 'a']], ['missing-argument', [0, 'b']], ['order', [0, 'c']], ['type', [0, 'd', 'e']], ['extra-argument', [0, 'z']],
    ]);
    expect(explain('f {"a":[1,{"b":2}]}', 'f {"a":[1,{"b":3}]}')).toEqual([['value', [0, 'a', 1, 'b']]]);
    expect(explain('f {"a":1}', 'g {"a":1}')).toEqual([['name', [0]]]);
  });

  test('pairs the calls that differ least, whatever their order', () => {
    const comparison = compareCalls(calls('f {"a":1,"b":1}\nf {"a":2,"b":2}\ng {"a":3}'), calls('g {"a":3}\nf {"a":2,"b":9}\nf {"a":1,"b":8}'));
    expect(comparison.pairs).toEqual([2, 1, 0]);
    expect(comparison.differences.map((d) => d.path)).toEqual([[0, 'b'], [1, 'b']]);
  });

  test('says which calls are missing and which are extra, by their own side', () => {
    expect(compareCalls(calls(`${A}\n${B}`), calls(B))).toMatchObject({ pairs: [-1, 0], differences: [{ kind: 'missing-call', path: [0] }] });
    expect(compareCalls(calls(B), calls(`${A}\n${B}`))).toMatchObject({ pairs: [1], differences: [{ kind: 'extra-call', path: [0] }] });
  });

  test('written before differences had a severity is read as error', () => {
    expect(differenceSchema.parse({ kind: 'value', path: [0, 'x'], expected: 1, got: 2, message: 'x is 2, expected 1' }).severity).toBe('error');
  });

  test('speaks of what it found', () => {
    expect(compareCalls(calls('f {"n":{"x":"1"}}'), calls('f {"n":{"x":1}}')).differences[0]?.message).toBe('n.x is number 1, expected string "1"');
  });
});

test('lists are equal exactly when there is no difference, and whichever way round they are compared', () => {
  const nearby = fc.constantFrom(...calls('f {"a":1}\nf {"a":1.0}\nf {"a":true}\nf {"a":[1,2]}\nf {"a":[2,1]}\ng {"a":1}\nf {}'), ...['{"\\u00e9":1,"e\\u0301":2}', '{"\\u00e9":2,"e\\u0301":1}'].flatMap((json) => calls(`f ${json}`)));
  const list = fc.array(fc.oneof(nearby, toolCall), { maxLength: 4 });
  fc.assert(fc.property(list, list, (a, b) => {
    const comparison = compareCalls(a, b);
    expect(comparison.differences.length === 0).toBe(comparison.equal);
    expect(compareCalls(b, a).equal).toBe(comparison.equal);
    expect(comparison.pairs).toHaveLength(a.length);
    const used = comparison.pairs.filter((pair) => pair >= 0);
    expect(new Set(used).size).toBe(Math.min(a.length, b.length));
  }));
});

describe('numbers and keys', () => {
  test.each([['1', '1.0'], ['10', '1e1'], ['0', '-0'], ['0.0', '0'], ['0.1', '1e-1'], ['100', '1.00E+2'], ['12300e-2', '123']])('%s equals %s', (a, b) => {
    expect(numberKey(new JsonNumber(a))).toBe(numberKey(new JsonNumber(b)));
  });

  test.each([['1', '-1'], ['9007199254740992.5', '9007199254740992'], ['1e400', '1e401'], ['1e-400', '0'], ['1e99999999999', '1e99999999998']])('%s differs from %s', (a, b) => {
    expect(numberKey(new JsonNumber(a))).not.toBe(numberKey(new JsonNumber(b)));
  });

  test('plain numbers and their literals agree', () => {
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (n) => {
      expect(numberKey(n)).toBe(numberKey(new JsonNumber(String(n))));
    }));
  });

  test('a call equals itself after a trip through JSON with its keys turned round', () => {
    fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (args) => {
      const there = JSON.stringify(args);
      const back = JSON.stringify(Object.fromEntries(Object.entries(args).reverse()));
      expect(compareCalls(calls(`f ${there}`), calls(`f ${back}`)).equal).toBe(true);
    }));
  });
});

describe('the assignment', () => {
  test('costs as little as the best of all permutations', () => {
    const matrix = fc.integer({ min: 1, max: 5 }).chain((rows) => fc.array(fc.array(fc.nat(20), { minLength: 5, maxLength: 5 }), { minLength: rows, maxLength: rows }));
    fc.assert(fc.property(matrix, (cost) => {
      const best = (row: number, free: readonly number[]): number =>
        row === cost.length ? 0 : Math.min(...free.map((column) => (cost[row]?.[column] ?? 0) + best(row + 1, free.filter((c) => c !== column))));
      const columns = assign(cost);
      expect(new Set(columns).size).toBe(cost.length);
      expect(columns.reduce((sum, column, row) => sum + (cost[row]?.[column] ?? NaN), 0)).toBe(best(0, [0, 1, 2, 3, 4]));
    }));
  });
});
