import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composeSettingsSchema, type ComposeSettings } from '../../../src/core/config/projectConfig.ts';
import type { Sample, SampleOrigin, TrainRow } from '../../../src/core/dataset/sample.ts';
import { sortRows, type Buckets } from '../../../src/core/loop/buckets.ts';
import { compose, countKinds, firstSet, freshTarget, type ComposeInput, type Composition } from '../../../src/core/loop/compose.ts';
import type { Flow } from '../../../src/core/loop/flow.ts';
import { setFlows } from '../../../src/core/loop/setFlows.ts';
import { leadingTool, sampleKind } from '../../../src/core/loop/sampleKind.ts';
import { noTextKinds } from '../../../src/core/toolcall/textKinds.ts';
import { forecast, judgementOf, probeOf, rowOf, sampleOf } from './builders.ts';

/** A sample with a given id: composition looks at ids and labels alone, and hashing 50,000 conversations would test nothing here. */
function named(id: string, tool = 'get_forecast'): Sample {
  return { id, labelHash: `lbl_${id}`, family: `fam_${id}`, tools: [], messages: [{ role: 'user', content: id }], label: { kind: 'calls', calls: [{ name: tool, arguments: {} }] } };
}

function series(prefix: string, n: number, tool?: (i: number) => string): readonly Sample[] {
  return Array.from({ length: n }, (_, i) => named(`${prefix}${String(i).padStart(6, '0')}`, tool?.(i)));
}

type Pools = { readonly errorSeeds: readonly Sample[]; readonly matched: readonly Sample[]; readonly bothCorrect?: readonly Sample[]; readonly expansions: readonly Sample[]; readonly pool: readonly Sample[] };

function inputOf(pools: Pools, more: Partial<ComposeInput> & { readonly firstSize: number; readonly set?: Partial<ComposeSettings> }): ComposeInput {
  const { firstSize, set, ...rest } = more;
  const matchedRows = (samples: readonly Sample[]): Buckets['matched'] => samples.map((sample, i) => ({ row: rowOf(sample), ppl: 1 + ((i * 7919) % 1000) / 1000 }));
  return {
    round: 1,
    seed: 5,
    settings: { ...composeSettingsSchema.parse({}), ...set },
    textKinds: noTextKinds,
    first: { size: firstSize, kinds: { single: firstSize } },
    buckets: {
      errorSeeds: pools.errorSeeds.map((sample) => ({ row: rowOf(sample, { origin: 'errorSeed' }), wrong: { text: '' }, analysis: '' })),
      matched: matchedRows(pools.matched),
      bothCorrect: matchedRows(pools.bothCorrect ?? []),
      dropped: {},
    },
    expansions: pools.expansions.map((sample) => rowOf(sample, { origin: 'expansion', parents: [pools.errorSeeds[0]?.id ?? 'none'], since: 2 })),
    pool: pools.pool.map((sample) => ({ sample })),
    trained: new Set([...pools.errorSeeds, ...pools.matched, ...(pools.bothCorrect ?? [])].map(({ id }) => id)),
    dropped: new Set(),
    ...rest,
  };
}

function count(composition: Composition, origin: SampleOrigin): number {
  return composition.byOrigin[origin] ?? 0;
}

describe('Table 3 of the paper', () => {
  const rounds = [
    { round: 1, errors: 1919, expansions: 6566, fresh: 5632, highPpl: 4187 },
    { round: 2, errors: 3386, expansions: 8066, fresh: 2816, highPpl: 4036 },
    { round: 3, errors: 3731, expansions: 8169, fresh: 1408, highPpl: 4996 },
  ];
  const size = 18_304;

  it('comes out of the fill mode, and uses the 28,160 seeds up exactly', () => {
    const pool = series('seed', 28_160);
    const trained = new Set(firstSet(pool.map((sample) => ({ sample })), { seed: 5, roundSize: size }).map(({ id }) => id));
    for (const { round, errors, expansions, fresh, highPpl } of rounds) {
      const own = series(`r${round}-`, size);
      const pools: Pools = { errorSeeds: own.slice(0, errors), matched: own.slice(errors), expansions: series(`x${round}-`, expansions), pool };
      const composed = compose(inputOf(pools, { round, firstSize: size, trained: new Set(trained) }));
      expect([count(composed, 'errorSeed'), count(composed, 'expansion'), count(composed, 'seed'), count(composed, 'highPpl'), composed.size]).toEqual([errors, expansions, fresh, highPpl, size]);
      expect(composed.notes).toEqual([]);
      for (const { id, origin } of composed.rows) if (origin === 'seed') trained.add(id);
    }
    expect(trained.size).toBe(28_160);
  });

  it('halves the fresh share', () => {
    expect([1, 2, 3, 4].map((round) => freshTarget(size, 0.3077, round))).toEqual([5632, 2816, 1408, 704]);
  });
});

