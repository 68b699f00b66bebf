import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelHash } from '../../../src/core/dataset/identity.ts';
import { wilson } from '../../../src/core/evaluation/wilson.ts';
import { Rng } from '../../../src/core/random/rng.ts';
import { drawCalibration } from '../../../src/core/review/measure/calibration.ts';
import { countedDecisions } from '../../../src/core/review/measure/countedDecisions.ts';
import { cohensKappa, weightedKappa } from '../../../src/core/review/measure/kappa.ts';
import { meaningOf } from '../../../src/core/review/measure/meaning.ts';
import { sizeFor, widthAt } from '../../../src/core/review/measure/needed.ts';
import { classPrecision, shareOf } from '../../../src/core/review/measure/precision.ts';
import { forecast } from '../loop/builders.ts';
import { calibrationOf, decisionOn, evidenceOf, itemOf, itemsOf } from './measureBuilders.ts';

describe('the Wilson interval that the figures use', () => {
  // Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %i in %i is [%f, %f] as published', (hits, n, low, high) => {
    const got = shareOf(hits, n);
    expect([got.low, got.high].map((end) => Number(end.toFixed(4)))).toEqual([low, high]);
  });
});

describe("Cohen's kappa", () => {
  const table = (counts: readonly (readonly number[])[]) => counts.flatMap((row, i) => row.flatMap((count, j) => Array.from({ length: count }, () => [`c${i}`, `c${j}`] as const)));

  it('and its standard error are those of a published table', () => {
    // Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions (2003), table 18.1: kappa 0.676, s.e. 0.088.
    const kappa = cohensKappa(table([[75, 1, 4], [5, 4, 1], [0, 0, 10]]));
    expect(kappa?.value).toBeCloseTo(0.6765, 4);
    expect(((kappa?.high ?? 0) - (kappa?.value ?? 0)) / 1.96).toBeCloseTo(0.0877, 3);
    expect(kappa?.n).toBe(100);
  });

  it('is 0 for independent words, 1 for equal ones, and not given where nothing can be said', () => {
    expect(cohensKappa(table([[16, 4], [64, 16]]))?.value).toBeCloseTo(0, 12);
    expect(cohensKappa(table([[7, 0], [0, 5]]))?.value).toBeCloseTo(1, 12);
    expect(cohensKappa(table([[12, 0], [0, 0]]))).toBeUndefined();
    expect(cohensKappa(table([[12, 0], [1, 0]]))).toBeUndefined();
    expect(cohensKappa(table([[5, 0], [0, 4]]))).toBeUndefined();
  });

  it('weights the pairs of a class by its size, not by the size of the sample', () => {
    const said = (right: string, hits: number, other: string, misses: number) => [...Array.from({ length: hits }, () => right), ...Array.from({ length: misses }, () => other)];
    // po = 0.9 * 0.9 + 0.1 * 0.5 = 0.86; people say A with 0.9 * 0.9 + 0.1 * 0.5 = 0.86; pe = 0.9 * 0.86 + 0.1 * 0.14 = 0.788.
    const strata = (k: number) => [
      { category: 'A', population: 900, said: said('A', 9 * k, 'B', k) },
      { category: 'B', population: 100, said: said('B', 5, 'A', 5) },
    ];
    expect(weightedKappa(strata(1))?.value).toBeCloseTo((0.86 - 0.788) / (1 - 0.788), 12);
    expect(weightedKappa(strata(10))?.value).toBeCloseTo((0.86 - 0.788) / (1 - 0.788), 12);
    expect(weightedKappa(strata(10).slice(0, 1))).toBeUndefined();
    expect(weightedKappa(strata(1).map((one) => ({ ...one, said: one.said.map(() => 'A') })))).toBeUndefined();
  });

  it('has an interval that holds the true value about 95 times in 100', () => {
    const rng = new Rng('kappa');
    // po = 0.8 * 0.9 + 0.2 * 0.7 = 0.86, c_A = 0.78, pe = 0.8 * 0.78 + 0.2 * 0.22 = 0.668.
    const truth = (0.86 - 0.668) / (1 - 0.668);
    const draw = (right: string, other: string, p: number) => Array.from({ length: 150 }, () => (rng.chance(p) ? right : other));
    const trials = 2000;
    let held = 0;
    for (let i = 0; i < trials; i += 1) {
      const kappa = weightedKappa([{ category: 'A', population: 800, said: draw('A', 'B', 0.9) }, { category: 'B', population: 200, said: draw('B', 'A', 0.7) }]);
      if (kappa !== undefined && kappa.low <= truth && truth <= kappa.high) held += 1;
    }
    expect(held / trials).toBeGreaterThan(0.93);
    expect(held / trials).toBeLessThan(0.97);
  });
});

describe('how many more decisions', () => {
  it('is the smallest number whose interval is narrow enough', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0.02, max: 0.6, noNaN: true }), (share, width) => {
        const n = sizeFor(share, width) ?? 0;
        expect(widthAt(share, n)).toBeLessThan(width);
        expect(widthAt(share, n - 1)).toBeGreaterThanOrEqual(width);
      }),
    );
    // Half right: the normal interval says 4 * 1.96 ** 2 * 0.25 / 0.1 ** 2 = 384, Wilson's is a little narrower.
    expect(sizeFor(0.5, 0.1)).toBe(381);
    expect(sizeFor(0.5, 0)).toBeUndefined();
  });
});

