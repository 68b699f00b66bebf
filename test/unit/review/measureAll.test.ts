import { describe, expect, it } from 'vitest';
import { wilson } from '../../../src/core/evaluation/wilson.ts';
import { verifySettingsSchema } from '../../../src/core/config/projectConfig.ts';
import type { Decision } from '../../../src/core/review/decision.ts';
import { measure } from '../../../src/core/review/measure/measure.ts';
import { measurementSchema } from '../../../src/core/review/measure/measurement.ts';
import { peopleFigures } from '../../../src/core/review/measure/people.ts';
import { calibrationOf, decidedAll, decisionOn, evidenceOf, itemOf, itemsOf } from './measureBuilders.ts';

const conflicts: ReadonlySet<string> = new Set();

describe('the whole measurement', () => {
  const wrong = calibrationOf(20, { population: 60 });
  const right = { ...calibrationOf(20, { id: 'c2', verdict: 'PRED_WRONG', population: 140 }), pairs: Array.from({ length: 20 }, (_, n) => ({ sampleId: `smp_${100 + n}`, labelHash: 'lbl_a', round: 1 })) };
  const items = [
    ...itemsOf(60),
    ...Array.from({ length: 140 }, (_, n) => itemOf(100 + n, { verdict: 'PRED_WRONG' })),
    ...Array.from({ length: 50 }, (_, n) => itemOf(300 + n, { verdict: 'NO_CONSENSUS', agreeing: 1 })),
    itemOf(400, { verdict: 'PRED_WRONG', judge: 'the prediction is empty', promptVersion: undefined, votes: 0, agreeing: 0 }),
  ];
  const standing = [...decidedAll(wrong, 16), ...decidedAll(right, 0).map((d, n) => (n < 2 ? { ...d, ruling: 'bothCorrect' as const } : d))];
  const got = measure({
    items,
    round: 1,
    state: { ...evidenceOf([wrong, right], standing), conflicts },
    simulated: new Set(['j']),
    next: { settings: verifySettingsSchema.parse({}), judge: { judge: 'j', promptVersion: 'p1', simulated: true } },
  });

  it('keeps to its schema', () => {
    expect(measurementSchema.parse(JSON.parse(JSON.stringify(got)))).toEqual(got);
  });

  it('counts verdicts against rulings by hand', () => {
    const of = { judge: 'j', promptVersion: 'p1' };
    expect(got.confusion).toEqual([
      { ...of, verdict: 'LABEL_WRONG', ruling: 'takePrediction', meant: 'LABEL_WRONG', count: 16 },
      { ...of, verdict: 'LABEL_WRONG', ruling: 'keepLabel', meant: 'PRED_WRONG', count: 4 },
      { ...of, verdict: 'PRED_WRONG', ruling: 'bothCorrect', meant: 'BOTH_CORRECT', count: 2 },
      { ...of, verdict: 'PRED_WRONG', ruling: 'keepLabel', meant: 'PRED_WRONG', count: 18 },
    ]);
    expect(got.classes.map(({ verdict, precision }) => [verdict, precision])).toEqual([
      ['PRED_WRONG', { hits: 18, n: 20, ...wilson(18, 20) }],
      ['LABEL_WRONG', { hits: 16, n: 20, ...wilson(16, 20) }],
    ]);
    // Weights 0.3 and 0.7: po = 0.3 * 0.8 + 0.7 * 0.9 = 0.87; c = (LABEL_WRONG 0.24, PRED_WRONG 0.06 + 0.63); pe = 0.3 * 0.24 + 0.7 * 0.69 = 0.555.
    expect(got.kappas.map(({ value, n, verdicts }) => [Number(value.toFixed(6)), n, verdicts])).toEqual([[Number(((0.87 - 0.555) / 0.445).toFixed(6)), 40, ['LABEL_WRONG', 'PRED_WRONG']]]);
  });

  it('says what can be drawn, how often the orders disagree, and how the gate stands', () => {
    expect(got.drawable).toEqual([
      { judge: 'j', promptVersion: 'p1', simulated: true, verdict: 'PRED_WRONG', count: 140 },
      { judge: 'j', promptVersion: 'p1', simulated: true, verdict: 'LABEL_WRONG', count: 60 },
    ]);
    expect(got.orderFlips).toEqual([{ judge: 'j', promptVersion: 'p1', hits: 50, n: 250, ...wilson(50, 250) }]);
    expect(got.gate).toMatchObject({ open: false, cause: 'small', simulated: true });
    expect(got.notes).toEqual([]);
  });

  it('shows a sample that a later one took the place of, and does not count it again', () => {
    const again = calibrationOf(20, { id: 'c3', population: 60 });
    const more = measure({ items, round: 1, state: { ...evidenceOf([wrong, again], [...decidedAll(wrong, 16), decisionOn(again, 0)]), conflicts } });
    expect(more.classes.map(({ calibration, current, complete }) => [calibration, current, complete])).toEqual([['c3', true, false], ['c1', false, true]]);
    expect(more.confusion.reduce((sum, { count }) => sum + count, 0)).toBe(1);
    expect(more.notes[0]).toContain('provisional');
  });

  it('of nothing is nothing', () => {
    const none = measure({ items: [], round: undefined, state: { ...evidenceOf([], []), conflicts } });
    expect(none).toMatchObject({ confusion: [], classes: [], kappas: [], orderFlips: [], drawable: [], notes: ['Nothing is judged here yet.'] });
  });
});

