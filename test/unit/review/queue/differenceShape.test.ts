import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Label, ToolCall } from '../../../../src/core/dataset/sample.ts';
import { JsonNumber, type JsonObject, type JsonValue } from '../../../../src/core/json/value.ts';
import { coarseShape, differenceShape, errorKindsOf } from '../../../../src/core/review/queue/differenceShape.ts';
import { compileTextKinds } from '../../../../src/core/toolcall/textKinds.ts';
import { matchPrediction } from '../../../../src/core/toolcall/match.ts';
import type { Prediction } from '../../../../src/core/toolcall/prediction.ts';
import { callsLabel, jsonValue, label as anyLabel, toolCall } from '../../../builders/samples.ts';

const kinds = compileTextKinds({ ask: ['which'], decline: ['^I cannot'] });
const called = (...calls: readonly ToolCall[]): Prediction => ({ kind: 'CALL', calls, text: '', warnings: [] });
const answered = (kind: Prediction['kind'], text = ''): Prediction => ({ kind, calls: [], text, warnings: [] });
const calls = (...list: readonly [ToolCall, ...ToolCall[]]): Label => ({ kind: 'calls', calls: list });
const call = (name: string, given: JsonObject): ToolCall => ({ name, arguments: given });

function shape(label: Label, prediction: Prediction): string {
  const { outcome, comparison } = matchPrediction(label, prediction, kinds);
  return differenceShape(label, prediction, outcome, comparison);
}

/** How two values of one argument are told to differ. */
function relation(expected: JsonValue, got: JsonValue): string {
  return shape(calls(call('f', { a: expected })), called(call('f', { a: got }))).split('\n')[1] ?? '';
}

describe('the shape of a difference', () => {
  it('is that of the argument and the pair of units, whatever the other arguments say', () => {
    const of = (city: string, expected: string, got: string): string => shape(calls(call('get_weather', { city, unit: expected })), called(call('get_weather', { unit: got, city })));
    expect(of('Oslo', 'celsius', 'C')).toBe('value get_weather.unit\n"celsius" -> "C"');
    expect(of('Lima', 'celsius', 'C')).toBe(of('Oslo', 'celsius', 'C'));
    expect(of('Oslo', 'celsius', 'kelvin')).not.toBe(of('Oslo', 'celsius', 'C'));
    expect(coarseShape(of('Oslo', 'celsius', 'kelvin'))).toBe(coarseShape(of('Oslo', 'celsius', 'C')));
  });

  it('is the same for one call and for several that differ in the same way, and calls that agree do not count', () => {
    const one = shape(calls(call('f', { on: true })), called(call('f', { on: false })));
    const three = shape(calls(call('g', {}), call('f', { on: true, id: 1 }), call('f', { on: true, id: 2 })), called(call('f', { on: false, id: 1 }), call('f', { on: false, id: 2 }), call('g', {})));
    expect(three).toBe(one);
  });

  it('does not say where in an array the sides differ', () => {
    const of = (expected: readonly string[], got: readonly string[]): string => shape(calls(call('f', { to: expected.map((name) => ({ name })) })), called(call('f', { to: got.map((name) => ({ name })) })));
    expect(of(['ann', 'bob'], ['ANN', 'bob'])).toBe('value f.to[*].name\ncase');
    expect(of(['ann', 'bob'], ['ann', 'BOB'])).toBe(of(['ann', 'bob'], ['ANN', 'bob']));
  });

  it('keeps tools, kinds of difference and types apart', () => {
    const label = calls(call('f', { a: 'x', n: 5 }));
    expect(shape(label, called(call('f', { a: 'x', n: '5' })))).toBe('type f.n\nnumber -> string of the same text');
    expect(shape(label, called(call('f', { a: 'x', n: [5] })))).toBe('type f.n\nnumber -> array');
    expect(shape(label, called(call('f', { a: 'x' })))).toBe('missing-argument f.n\n5');
    expect(shape(label, called(call('f', { a: 'x', n: 5, unit: 'metric' })))).toBe('extra-argument f.unit\n"metric"');
    expect(shape(label, called(call('f', { a: 'x', n: 5, note: 'Please call me' })))).toBe('extra-argument f.note\nstring');
    expect(shape(label, called(call('g', { a: 'x', n: 5 })))).toBe('name f -> g\n');
    expect(shape(label, called(call('f', { a: 'x', n: 5 }), call('g', {})))).toBe('extra-call g\n');
    expect(shape(calls(call('f', {}), call('g', {})), called(call('f', {})))).toBe('missing-call g\n');
    expect(shape(calls(call('f', { a: [1, 2] })), called(call('f', { a: [2, 1] })))).toBe('order f.a\n');
    expect(shape(label, called(call('f', { n: '5' })))).toBe('missing-argument f.a; type f.n\n"x"; number -> string of the same text');
  });

  it('tells answers of another kind by their kinds and tools', () => {
    const label = calls(call('f', {}));
    expect(shape(label, answered('TEXT_ASK', 'Which one?'))).toBe('kind f / no call\ncalls -> TEXT_ASK');
    expect(shape({ kind: 'noCall' }, called(call('g', {})))).toBe('kind no call / g\nnoCall -> CALL');
    expect(shape({ kind: 'text', text: 'For which city?', textKind: { kind: 'ask' } }, answered('TEXT_DECLINE', 'I cannot do that.'))).toBe('kind no call / no call\nask -> TEXT_DECLINE');
    expect(shape(label, answered('TRUNCATED'))).toBe('TRUNCATED f\n');
    expect(shape(label, answered('INVALID'))).toBe('INVALID f\n');
  });

  it('cannot be forged by names, and stays short and distinct with any names', () => {
    const forged = shape(calls(call('f.a; value g', { b: 1 })), called(call('f.a; value g', { b: 2 })));
    expect(forged).toBe('value "f.a; value g".b\none more');
    const long = (end: string): string => shape(calls(call('f'.repeat(5000) + end, { b: 1 })), called(call('f'.repeat(5000) + end, { b: 2 })));
    expect(long('x')).not.toBe(long('y'));
    const wide = (last: string): string => {
      const keys = Array.from({ length: 60 }, (_, i) => `argument_${i}`);
      const given = (value: string): JsonObject => Object.fromEntries([...keys, last].map((key) => [key, value]));
      return shape(calls(call('f', given('a'))), called(call('f', given('b'))));
    };
    expect(wide('x').length).toBeLessThan(700);
    expect(wide('x')).not.toBe(wide('y'));
  });

  it('has two short lines for any pair, whatever the order of the arguments', () => {
    const turned = (given: JsonObject): JsonObject => Object.fromEntries(Object.entries(given).reverse());
    const prediction = fc.oneof(fc.array(toolCall, { minLength: 1, maxLength: 3 }).map((list) => called(...list)), fc.constantFrom(answered('TEXT_ASK', 'Which?'), answered('EMPTY'), answered('TRUNCATED')));
    fc.assert(
      fc.property(fc.oneof(callsLabel, anyLabel), prediction, (label, predicted) => {
        const found = shape(label, predicted);
        expect(found.split('\n')).toHaveLength(2);
        if (label.kind === 'calls') expect(shape({ ...label, calls: label.calls.map((one) => call(one.name, turned(one.arguments))) }, predicted)).toBe(found);
        expect(found.length).toBeLessThan(700);
      }),
    );
    fc.assert(fc.property(jsonValue, jsonValue, (a, b) => relation(a, b).includes('\n') === false));
  });
});

