import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pairedBootstrap } from '../../../src/core/evaluation/pairedBootstrap.ts';
import { wilson } from '../../../src/core/evaluation/wilson.ts';
import { Rng } from '../../../src/core/random/rng.ts';

describe('the Wilson interval', () => {
  it.each([
    [8, 10, 0.4902, 0.9433],
    [0, 10, 0, 0.2775],
    [10, 10, 0.7225, 1],
    [37, 100, 0.2818, 0.4678],
  ])('of %i in %i is [%f, %f]', (successes, n, low, high) => {
    const interval = wilson(successes, n);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  it('holds its share and stays within [0, 1]', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.nat(10_000), (a, b) => {
        const { value, low, high } = wilson(Math.min(a, b), Math.max(a, b));
        expect(0 <= low && low <= value && value <= high && high <= 1).toBe(true);
      }),
    );
  });
});

describe('the paired bootstrap', () => {
  const run = (wins: number, losses: number, ties: number) => [
    ...Array.from({ length: wins }, () => ({ before: 0, after: 1 })),
    ...Array.from({ length: losses }, () => ({ before: 1, after: 0 })),
    ...Array.from({ length: ties }, () => ({ before: 1, after: 1 })),
  ];

  it('holds the mean difference and comes near the normal interval for one run', () => {
    const interval = pairedBootstrap([run(30, 10, 160)], { rng: new Rng('t') });
    expect(interval.value).toBeCloseTo(0.1, 12);
    const se = Math.sqrt((40 / 200 - 0.01) / 200);
    expect(interval.low).toBeCloseTo(0.1 - 1.96 * se, 1);
    expect(interval.high).toBeCloseTo(0.1 + 1.96 * se, 1);
  });

  it('is wider when runs disagree: the spread of the seeds counts', () => {
    const agree = [run(20, 10, 70), run(20, 10, 70), run(20, 10, 70)];
    const disagree = [run(60, 0, 40), run(0, 30, 70), run(0, 0, 100)];
    const width = (runs: typeof agree): number => {
      const { low, high } = pairedBootstrap(runs, { rng: new Rng('w'), items: 'own' });
      return high - low;
    };
    expect(width(disagree)).toBeGreaterThan(2 * width(agree));
  });

  it('is the same under the same seed and refuses shared items of unequal number', () => {
    const runs = [run(5, 2, 10), run(4, 3, 10)];
    expect(pairedBootstrap(runs, { rng: new Rng(3) })).toEqual(pairedBootstrap(runs, { rng: new Rng(3) }));
    expect(() => pairedBootstrap([run(1, 1, 1), run(2, 1, 1)], { rng: new Rng(3) })).toThrow(RangeError);
    expect(pairedBootstrap([], { rng: new Rng(3) })).toEqual({ value: 0, low: 0, high: 0 });
  });
});