describe('compose', () => {
  const pools = (errors: number, expansions: number, matched: number): Pools => ({
    errorSeeds: series('e', errors, (i) => `tool${i % 3}`),
    matched: series('m', matched),
    expansions: series('x', expansions, (i) => (i < expansions / 2 ? 'common' : `rare${i % 4}`)),
    pool: series('p', 50),
  });

  it('cuts expansions first, evenly over tools, and says so', () => {
    const composed = compose(inputOf(pools(30, 200, 100), { firstSize: 100, set: { freshShare: 0.2 } }));
    expect([count(composed, 'errorSeed'), count(composed, 'expansion'), count(composed, 'seed'), count(composed, 'highPpl')]).toEqual([30, 50, 20, 0]);
    const perTool = new Map<string, number>();
    for (const row of composed.rows) if (row.origin === 'expansion') perTool.set(leadingTool(row), (perTool.get(leadingTool(row)) ?? 0) + 1);
    expect([...perTool.values()]).toEqual([10, 10, 10, 10, 10]);
    expect(composed.notes).toEqual(['150 of 200 expansions cut: the set was over-full']);
  });

  it('cuts seeds only when no expansion is left', () => {
    const composed = compose(inputOf(pools(120, 10, 100), { firstSize: 100, set: { freshShare: 0.2 } }));
    expect([count(composed, 'errorSeed'), count(composed, 'expansion'), count(composed, 'seed')]).toEqual([80, 0, 20]);
    expect(composed.notes).toEqual(['40 of 120 error seeds cut: the set was over-full', '10 of 10 expansions cut: the set was over-full']);
  });

  it('makes a smaller set when matched samples do not suffice, and says so', () => {
    const composed = compose(inputOf(pools(10, 10, 5), { firstSize: 100, set: { freshShare: 0.2 } }));
    expect(composed.size).toBe(45);
    expect(composed.notes).toEqual(['5 matched samples for 60 places: the set is smaller than wanted']);
  });

  it('takes the highest perplexities, ties by id, and reports the lowest one taken', () => {
    const input = inputOf(pools(0, 0, 0), { firstSize: 3, set: { freshShare: 0 } });
    const matched = [['b', 2], ['a', 2], ['c', 3], ['d', 1], ['e', null]].map(([id, ppl]) => ({ row: rowOf(named(String(id))), ppl: ppl as number | null })); // as written
    const composed = compose({ ...input, buckets: { ...input.buckets, matched } });
    expect(composed.rows.map(({ id }) => id).sort()).toEqual(['a', 'b', 'c']);
    expect(composed.pplThreshold).toBe(2);
  });

  it('falls back to a seeded order without log-probabilities, marks those rows and says so', () => {
    const input = inputOf(pools(0, 0, 40), { firstSize: 10, set: { freshShare: 0 } });
    const blind = { ...input.buckets, matched: input.buckets.matched.map(({ row }) => ({ row, ppl: null })) };
    const composed = compose({ ...input, buckets: blind });
    expect([count(composed, 'matched'), count(composed, 'highPpl'), composed.pplThreshold]).toEqual([10, 0, undefined]);
    expect(composed.notes).toEqual(['10 of 10 matched samples have no perplexity: taken in a seeded order']);
    expect(composed.rows.map(({ id }) => id)).not.toEqual(compose({ ...input, buckets: blind, seed: 6 }).rows.map(({ id }) => id));
  });

  it('takes judged BOTH_CORRECT among the candidates or discards them, as set', () => {
    const both: Pools = { ...pools(0, 0, 2), bothCorrect: series('b', 3) };
    expect(compose(inputOf(both, { firstSize: 10, set: { freshShare: 0 } })).size).toBe(5);
    expect(compose(inputOf(both, { firstSize: 10, set: { freshShare: 0, bothCorrect: 'discard' } })).size).toBe(2);
  });

  it('caps the parts and fills up with matched samples', () => {
    const composed = compose(inputOf(pools(60, 90, 200), { firstSize: 100, set: { freshShare: 0, caps: { errorSeeds: 0.25, expansions: 0.4 } } }));
    expect([count(composed, 'errorSeed'), count(composed, 'expansion'), count(composed, 'highPpl')]).toEqual([25, 40, 35]);
    expect(composed.notes).toEqual(['35 of 60 error seeds left out by the cap of 25 %', '50 of 90 expansions left out by the cap of 40 %']);
  });

  it('keeps the proportions of the first set when seeds are drawn by kind', () => {
    const parallel = series('z', 60).map((sample) => ({ ...sample, label: { kind: 'calls' as const, calls: [...forecast('a').calls, ...forecast('b').calls] } }));
    const composed = compose(
      inputOf({ ...pools(60, 0, 200), errorSeeds: [...series('e', 60), ...parallel] }, { firstSize: 100, first: { size: 100, kinds: { single: 80, parallel: 20 } }, set: { freshShare: 0, byKind: true, caps: { errorSeeds: 0.5 } } }),
    );
    const seeds = composed.rows.filter(({ origin }) => origin === 'errorSeed');
    expect(countKinds(seeds, noTextKinds)).toEqual({ single: 40, parallel: 10 });
  });

  it('chooses at random from the matched when set so', () => {
    const composed = compose(inputOf(pools(0, 0, 100), { firstSize: 10, set: { freshShare: 0, selection: 'random' } }));
    expect([count(composed, 'matched'), composed.pplThreshold]).toEqual([10, undefined]);
  });

  it.each([
    ['ratio', { ratio: 0.25 }, 5, ['t', 's', 'r', 'q', 'p']],
    ['ratio', { ratio: 1 }, 8, undefined],
    ['quantile', { quantile: 0.9 }, 3, ['t', 's', 'r']],
    ['quantile', { quantile: 1 }, 1, ['t']],
    ['threshold', { threshold: 1.18 }, 2, ['t', 's']],
    ['threshold', { threshold: 5 }, 0, []],
  ] as const)('takes matched samples by %s %o: %i of them', (mode, values, n, ids) => {
    const input = inputOf(pools(0, 0, 0), { firstSize: 8, set: { freshShare: 0, highPpl: { ...composeSettingsSchema.parse({}).highPpl, mode, ...values } } });
    const matched = [...'abcdefghijklmnopqrst'].map((id, i) => ({ row: rowOf(named(id)), ppl: 1 + i / 100 }));
    const composed = compose({ ...input, buckets: { ...input.buckets, matched } });
    expect(composed.size).toBe(n);
    if (ids !== undefined) expect(composed.rows.map(({ id }) => id).sort().reverse()).toEqual(ids);
    expect(composed.pplThreshold).toBe(n === 0 ? undefined : 1 + (20 - n) / 100);
    expect(composed.notes).toEqual(mode === 'ratio' && n === 8 ? ['12 of 20 matched samples that the mode ratio takes have no place in the set'] : []);
  });

  it('takes none by quantile or threshold where nothing has a perplexity, and says so', () => {
    const input = inputOf(pools(0, 0, 4), { firstSize: 8, set: { freshShare: 0, highPpl: { ...composeSettingsSchema.parse({}).highPpl, mode: 'quantile' } } });
    const composed = compose({ ...input, buckets: { ...input.buckets, matched: input.buckets.matched.map(({ row }) => ({ row, ppl: null })) } });
    expect([composed.size, composed.notes]).toEqual([0, ['4 of 4 matched samples have no perplexity: the mode quantile cannot take them']]);
  });

  it('caps the share without a call over all parts, and fills the places with others', () => {
    const text = (prefix: string, n: number): readonly Sample[] => series(prefix, n).map((sample) => ({ ...sample, label: { kind: 'text' as const, text: 'Sorry.' } }));
    const both = { ...pools(0, 0, 0), errorSeeds: [...series('e', 10), ...text('f', 10)], matched: [...text('n', 50), ...series('m', 50)], pool: [...text('q', 20), ...series('p', 20)] };
    const noCalls = (composed: Composition): number => composed.rows.filter(({ label }) => label.kind === 'text').length;
    const plain = compose(inputOf(both, { firstSize: 60, set: { freshShare: 0.2 } }));
    const held = compose(inputOf(both, { firstSize: 60, set: { freshShare: 0.2, caps: { noCall: 0.1 } } }));
    expect([noCalls(plain) > 6, noCalls(held), held.size]).toEqual([true, 6, 60]);
    expect(held.notes.join()).toContain('passed over: the set has as many samples without a call as its cap allows');
  });

  it('caps each tool over all parts', () => {
    const composed = compose(inputOf({ ...pools(40, 60, 60), matched: series('m', 60, (i) => `m${i % 20}`), pool: series('p', 50, (i) => `p${i}`) }, { firstSize: 100, set: { freshShare: 0.2, caps: { perTool: 0.1 } } }));
    const counts = new Map<string, number>();
    for (const row of composed.rows) counts.set(leadingTool(row), (counts.get(leadingTool(row)) ?? 0) + 1);
    expect(Math.max(...counts.values())).toBe(10);
    expect(composed.size).toBe(100);
  });

  it('cuts by the weights of tools and kinds', () => {
    const weights = { tools: { common: 3, rare0: 0 }, kinds: {} };
    const composed = compose(inputOf(pools(0, 200, 0), { firstSize: 60, set: { freshShare: 0, weights } }));
    const counts = new Map<string, number>();
    for (const row of composed.rows) counts.set(leadingTool(row), (counts.get(leadingTool(row)) ?? 0) + 1);
    expect(Object.fromEntries(counts)).toEqual({ 'tool common': 30, 'tool rare1': 10, 'tool rare2': 10, 'tool rare3': 10 });
  });

  it('tells where every sample went, so that every place gives on what it got', () => {
    const given: Pools = { ...pools(30, 40, 50), bothCorrect: series('b', 5) };
    const input = inputOf(given, { firstSize: 80, set: { freshShare: 0.2, caps: { expansions: 0.2 }, bothCorrect: 'discard' }, dropped: new Set(['e000001', 'm000002', 'x000003']) });
    const compose_ = { ...input, buckets: { ...input.buckets, dropped: { BOTH_WRONG: 4 } } };
    const composition = compose(compose_);
    const rows = [...given.errorSeeds, ...given.matched, ...(given.bothCorrect ?? []), ...series('bad', 4)].map((sample) => rowOf(sample));
    const flows = setFlows({ compose: compose_, composition, rows, late: [], yields: { asked: 60, accepted: 40, refused: { parse: 15, judge: 3 } } });
    const sum = (pick: (flow: Flow) => boolean): number => flows.filter(pick).reduce((total, { count: n }) => total + n, 0);
    expect(sum(({ from }) => from === 'set')).toBe(rows.length);
    expect(sum(({ from }) => from === 'asked')).toBe(60);
    for (const place of ['matched', 'bothCorrect', 'errorSeeds', 'accepted']) expect([place, sum(({ from }) => from === place)]).toEqual([place, sum(({ to }) => to === place)]);
    expect(sum(({ from }) => from === 'corpus')).toBe(50);
    for (const [origin, n] of Object.entries(composition.byOrigin)) expect([origin, sum(({ to }) => to === `next: ${origin}`)]).toEqual([origin, n]);
    expect(sum(({ to }) => to.startsWith('next: '))).toBe(composition.size);
    expect(flows).toContainEqual({ from: 'errorSeeds', to: 'dropped by people', count: 1 });
    expect(flows).toContainEqual({ from: 'set', to: 'dropped: BOTH_WRONG', count: 4 });
    expect(flows).toContainEqual({ from: 'asked', to: 'open', count: 2 });
    expect(flows).toContainEqual({ from: 'bothCorrect', to: 'left out', count: 5 });
  });

  it('says when the seed corpus is used up', () => {
    const composed = compose(inputOf(pools(0, 0, 500), { firstSize: 400 }));
    expect(composed.notes).toContain('50 fresh samples remain of 123 wanted: the seed corpus is used up');
  });

  it('draws the first set in the same way from any order of the files', () => {
    const pool = series('p', 30).map((sample) => ({ sample }));
    const ids = (items: typeof pool): readonly string[] => firstSet(items, { seed: 1, roundSize: 10 }).map(({ id }) => id);
    expect(ids([...pool].reverse())).toEqual(ids(pool));
    expect(new Set(ids([...pool, ...pool])).size).toBe(10);
  });

  it('keeps the invariants of the contract for any pools and settings', () => {
    const settings = fc.record({
      freshShare: fc.double({ min: 0, max: 1, noNaN: true }),
      selection: fc.constantFrom('highPpl' as const, 'random' as const),
      bothCorrect: fc.constantFrom('highPpl' as const, 'discard' as const),
      byKind: fc.boolean(),
      caps: fc.constantFrom({}, { errorSeeds: 0.3 }, { expansions: 0.2 }, { errorSeeds: 0.1, expansions: 0.9 }),
    });
    fc.assert(
      fc.property(fc.nat(40), fc.nat(80), fc.nat(60), fc.nat(10), fc.nat(60), fc.integer({ min: 1, max: 120 }), fc.integer({ min: 1, max: 4 }), fc.nat(), settings, (errors, extra, matched, both, poolSize, firstSize, round, seed, set) => {
        // Some expansions repeat a pool sample, one repeats a trained one: neither may come twice.
        const base = pools(errors, extra, matched);
        const pool = series('p', poolSize);
        const all: Pools = { ...base, bothCorrect: series('b', both), pool: [...pool, ...base.matched, ...base.errorSeeds], expansions: [...base.expansions, ...pool.slice(0, 3), ...base.matched.slice(0, 1)] };
        const input = inputOf(all, { round, seed, firstSize, set });
        const composed = compose(input);
        const ids = composed.rows.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(composed.size).toBeLessThanOrEqual(firstSize);
        const parts = (['errorSeed', 'expansion', 'highPpl', 'matched', 'seed'] as const).map((origin) => count(composed, origin));
        expect(parts.reduce((a, b) => a + b, 0)).toBe(composed.rows.length);
        for (const row of composed.rows) {
          if (row.origin === 'seed') expect(input.trained.has(row.id)).toBe(false);
          if (row.origin === 'expansion') expect(errors === 0 || input.buckets.errorSeeds.some((s) => s.row.id === row.parents[0])).toBe(true);
        }
        expect(count(composed, 'expansion') > 0 && count(composed, 'errorSeed') < errors && set.caps.errorSeeds === undefined && !set.byKind).toBe(false);
        expect(compose(shuffledInput(input)).rows).toEqual(composed.rows);
      }),
      { numRuns: 60 },
    );
  });
});

