import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import type { Label, ToolCall } from '../../../src/core/dataset/sample.ts';
import { JsonNumber, type JsonObject } from '../../../src/core/json/value.ts';
import { matchPrediction } from '../../../src/core/toolcall/match.ts';
import { comparePossible } from '../../../src/core/toolcall/possible.ts';
import { noTextKinds } from '../../../src/core/toolcall/textKinds.ts';

const call = (args: JsonObject, name = 'f'): ToolCall => ({ name, arguments: args });
const accepts = (possible: JsonObject, got: JsonObject): boolean => comparePossible([call(possible)], [call(got)]).equal;
const differences = (possible: JsonObject, got: JsonObject): unknown[] =>
  comparePossible([call(possible)], [call(got)]).differences.map(({ kind, path, expected, got: value }) => ({ kind, path, expected, got: value }));

describe('possible answers', () => {
  test.each<{ what: string; possible: JsonObject; right: JsonObject[]; wrong: JsonObject[] }>([
    { what: 'are any member of the list, by value', possible: { n: [1, 'one'] }, right: [{ n: 1 }, { n: new JsonNumber('1.0') }, { n: 'one' }], wrong: [{ n: 2 }, { n: 'One' }, { n: true }, { n: [1] }] },
    { what: 'may be left out where "" is among them', possible: { n: [1, ''] }, right: [{}, { n: 1 }, { n: '' }], wrong: [{ n: null }] },
    { what: 'must be given where it is not', possible: { n: [1] }, right: [{ n: 1 }], wrong: [{}] },
    { what: 'are lists as a whole', possible: { l: [[1, 2], []] }, right: [{ l: [1, 2] }, { l: [] }], wrong: [{ l: [2, 1] }, { l: 1 }, { l: [1] }] },
    { what: 'are lists again for the members of objects', possible: { o: [{ a: [1, 2], b: ['x', ''] }] }, right: [{ o: { a: 2, b: 'x' } }, { o: { a: 1 } }], wrong: [{ o: { a: 3 } }, { o: { b: 'x' } }, { o: { a: 1, c: 1 } }, { o: { a: [1, 2] } }] },
    { what: 'are so in arrays of objects too', possible: { l: [[{ a: [1, 2] }, { a: [3] }]] }, right: [{ l: [{ a: 2 }, { a: 3 }] }], wrong: [{ l: [{ a: 3 }, { a: 2 }] }, { l: [{ a: 2 }] }] },
    { what: 'know no other arguments', possible: {}, right: [{}], wrong: [{ x: 1 }] },
    { what: 'that are only "" allow nothing but that', possible: { n: [''] }, right: [{}, { n: '' }], wrong: [{ n: 0 }] },
  ])('$what', ({ possible, right, wrong }) => {
    for (const got of right) expect([got, accepts(possible, got)]).toEqual([got, true]);
    for (const got of wrong) expect([got, accepts(possible, got)]).toEqual([got, false]);
  });

  test('explain by the nearest acceptable value', () => {
    expect(differences({ city: ['Rome', 'Paris', 'Lutetia'] }, { city: 'paris' })).toEqual([{ kind: 'value', path: [0, 'city'], expected: 'Paris', got: 'paris' }]);
    expect(differences({ o: [{ a: [1], b: [2] }, { a: [7], b: [8] }] }, { o: { a: 7, b: 9 } })).toEqual([{ kind: 'value', path: [0, 'o', 'b'], expected: 8, got: 9 }]);
    expect(differences({ o: [{ a: [1], b: ['', 2] }] }, {})).toEqual([{ kind: 'missing-argument', path: [0, 'o'], expected: { a: 1, b: 2 }, got: undefined }]);
    expect(differences({ n: [''] }, { n: 0 })).toEqual([{ kind: 'extra-argument', path: [0, 'n'], expected: undefined, got: 0 }]);
  });

  test('of parallel calls are assigned as well as can be, which greed would miss', () => {
    const possible = [call({ n: [1, 2] }), call({ n: [1] })];
    expect(comparePossible(possible, [call({ n: 1 }), call({ n: 2 })])).toMatchObject({ equal: true, pairs: [1, 0] });
    expect(comparePossible(possible, [call({ n: 1 })])).toMatchObject({ equal: false, differences: [{ kind: 'missing-call' }] });
    expect(comparePossible([call({ n: [1] }, 'g')], [])).toMatchObject({ differences: [{ expected: { name: 'g', arguments: { n: 1 } } }] });
  });

  test('many calls find their own', () => {
    fc.assert(fc.property(fc.integer({ min: 40, max: 60 }), (count) => {
      const numbers = Array.from({ length: count }, (_, n) => n);
      expect(comparePossible(numbers.map((n) => call({ n: [n] })), numbers.map((n) => call({ n })).reverse()).equal).toBe(true);
    }), { numRuns: 5 });
  });

  test('decide the match of a label that has them', () => {
    const label: Label = { kind: 'calls', calls: [call({ city: 'Rome' })], possible: [call({ city: ['Rome', 'Roma'] })], alternatives: [[call({ city: 'Latium' })]] };
    const match = (city: string): unknown => matchPrediction(label, { kind: 'CALL', calls: [call({ city })], text: '', warnings: [] }, noTextKinds);
    expect(match('Roma')).toMatchObject({ outcome: 'MATCH' });
    expect(match('Latium')).toMatchObject({ outcome: 'MATCH' });
    expect(match('roma')).toMatchObject({ outcome: 'MISMATCH', comparison: { differences: [{ expected: 'Roma', severity: 'warning' }] } });
  });
});
