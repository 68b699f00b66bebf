import { describe, expect, it } from 'vitest';
import { Rng } from '../../../src/core/random/rng.ts';

describe('Rng', () => {
  it('keeps its bits', () => {
    const rng = new Rng(1, 'compose', 2);
    expect([rng.u32(), rng.u32(), rng.u32(), rng.u32()]).toEqual([490750124, 1828339105, 143740413, 4244466088]);
  });

  it('is named by its labels, number or text alike, and by their borders', () => {
    expect(new Rng(1, 'a').u32()).toBe(new Rng('1', 'a').u32());
    expect(new Rng('ab', 'c').u32()).not.toBe(new Rng('a', 'bc').u32());
  });

  it('draws within the bounds and reaches both ends', () => {
    const rng = new Rng('bounds');
    const drawn = Array.from({ length: 2000 }, () => rng.between(3, 6));
    expect([...new Set(drawn)].sort()).toEqual([3, 4, 5, 6]);
    expect(drawn.filter((n) => n === 3).length).toBeGreaterThan(400);
  });

  it('shuffles into a permutation and leaves the list alone', () => {
    const items = [1, 2, 3, 4, 5, 6, 7, 8];
    const shuffled = new Rng(7).shuffle(items);
    expect([...shuffled].sort()).toEqual(items);
    expect(items).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(shuffled).not.toEqual(items);
  });

  it('refuses to pick from nothing', () => {
    expect(() => new Rng(1).pick([])).toThrow(RangeError);
  });

  it('draws normals with mean 0 and variance 1', () => {
    const rng = new Rng('normal');
    const drawn = Array.from({ length: 20_000 }, () => rng.normal());
    const mean = drawn.reduce((a, b) => a + b, 0) / drawn.length;
    const variance = drawn.reduce((a, b) => a + (b - mean) ** 2, 0) / drawn.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.05);
  });
});