/** The order of what comes in must not matter. */
function shuffledInput(input: ComposeInput): ComposeInput {
  const { buckets } = input;
  const reversed = { ...buckets, matched: [...buckets.matched].reverse(), bothCorrect: [...buckets.bothCorrect].reverse(), errorSeeds: [...buckets.errorSeeds].reverse() };
  return { ...input, pool: [...input.pool].reverse(), expansions: [...input.expansions].reverse(), buckets: reversed };
}

describe('sortRows', () => {
  const label = forecast('Rome');

  it('sends every row where its outcome and verdict say', () => {
    const verdictOf = { match: undefined, unverified: undefined, wrong: 'PRED_WRONG', label: 'LABEL_WRONG', refused: 'LABEL_WRONG', both: 'BOTH_CORRECT', bad: 'BOTH_WRONG', torn: 'NO_CONSENSUS', open: undefined, error: undefined, missing: undefined } as const;
    const outcomes: Readonly<Record<string, 'MATCH' | 'MATCH_UNVERIFIED' | 'ERROR'>> = { match: 'MATCH', unverified: 'MATCH_UNVERIFIED', error: 'ERROR' };
    const samples = new Map(Object.keys(verdictOf).map((name) => [name, sampleOf(name)]));
    const rows: TrainRow[] = [];
    const probes = new Map<string, ReturnType<typeof probeOf>>();
    const judgements = new Map<string, ReturnType<typeof judgementOf>>();
    for (const [name, sample] of samples) {
      rows.push(rowOf(sample));
      if (name !== 'missing') probes.set(sample.id, probeOf(sample, outcomes[name] ?? 'MISMATCH'));
      const verdict = verdictOf[name as keyof typeof verdictOf]; // the keys of verdictOf
      if (verdict !== undefined) judgements.set(sample.id, judgementOf(sample, verdict, name === 'label' ? { relabel: label } : name === 'refused' ? { refused: 'x' } : {}));
    }
    const buckets = sortRows(rows, probes, judgements, 3);
    const texts = (items: readonly { readonly row: TrainRow }[]): readonly string[] => items.map(({ row }) => row.messages[0]?.content ?? '');
    expect(texts(buckets.matched)).toEqual(['match', 'unverified']);
    expect(texts(buckets.bothCorrect)).toEqual(['both']);
    expect(texts(buckets.errorSeeds)).toEqual(['wrong', 'label']);
    expect(buckets.dropped).toEqual({ LABEL_WRONG: 1, BOTH_WRONG: 1, NO_CONSENSUS: 1, 'not judged': 1, ERROR: 1, 'not probed': 1 });
  });

  it('keeps what the dataset said when a label is replaced, also for the second time, and forgets it when the label comes back', () => {
    const sample = sampleOf('a', forecast('Oslo'));
    const once = sortRows([rowOf(sample)], new Map([[sample.id, probeOf(sample, 'MISMATCH')]]), new Map([[sample.id, judgementOf(sample, 'LABEL_WRONG', { relabel: label })]]), 1).errorSeeds[0];
    expect(once?.row).toMatchObject({ origin: 'labelRefined', label, replaced: { label: forecast('Oslo'), labelHash: sample.labelHash, round: 1, by: 'judge', source: 'm' } });
    expect(once?.row.labelHash).not.toBe(sample.labelHash);
    expect(once?.wrong).toEqual({ calls: forecast('Oslo').calls });
    const again = (relabel: ReturnType<typeof forecast>): TrainRow | undefined => {
      const row = once?.row ?? rowOf(sample);
      return sortRows([row], new Map([[row.id, probeOf(row, 'MISMATCH')]]), new Map([[row.id, judgementOf(row, 'LABEL_WRONG', { relabel, by: 'person', source: 'ann' })]]), 2).errorSeeds[0]?.row;
    };
    expect(again(forecast('Bern'))?.replaced).toEqual({ label: forecast('Oslo'), labelHash: sample.labelHash, round: 2, by: 'person', source: 'ann' });
    expect(again(forecast('Oslo'))?.replaced).toBeUndefined();
  });
});

describe('sampleKind', () => {
  it.each([
    ['single', forecast('a')],
    ['parallel', { kind: 'calls' as const, calls: [...forecast('a').calls, ...forecast('b').calls] }],
    ['ask', { kind: 'text' as const, text: 'Which city?', textKind: { kind: 'ask' as const } }],
    ['decline', { kind: 'noCall' as const }],
    ['answer', { kind: 'text' as const, text: 'Hello.' }],
    ['other', { kind: 'invalid' as const, raw: '', reason: '' }],
  ])('is %s for its label', (kind, label) => {
    expect(sampleKind(sampleOf('x', label), noTextKinds)).toBe(kind);
  });
});