describe('what a ruling says of the verdict', () => {
  const about = { labelHash: labelHash(forecast('Oslo')), predictionHash: labelHash(forecast('Rome')) };
  it.each([
    ['keepLabel', undefined, 'PRED_WRONG'],
    ['takePrediction', forecast('Rome'), 'LABEL_WRONG'],
    ['bothCorrect', forecast('Rome'), 'BOTH_CORRECT'],
    ['bothWrong', undefined, 'BOTH_WRONG'],
    ['drop', undefined, 'BOTH_WRONG'],
    ['unsure', undefined, 'NO_CONSENSUS'],
    ['edit', forecast('Rome'), 'LABEL_WRONG'],
    ['edit', forecast('Oslo'), 'PRED_WRONG'],
    ['edit', forecast('Bern'), 'BOTH_WRONG'],
    ['edit', undefined, 'BOTH_WRONG'],
  ] as const)('%s (%j) comes to %s', (ruling, label, verdict) => {
    expect(meaningOf({ ...about, ruling, ...(label === undefined ? {} : { label }) })).toBe(verdict);
  });
});

describe('a calibration sample', () => {
  const wanted = { verdict: 'LABEL_WRONG', judge: 'j', promptVersion: 'p1', size: 5, seed: 7, round: 2 } as const;

  it('is of one class of one judge and prompt, without repetition, and of the whole class where that is smaller', () => {
    const items = [...itemsOf(12), itemOf(90, { verdict: 'PRED_WRONG' }), itemOf(91, { judge: 'other' }), itemOf(92, { promptVersion: 'p2' }), itemOf(93, { verdict: undefined })];
    const drawn = drawCalibration(items, wanted);
    expect(drawn).toMatchObject({ verdict: 'LABEL_WRONG', judge: 'j', promptVersion: 'p1', population: 12, seed: 7 });
    expect(new Set(drawn.pairs.map(({ sampleId }) => sampleId)).size).toBe(5);
    expect(drawn.pairs.every(({ sampleId, round }) => Number(sampleId.slice(4)) < 12 && round === 2)).toBe(true);
    expect(drawCalibration(items, { ...wanted, size: 100 }).pairs).toHaveLength(12);
    expect(drawCalibration(items, { ...wanted, judge: 'nobody' })).toMatchObject({ population: 0, pairs: [] });
  });

  it('is the same in whichever order the queue is', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...itemsOf(30)], { minLength: 30 }), (items) => {
        expect(drawCalibration(items, wanted)).toEqual(drawCalibration(itemsOf(30), wanted));
      }),
    );
  });

  it('takes each pair equally often, in each place', () => {
    const items = itemsOf(10);
    const [times, firsts] = [new Map<string, number>(), new Map<string, number>()];
    const draws = 4000;
    for (let seed = 0; seed < draws; seed += 1) {
      const { pairs } = drawCalibration(items, { ...wanted, size: 3, seed });
      for (const { sampleId } of pairs) times.set(sampleId, (times.get(sampleId) ?? 0) + 1);
      const first = pairs[0]?.sampleId ?? '';
      firsts.set(first, (firsts.get(first) ?? 0) + 1);
    }
    // Chi squared with 9 degrees of freedom: above 27.9 once in a thousand.
    const chi = (counts: ReadonlyMap<string, number>, expected: number) => items.reduce((sum, { sampleId }) => sum + ((counts.get(sampleId) ?? 0) - expected) ** 2 / expected, 0);
    expect(chi(firsts, draws / 10)).toBeLessThan(27.9);
    expect(chi(times, (3 * draws) / 10)).toBeLessThan(27.9);
  });
});

describe('the decisions that count', () => {
  const calibration = calibrationOf(6);

  it('are blind, single, of the first pass and of the calibration; of two people the one who was first', () => {
    const standing = [
      decisionOn(calibration, 0, { by: 'ann', ruling: 'keepLabel' }),
      decisionOn(calibration, 0, { by: 'bob', ruling: 'bothWrong' }),
      decisionOn(calibration, 0, { by: 'ann', ruling: 'takePrediction' }),
      decisionOn(calibration, 1, { way: 'bulk' }),
      decisionOn(calibration, 1, { way: 'similar' }),
      decisionOn(calibration, 1, { way: 'cherryPick' }),
      decisionOn(calibration, 1, { way: 'command' }),
      decisionOn(calibration, 1, { way: 'file', source: 'edit' }),
      decisionOn(calibration, 1, { blind: false }),
      decisionOn(calibration, 1, { blind: undefined }),
      decisionOn(calibration, 1, { pass: 'second' }),
      decisionOn(calibration, 1, { pass: 'adjudication' }),
      decisionOn(calibration, 2, { calibration: undefined }),
      decisionOn(calibration, 3, { labelHash: 'lbl_other' }),
      decisionOn(calibration, 4, { round: 9 }),
      { ...decisionOn(calibration, 5), sampleId: 'smp_not_drawn' },
    ];
    const { decisions, uncounted } = countedDecisions(calibration, evidenceOf([calibration], standing));
    expect(decisions.map(({ decision }) => [decision.by, decision.ruling, decision.sampleId])).toEqual([['ann', 'takePrediction', 'smp_0']]);
    expect(uncounted).toBe(1);
  });

  it('are marked where the person had ruled with the verdict in sight', () => {
    const seen = (number: number, by: string) => decisionOn(calibration, number, { by, blind: false, calibration: undefined });
    const standing = [seen(0, 'ann'), seen(1, 'bob'), decisionOn(calibration, 0), decisionOn(calibration, 1), decisionOn(calibration, 2), seen(2, 'ann')];
    const precision = classPrecision(calibration, evidenceOf([calibration], standing), { items: new Map(), round: 1 }, 0.1);
    expect(precision).toMatchObject({ seenBefore: 1, precision: { n: 3 } });
  });
});

