import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SamplePlaces } from '../../../src/app/datasets/samplePlaces.ts';

const record = fc.record({
  skipped: fc.nat({ max: 3 }),
  lines: fc.nat({ max: 70_000 }),
  column: fc.oneof(fc.constant(0), fc.nat({ max: 2 ** 31 })),
  gap: fc.oneof(fc.constant(1), fc.nat({ max: 2 ** 40 })),
  byteLength: fc.nat({ max: 2 ** 31 }),
  samples: fc.integer({ min: 1, max: 5 }),
});

test('each sample is found where it was said to stand, over files and batches, beyond 4 GB and backwards', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.array(record, { maxLength: 50 })), { maxLength: 6 }), (batches) => {
      const places = new SamplePlaces<string>();
      const expected: object[] = [];
      for (const [file, records] of batches) {
        let [number, line, byteOffset] = [0, 0, 0];
        const rows: number[] = [];
        for (const { skipped, lines, column, gap, byteLength, samples } of records) {
          number += 1 + skipped;
          line += lines;
          byteOffset += gap;
          for (let index = 0; index < samples; index += 1) {
            rows.push(number, line, column, byteOffset, byteLength, index);
            expected.push({ file, record: number, line, column, byteOffset, byteLength, index });
          }
        }
        places.add(file, Float64Array.from(rows));
      }
      expect(places).toHaveLength(expected.length);
      expect(expected.map((_, sample) => places.at(sample))).toEqual(expected);
      expect(() => places.at(expected.length)).toThrow();
    }),
  );
});