describe('the people', () => {
  const sample = calibrationOf(30);
  const by = (number: number, more: Partial<Decision>): Decision => ({ ...decisionOn(sample, number, { calibration: undefined, blind: undefined }), ...more });

  it('are counted with the median of what they took, decisions at once apart', () => {
    const standing = [
      ...[2000, 4000, 9000, 3000].map((elapsedMs, n) => by(n, { elapsedMs })),
      by(5, { by: 'bob', way: 'bulk' }), by(6, { by: 'bob', way: 'similar', elapsedMs: 1 }), by(7, { by: 'bob' }),
      by(8, { by: 'eve', way: 'file' }), by(9, { by: 'eve', way: 'revert' }), by(10, { by: 'eve', source: 'rule:x', way: undefined }),
    ];
    expect(peopleFigures({ standing, conflicts: new Set(['smp_1']) })).toEqual({
      byReviewer: [
        { by: 'ann', decisions: 4, atOnce: 0, medianMs: 3500, perHour: 3_600_000 / 3500 },
        { by: 'bob', decisions: 1, atOnce: 2 },
      ],
      disagreements: 1,
      adjudicated: 0,
    });
  });

  it('agree as far as a blind second look of somebody else says', () => {
    const first = Array.from({ length: 12 }, (_, n) => by(n, { ruling: n < 8 ? 'takePrediction' : 'keepLabel' }));
    const second = first.map((d, n) => ({ ...d, by: 'bob', pass: 'second' as const, blind: true, ruling: n < 6 || n === 11 ? ('takePrediction' as const) : ('keepLabel' as const) }));
    const not = [by(20, {}), { ...by(20, {}), pass: 'second' as const, blind: true }, by(21, {}), { ...by(21, {}), by: 'bob', pass: 'second' as const, blind: false }, by(22, { way: 'bulk' }), { ...by(22, {}), by: 'bob', pass: 'second' as const, blind: true }];
    const got = peopleFigures({ standing: [...first, ...second, ...not, by(23, { pass: 'adjudication' })], conflicts });
    expect(got.agreement).toEqual({ hits: 9, n: 12, ...wilson(9, 12) });
    // po = 9/12; ann 8:4, bob 7:5; pe = (8 * 7 + 4 * 5) / 144.
    expect(got.kappa?.value).toBeCloseTo((9 / 12 - 76 / 144) / (1 - 76 / 144), 12);
    expect(got.adjudicated).toBe(1);
  });
});