describe('the relation of two values', () => {
  it.each<[JsonValue, JsonValue, string]>([
    ['new york', 'New York', 'case'],
    ['San Jose', 'san-jose', 'form'],
    ['Oslo', 'Oslo, Norway', 'longer'],
    ['the weather in Oslo', 'weather', 'shorter'],
    ['Ann Lee', 'Lee, Ann', 'word order'],
    ['celsius', 'C', '"celsius" -> "C"'],
    ['', 'all', '"" -> "all"'],
    ['a nice long text', 'something else', 'other text'],
    ['2024-01-05', 'January 5, 2024', '9999-99-99 -> a 9, 9999'],
    ['2024-01-05', '2024-01-06', 'other 9999-99-99'],
    [true, false, 'true -> false'],
    [5, -5, 'negated'],
    [0.15, 15, 'times 1e2'],
    [3, 4, 'one more'],
    [4, 3, 'one less'],
    [2.4, 2, 'rounded'],
    [7, 45, 'other number'],
    [new JsonNumber('1000.0'), 1, 'times 1e-3'],
    [[1], [1, 2], 'more members'],
    [[1, 2], [], 'fewer members'],
  ])('of %j and %j is %s', (expected, got, wanted) => {
    expect(relation(expected, got)).toBe(wanted);
  });

  it('of texts of megabytes is found without folding them', () => {
    expect(relation('a'.repeat(5_000_000), 'A'.repeat(5_000_000))).toBe('other text');
  });
});

it('kinds of error are those of the comparer, distinct, or the outcome', () => {
  const label = calls(call('f', { a: 1, b: 1, c: '1' }));
  const { outcome, comparison } = matchPrediction(label, called(call('f', { a: 2, b: 2, c: 1 })), kinds);
  expect(errorKindsOf(outcome, comparison)).toEqual(['value', 'type']);
  expect((['TRUNCATED', 'INVALID', 'EMPTY', 'MATCH', 'ERROR'] as const).map((other) => errorKindsOf(other, undefined))).toEqual([['truncated'], ['invalid'], ['empty'], [], []]);
  expect(errorKindsOf('MISMATCH', undefined, { kind: 'noCall' })).toEqual(['kind']);
  expect(errorKindsOf('MISMATCH', undefined, { kind: 'text', text: 'x' })).toEqual(['text']);
});
