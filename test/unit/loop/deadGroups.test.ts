import { describe, expect, it } from 'vitest';
import { Rng } from '../../../src/core/random/rng.ts';
import { deadChances, fitBeta, forecastDeadGroups, type Passes } from '../../../src/core/training/deadGroups.ts';

describe('the forecast of dead groups', () => {
  it('gives the posterior predictive chances of a prompt', () => {
    // Uniform prior, 2 of 2 right: Beta(3, 1). Two more right: 3/4 · 4/5; two wrong: 1/4 · 2/5.
    const chances = deadChances({ right: 2, n: 2 }, { a: 1, b: 1 }, 2);
    expect(chances.right).toBeCloseTo(3 / 5, 12);
    expect(chances.wrong).toBeCloseTo(1 / 10, 12);
    // Beta(2, 3), three more: 2/5 · 3/6 · 4/7 and 3/5 · 4/6 · 5/7.
    const other = deadChances({ right: 1, n: 3 }, { a: 1, b: 1 }, 3);
    expect(other.right).toBeCloseTo(4 / 35, 12);
    expect(other.wrong).toBeCloseTo(2 / 7, 12);
  });

  it('fits the distribution that answers came from', () => {
    // One answer each, three of four right: only the mean is known.
    const { a, b } = fitBeta([{ right: 1, n: 1, count: 75 }, { right: 0, n: 1, count: 25 }]);
    expect(a / (a + b)).toBeCloseTo(0.75, 3);
    // Ten answers, half of the prompts always right and half never: nothing between.
    const split = fitBeta([{ right: 10, n: 10, count: 50 }, { right: 0, n: 10, count: 50 }]);
    expect(split.a).toBeLessThan(0.05);
    expect(split.b).toBeLessThan(0.05);
    // Binomial counts of one pass rate of 0.5: hardly any spread.
    const one = fitBeta([1, 4, 6, 4, 1].map((count, right) => ({ right, n: 4, count: count * 100 })));
    expect(one.a).toBeGreaterThan(100);
  });

  it.each([
    [0.3, 0.2, 16],
    [0.8, 1.5, 8],
    [3, 3, 16],
  ])('holds the true share of pass rates from Beta(%d, %d) with groups of %d within its interval', (a, b, group) => {
    const truth = deadChances({ right: 0, n: 0 }, { a, b }, group);
    let within = 0;
    for (let run = 0; run < 10; run++) {
      const forecast = forecastDeadGroups(simulated(a, b, 400, 4, new Rng(run, 'prompts', a)), group, new Rng(run, 'interval'));
      if (forecast === undefined) throw new Error('no forecast');
      const { dead } = forecast;
      expect(Math.abs(dead.value - truth.right - truth.wrong)).toBeLessThan(0.13);
      if (dead.low <= truth.right + truth.wrong && truth.right + truth.wrong <= dead.high) within++;
    }
    expect(within).toBeGreaterThanOrEqual(7);
  });

  it('is not certain of a handful of equal prompts, is the same each time, and is nothing without prompts', () => {
    const eight = Array.from({ length: 8 }, () => ({ right: 4, n: 4 }));
    const forecast = forecastDeadGroups(eight, 16, new Rng(1));
    expect(forecast).toEqual(forecastDeadGroups([...eight].reverse(), 16, new Rng(1)));
    expect(forecast?.dead.value).toBeGreaterThan(0.5);
    expect(forecast?.dead.low).toBeLessThan(0.95);
    expect(forecast?.dead.value).toBeCloseTo((forecast?.right ?? 0) + (forecast?.wrong ?? 0), 12);
    expect(forecastDeadGroups([], 16, new Rng(1))).toBeUndefined();
    expect(forecastDeadGroups([{ right: 0, n: 0 }], 16, new Rng(1))).toBeUndefined();
  });
});

/** Answers to prompts whose pass rates come from a Beta distribution. */
function simulated(a: number, b: number, prompts: number, n: number, rng: Rng): readonly Passes[] {
  return Array.from({ length: prompts }, () => {
    const [x, y] = [gammaDraw(a, rng), gammaDraw(b, rng)];
    const rate = x / (x + y);
    return { right: Array.from({ length: n }, () => rng.chance(rate)).filter(Boolean).length, n };
  });
}

/** Marsaglia and Tsang. */
function gammaDraw(shape: number, rng: Rng): number {
  if (shape < 1) return gammaDraw(shape + 1, rng) * Math.max(rng.next(), 1e-12) ** (1 / shape);
  const d = shape - 1 / 3;
  for (;;) {
    const x = rng.normal();
    const v = (1 + x / Math.sqrt(9 * d)) ** 3;
    if (v > 0 && Math.log(Math.max(rng.next(), 1e-12)) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}