describe('precision of a verdict class', () => {
  it('is hand counted: unsure and edited labels are no hits, a label edited to the prediction is one', () => {
    const calibration = calibrationOf(5);
    const prediction = { predictionHash: labelHash(forecast('Rome')) };
    const standing = [
      decisionOn(calibration, 0),
      decisionOn(calibration, 1, { ruling: 'edit', label: forecast('Rome'), ...prediction }),
      decisionOn(calibration, 2, { ruling: 'edit', label: forecast('Bern'), ...prediction }),
      decisionOn(calibration, 3, { ruling: 'unsure' }),
    ];
    const items = new Map(itemsOf(5).map((item, index) => [`${item.sampleId} ${item.labelHash}`, { ...item, tools: index < 2 ? ['get_forecast'] : ['find_train', 'get_forecast'], kinds: ['name'] as const }]));
    const got = classPrecision(calibration, evidenceOf([calibration], standing), { items, round: 1 }, 0.1);
    expect(got.precision).toEqual({ hits: 2, n: 4, ...wilson(2, 4) });
    expect(got).toMatchObject({ size: 5, complete: false, current: true });
    expect(got.byTool.map(({ name, hits, n }) => [name, hits, n])).toEqual([['get_forecast', 2, 4], ['find_train', 0, 2]]);
    expect(got.byKind.map(({ name, hits, n }) => [name, hits, n])).toEqual([['name', 2, 4]]);
    expect(got.more).toEqual({ width: 0.1, decisions: 381 - 4 });
    expect(classPrecision(calibration, evidenceOf([calibration], standing), { items, round: 3 }, 0.1).byTool).toEqual([]);
  });
});

describe('the interval of simulated reviews', () => {
  /** A queue of which 85 in 100 verdicts are right; those with a high `ppl` are right more often and are looked at first. */
  const population = (rng: Rng) => itemsOf(1500).map((item, index) => ({ item, right: rng.chance(index < 750 ? 0.98 : 0.72) }));

  function coverage(decide: (rng: Rng, drawn: readonly string[], right: ReadonlyMap<string, boolean>) => ReadonlyMap<string, boolean>): number {
    const rng = new Rng('coverage');
    const world = population(rng);
    const right = new Map(world.map((one) => [one.item.sampleId, one.right]));
    const truth = world.filter((one) => one.right).length / world.length;
    const items = world.map(({ item }) => item);
    const trials = 600;
    let held = 0;
    for (let seed = 0; seed < trials; seed += 1) {
      const calibration = { ...calibrationOf(0), ...drawCalibration(items, { verdict: 'LABEL_WRONG', judge: 'j', promptVersion: 'p1', size: 100, seed, round: 1 }) };
      const said = decide(rng, calibration.pairs.map(({ sampleId }) => sampleId), right);
      const all = { ...calibration, pairs: [...said.keys()].map((sampleId) => ({ sampleId, labelHash: 'lbl_a', round: 1 })) };
      const standing = [...said.values()].map((yes, number) => decisionOn(all, number, { ruling: yes ? 'takePrediction' : 'keepLabel' }));
      const { low, high } = classPrecision(all, evidenceOf([all], standing), { items: new Map(), round: 1 }, 0.1).precision;
      if (low <= truth && truth <= high) held += 1;
    }
    return held / trials;
  }

  it('holds the true precision about 95 times in 100 when the drawn pairs are decided blind', () => {
    const share = coverage((_rng, drawn, right) => new Map(drawn.map((id) => [id, right.get(id) === true])));
    expect(share).toBeGreaterThan(0.93);
    expect(share).toBeLessThan(0.985);
  });

  it('misses it when what was decided with the verdict in sight is counted: a wrong verdict persuades one time in three', () => {
    expect(coverage((rng, drawn, right) => new Map(drawn.map((id) => [id, right.get(id) === true || rng.chance(1 / 3)])))).toBeLessThan(0.8);
  });

  it('misses it when the first of the queue are counted in the place of a random sample', () => {
    expect(coverage((_rng, _drawn, right) => new Map([...right].slice(0, 100)))).toBeLessThan(0.5);
  });
});
