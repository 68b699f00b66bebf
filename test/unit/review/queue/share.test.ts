import fc from 'fast-check';
import { expect, it } from 'vitest';
import { shareOf } from '../../../../src/core/review/queue/share.ts';
import { selectQueue } from '../../../../src/core/review/queue/selectQueue.ts';
import { factsOf, queueItem, queueSpec } from '../../../builders/queueItems.ts';

it('shares are fixed for ever', () => {
  expect(['', 'fam_a', 'fam_b', 'fam_0123456789abcdef'].map((family) => shareOf(family, 100))).toEqual([66, 61, 33, 74]);
});

it('every family is in exactly one share', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 1000 }), (family, of) => {
      const share = shareOf(family, of);
      expect(Number.isInteger(share) && share >= 0 && share < of).toBe(true);
      expect(shareOf(family, of)).toBe(share);
    }),
  );
});

it('shares of a queue have no pair in common, hold all together, and keep families whole', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 60 }), fc.integer({ min: 1, max: 5 }), (families, of) => {
      const items = families.map((family, number) => queueItem(number, { family: `fam_${family}` }));
      const shares = Array.from({ length: of }, (_, index) => selectQueue(items, queueSpec('file', { share: { index, of } }), factsOf()));
      expect(shares.flat().map(({ record }) => record).sort((a, b) => (a ?? 0) - (b ?? 0))).toEqual(items.map(({ record }) => record));
      const holders = new Map<string, number>();
      shares.forEach((share, index) => share.forEach(({ family }) => {
        expect(holders.get(family) ?? index).toBe(index);
        expect(shareOf(family, of)).toBe(index);
        holders.set(family, index);
      }));
    }),
  );
});

it('shares are near even, with names that differ in their end alone too', () => {
  for (const of of [2, 3, 7, 10]) {
    const counts = new Array<number>(of).fill(0);
    for (let i = 0; i < 20_000; i++) counts[shareOf(`fam_${i}`, of)] = (counts[shareOf(`fam_${i}`, of)] ?? 0) + 1;
    // Five standard deviations of a fair deal.
    const [mean, deviation] = [20_000 / of, Math.sqrt((20_000 / of) * (1 - 1 / of))];
    for (const count of counts) expect(Math.abs(count - mean)).toBeLessThan(5 * deviation);
  }
});
