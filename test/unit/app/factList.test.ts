import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FactList } from '../../../src/app/datasets/factList.ts';
import { FactPacker } from '../../../src/app/datasets/factPack.ts';
import { stringifyJson } from '../../../src/core/json/stringify.ts';
import type { JsonValue } from '../../../src/core/json/value.ts';
import { SpillFile } from '../../../src/node/spillFile.ts';
import { jsonValue } from '../../builders/samples.ts';

type NumberedFact = readonly [sample: number, fact: JsonValue];

/** A list of which all but the last few bytes are in a file, filled batch by batch. */
function listOf(batches: readonly (readonly NumberedFact[])[], samplesPerBatch: number): FactList {
  const list = new FactList(new SpillFile(64));
  batches.forEach((batch, number) => {
    const packer = new FactPacker();
    for (const [sample, fact] of batch) packer.push('kind', sample, fact);
    const pack = packer.packed().get('kind');
    if (pack !== undefined) list.append(pack, number * samplesPerBatch);
  });
  return list;
}

test('facts come back as they were, in order and by number, lone surrogates and long ones too', () => {
  const anyText = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units));
  const sameLength = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 9, maxLength: 9 }).map((units) => String.fromCharCode(...units));
  const fact = fc.oneof(jsonValue, anyText, sameLength, fc.constant('x'.repeat(70_000)));
  const batches = (one: fc.Arbitrary<JsonValue>) => fc.array(fc.array(fc.tuple(fc.nat({ max: 99_999 }), one), { maxLength: 8 }), { maxLength: 6 });
  fc.assert(
    fc.property(fc.oneof(batches(fact), batches(sameLength)), (given) => {
      const list = listOf(given, 100_000);
      const expected = given.flatMap((batch, number) => batch.map(([sample, one]) => [100_000 * number + sample, stringifyJson(one)]));
      const shown = [...list].map(({ sample, fact: one }) => [sample, stringifyJson(one)]);
      const byNumber = Array.from({ length: list.length }, (_, index) => list.at(index)).map((one) => [one?.sample, stringifyJson(one?.fact ?? null)]);
      list.close();
      expect(shown).toEqual(expected);
      expect(byNumber).toEqual(expected);
      expect(list.at(list.length)).toBeUndefined();
    }),
  );
});

test('a fact that was kept is not mistaken for a later one of the same place in what is kept', () => {
  const list = listOf([Array.from({ length: 10_000 }, (_, i): NumberedFact => [i, `fact ${String(i).padStart(6)}`])], 10_000);
  expect([list.at(5)?.fact, list.at(4101)?.fact, list.at(5)?.fact]).toEqual(['fact      5', 'fact   4101', 'fact      5']);
  list.close();
});
