import { describe, expect, it } from 'vitest';
import { composeSettingsSchema, type ComposeSettings } from '../../../src/core/config/projectConfig.ts';
import { selectHighPpl, type Ranked, type Selected } from '../../../src/core/loop/highPpl.ts';
import { Rng } from '../../../src/core/random/rng.ts';

const item = (id: string, ppl: number | null, passRate?: number): Ranked => ({ id, ppl, passRate });
/** Perplexities 1.0, 1.1 … 1.9, in another order than by id. */
const ten = Array.from({ length: 10 }, (_, i) => item(`s${i}`, 1 + ((i * 7) % 10) / 10));

function select(items: readonly Ranked[], room: number, settings: Partial<ComposeSettings> = {}): Selected<Ranked> {
  return selectHighPpl(items, room, { ...composeSettingsSchema.parse({}), ...settings }, new Rng(1, 'test'));
}

const ids = ({ taken }: Selected<Ranked>): readonly string[] => taken.map(({ id }) => id);
const ppls = ({ taken }: Selected<Ranked>): readonly (number | null)[] => taken.map(({ ppl }) => ppl);

describe('the choice of matched samples of high perplexity', () => {
  it('fills the room, highest first', () => {
    const chosen = select(ten, 3);
    expect(ppls(chosen)).toEqual([1.9, 1.8, 1.7]);
    expect(chosen).toMatchObject({ threshold: 1.7, passRateThreshold: undefined, rankedBy: { ppl: 3, passRate: 0, seed: 0 } });
  });

  it('takes a share of all candidates, rounded up, and never more than there is room for', () => {
    expect(ppls(select(ten, 9, { selectionMode: 'ratio', ratio: 0.25 }))).toEqual([1.9, 1.8, 1.7]);
    expect(select(ten, 9, { selectionMode: 'ratio', ratio: 0.3 }).taken).toHaveLength(3);
    expect(select(ten, 2, { selectionMode: 'ratio', ratio: 0.9 }).taken).toHaveLength(2);
  });

  it('takes what is not below a quantile by its nearest rank, ties included', () => {
    // The 0.7-quantile of ten values is the seventh from below, 1.6; 1.6 to 1.9 are four.
    const chosen = select(ten, 9, { selectionMode: 'quantile', quantile: 0.7 });
    expect(ppls(chosen)).toEqual([1.9, 1.8, 1.7, 1.6]);
    expect(chosen.threshold).toBe(1.6);
    const tied = [item('a', 1), item('b', 2), item('c', 2), item('d', 2)];
    expect(ids(select(tied, 9, { selectionMode: 'quantile', quantile: 0.75 }))).toEqual(['b', 'c', 'd']);
    expect(select(ten, 99, { selectionMode: 'quantile', quantile: 0 }).taken).toHaveLength(10);
    expect(ppls(select(ten, 99, { selectionMode: 'quantile', quantile: 1 }))).toEqual([1.9]);
  });

  it('takes the pass rate where there is no perplexity, lowest first, and after what has one', () => {
    const items = [item('a', null, 1), item('b', null, 0.25), item('c', 1.2), item('d', null, 0.5), item('e', null)];
    const chosen = select(items, 3);
    expect(ids(chosen)).toEqual(['c', 'b', 'd']);
    expect(chosen).toMatchObject({ threshold: 1.2, passRateThreshold: 0.5, rankedBy: { ppl: 1, passRate: 2, seed: 0 } });
    expect(ids(select(items, 5))).toEqual(['c', 'b', 'd', 'a', 'e']);
    const rates = [item('a', null, 1), item('b', null, 0.25), item('d', null, 0.5), item('e', null, 0.75)];
    expect(ids(select(rates, 9, { selectionMode: 'quantile', quantile: 0.75 }))).toEqual(['b', 'd']);
  });

  it('falls back to an order by seed, the same for any order of the candidates', () => {
    const none = ten.map(({ id }) => item(id, null));
    const chosen = select(none, 4);
    expect(chosen).toMatchObject({ threshold: undefined, rankedBy: { ppl: 0, passRate: 0, seed: 4 } });
    expect(ids(select([...none].reverse(), 4))).toEqual(ids(chosen));
    expect(ids(chosen)).not.toEqual(['s0', 's1', 's2', 's3']);
    expect(select(none, 9, { selectionMode: 'quantile', quantile: 0.7 }).taken).toHaveLength(4);
  });

  it('takes nothing of nothing', () => {
    for (const selectionMode of ['fill', 'ratio', 'quantile'] as const) expect(select([], 5, { selectionMode }).taken).toEqual([]);
    expect(select(ten, -2).taken).toEqual([]);
  });
});
