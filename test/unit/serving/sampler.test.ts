import { describe, expect, it } from 'vitest';
import { Rng } from '../../../src/core/random/rng.ts';
import { drawToken, logProbOf, topIds, type SamplerSettings } from '../../../src/embedded/serving/generation/sampler.ts';

const probabilities = [0.05, 0.4, 0.1, 0.3, 0.15];
const values = Float32Array.from([9, 9, ...probabilities, 9]);
const COUNT = 5;

const settings = (overrides: Partial<SamplerSettings>): SamplerSettings => ({ temperature: 1, topP: 1, topK: 0, ...overrides });

function shares(sampler: SamplerSettings): number[] {
  const rng = new Rng('sampler test');
  const hits = new Array<number>(COUNT).fill(0);
  const draws = 20_000;
  for (let i = 0; i < draws; i++) {
    const id = drawToken(values, 2, COUNT, sampler, rng);
    hits[id] = (hits[id] ?? 0) + 1;
  }
  return hits.map((n) => n / draws);
}

const normalised = (weights: readonly number[]): number[] => weights.map((weight) => weight / weights.reduce((a, b) => a + b, 0));

function expectShares(sampler: SamplerSettings, expected: readonly number[]): void {
  // Four standard deviations of a share of one half.
  shares(sampler).forEach((share, id) => expect(Math.abs(share - (expected[id] ?? 0))).toBeLessThan(0.0142));
}

describe('sampling', () => {
  it('takes the likeliest token at temperature 0', () => {
    expect(drawToken(values, 2, COUNT, settings({ temperature: 0 }), new Rng(1))).toBe(1);
  });

  it('follows the probabilities at temperature 1', () => {
    expectShares(settings({}), probabilities);
  });

  it('sharpens and flattens with the temperature', () => {
    expectShares(settings({ temperature: 0.5 }), normalised(probabilities.map((p) => p ** 2)));
    expectShares(settings({ temperature: 2 }), normalised(probabilities.map((p) => p ** 0.5)));
  });

  it('survives a temperature at which every weight would underflow', () => {
    expect(drawToken(values, 2, COUNT, settings({ temperature: 1e-4 }), new Rng(1))).toBe(1);
  });

  it('keeps the top k and then the nucleus', () => {
    expectShares(settings({ topK: 2 }), normalised([0, 0.4, 0, 0.3, 0]));
    expectShares(settings({ topP: 0.75 }), normalised([0, 0.4, 0, 0.3, 0.15]));
    expectShares(settings({ topP: 0.01 }), [0, 1, 0, 0, 0]);
    expectShares(settings({ topK: 3, topP: 0.5 }), normalised([0, 0.4, 0, 0.3, 0]));
  });

  it('lists the likeliest tokens, equal ones by id, whatever the length of the list', () => {
    expect(topIds(values, 2, COUNT, 3)).toEqual([1, 3, 4]);
    expect(topIds(values, 2, COUNT, 9)).toEqual([1, 3, 4, 2, 0]);
    const many = Float32Array.from({ length: 100 }, (_, i) => (i * 37) % 50);
    const sorted = Array.from({ length: 100 }, (_, i) => i).sort((a, b) => (many[b] ?? 0) - (many[a] ?? 0) || a - b);
    expect(topIds(many, 0, 100, 20)).toEqual(sorted.slice(0, 20));
    expect(topIds(many, 0, 100, 60)).toEqual(sorted.slice(0, 60));
  });

  it('tells how sure it is where a probability is rounded to one', () => {
    const sure = Float32Array.of(0.5, 1, 3e-9, 1e-9, 0.5);
    expect(logProbOf(sure, 1, 3, 0)).toBeCloseTo(-4e-9, 12);
    expect(logProbOf(Float32Array.of(0, 1, 0), 0, 3, 1)).toBeLessThan(0);
  });

  it('gives finite log-probabilities', () => {
    expect(logProbOf(values, 2, COUNT, 1)).toBeCloseTo(Math.log(0.4), 6);
    expect(logProbOf(Float32Array.of(0), 0, 1, 0)).toBeGreaterThan(-90);
  });
});
