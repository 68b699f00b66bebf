import { describe, expect, it } from 'vitest';
import { composeSettingsSchema, type ComposeSettings } from '../../../src/core/config/projectConfig.ts';
import { matchedByMode, rankOf, type Ranked } from '../../../src/core/loop/highPpl.ts';
import { Rng } from '../../../src/core/random/rng.ts';

const item = (id: string, ppl: number | null, passRate?: number): Ranked => ({ id, ppl, passRate });
/** Perplexities 1.0, 1.1 … 1.9, in another order than by id. */
const ten = Array.from({ length: 10 }, (_, i) => item(`s${i}`, 1 + ((i * 7) % 10) / 10));
const mixed = [item('a', null, 1), item('b', null, 0.25), item('c', 1.2), item('d', null, 0.5), item('e', null)];

function take(items: readonly Ranked[], settings: Partial<ComposeSettings['highPpl']> = {}): { readonly taken: readonly Ranked[]; readonly notes: readonly string[] } {
  const notes: string[] = [];
  return { taken: matchedByMode(items, { ...composeSettingsSchema.parse({}).highPpl, ...settings }, new Rng(1, 'test'), notes), notes };
}

const ids = (items: readonly Ranked[], settings?: Partial<ComposeSettings['highPpl']>): readonly string[] => take(items, settings).taken.map(({ id }) => id);
const ppls = (settings: Partial<ComposeSettings['highPpl']>): readonly (number | null)[] => take(ten, settings).taken.map(({ ppl }) => ppl);

describe('the choice of matched samples of high perplexity', () => {
  it('has them all in fill mode, highest first', () => {
    expect(ppls({}).slice(0, 4)).toEqual([1.9, 1.8, 1.7, 1.6]);
    expect(ppls({})).toHaveLength(10);
    expect(rankOf(take(ten).taken.slice(0, 3), 'all')).toEqual({ threshold: 1.7, rankedBy: { ppl: 3, passRate: 0, seed: 0 }, notes: [] });
  });

  it('takes a share of all candidates, rounded up', () => {
    expect(ppls({ mode: 'ratio', ratio: 0.25 })).toEqual([1.9, 1.8, 1.7]);
    expect(ppls({ mode: 'ratio', ratio: 0.3 })).toHaveLength(3);
    // 0.28 times 25 is 7.000000000000001 for the machine.
    expect(ids(Array.from({ length: 25 }, (_, i) => item(`t${i}`, 1)), { mode: 'ratio', ratio: 0.28 })).toHaveLength(7);
  });

  it('takes what is not below a quantile by its nearest rank, ties included', () => {
    // The 0.7-quantile of ten values is the seventh from below, 1.6; 1.6 to 1.9 are four.
    expect(ppls({ mode: 'quantile', quantile: 0.7 })).toEqual([1.9, 1.8, 1.7, 1.6]);
    const tied = [item('a', 1), item('b', 2), item('c', 2), item('d', 2)];
    expect(ids(tied, { mode: 'quantile', quantile: 0.75 })).toEqual(['b', 'c', 'd']);
    expect(ppls({ mode: 'quantile', quantile: 0 })).toHaveLength(10);
    expect(ppls({ mode: 'quantile', quantile: 1 })).toEqual([1.9]);
  });

  it('takes the pass rate where there is no perplexity, lowest first, and after what has one', () => {
    expect(ids(mixed)).toEqual(['c', 'b', 'd', 'a', 'e']);
    expect(rankOf(take(mixed).taken.slice(0, 3), 'all')).toEqual({
      threshold: 1.2,
      rankedBy: { ppl: 1, passRate: 2, seed: 0 },
      notes: ['2 of 3 matched samples have no perplexity: ranked by the pass rate of their repeats, lowest first, up to 50 %'],
    });
  });

  it('takes a quantile of pass rates where nothing has a perplexity, and of perplexities alone where something has', () => {
    const rates = [item('a', null, 1), item('b', null, 0.25), item('d', null, 0.5), item('e', null, 0.75), item('f', null)];
    expect(take(rates, { mode: 'quantile', quantile: 0.75 })).toMatchObject({ taken: [{ id: 'b' }, { id: 'd' }], notes: ['1 of 5 matched samples have no perplexity and no pass rate: the mode quantile cannot take them'] });
    expect(take(mixed, { mode: 'quantile', quantile: 0 })).toMatchObject({ taken: [{ id: 'c' }], notes: ['4 of 5 matched samples have no perplexity: the mode quantile cannot take them'] });
    expect(take(rates, { mode: 'threshold' }).taken).toEqual([]);
  });

  it('falls back to an order by seed, the same for any order of the candidates', () => {
    const none = ten.map(({ id }) => item(id, null));
    expect(ids([...none].reverse())).toEqual(ids(none));
    expect(ids(none)).not.toEqual(none.map(({ id }) => id));
    expect(rankOf(take(none).taken, 'all')).toMatchObject({ threshold: undefined, rankedBy: { ppl: 0, passRate: 0, seed: 10 }, notes: ['10 of 10 matched samples have no perplexity: taken in a seeded order'] });
  });

  it('takes nothing of nothing, and says which tokens the perplexity is over', () => {
    for (const mode of ['fill', 'ratio', 'quantile', 'threshold'] as const) expect(ids([], { mode })).toEqual([]);
    expect(rankOf(ten, 'call').notes).toEqual(['the perplexity is over the tokens of the calls alone']);
  });
});
