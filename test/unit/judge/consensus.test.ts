import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { consensus, thirdOrder, wantsThird, type Ballot } from '../../../src/core/loop/consensus.ts';
import { verdicts, type Verdict } from '../../../src/core/rounds/verdict.ts';

const lp = (verdict: Verdict | undefined): Ballot => ({ order: 'LP', verdict });
const pl = (verdict: Verdict | undefined): Ballot => ({ order: 'PL', verdict });
const said = fc.constantFrom<Verdict | undefined>(...verdicts, undefined);
const ballot = fc.record({ order: fc.constantFrom('LP' as const, 'PL' as const), verdict: said });

describe('votes', () => {
  const table: readonly (readonly [string, readonly [Ballot, Ballot, Ballot?], Verdict | undefined, number, boolean])[] = [
    ['both orders agree', [lp('BOTH_WRONG'), pl('BOTH_WRONG')], 'BOTH_WRONG', 2, false],
    ['they disagree, and nobody else was asked', [lp('PRED_WRONG'), pl('LABEL_WRONG')], undefined, 1, false],
    ['both hold the label right', [lp('PRED_WRONG'), pl('BOTH_CORRECT')], undefined, 1, true],
    ['the third sides with the other order', [lp('LABEL_WRONG'), pl('PRED_WRONG'), pl('LABEL_WRONG')], 'LABEL_WRONG', 2, false],
    ['the third repeats LABEL_WRONG in the same order', [lp('PRED_WRONG'), pl('LABEL_WRONG'), pl('LABEL_WRONG')], undefined, 1, false],
    ['the third finds against the place that was preferred', [lp('PRED_WRONG'), pl('LABEL_WRONG'), pl('PRED_WRONG')], 'PRED_WRONG', 2, false],
    ['the third makes two that hold the label right', [lp('PRED_WRONG'), pl('BOTH_WRONG'), pl('BOTH_CORRECT')], undefined, 1, true],
    ['all three differ', [lp('LABEL_WRONG'), pl('BOTH_WRONG'), pl('PRED_WRONG')], undefined, 1, false],
    ['the third stands in for one that could not be read', [lp(undefined), pl('LABEL_WRONG'), lp('LABEL_WRONG')], 'LABEL_WRONG', 2, false],
    ['none can be read', [lp(undefined), pl(undefined), pl('PRED_WRONG')], undefined, 0, false],
    ['a third that was not wanted', [lp('BOTH_CORRECT'), pl('PRED_WRONG'), pl('PRED_WRONG')], undefined, 1, true],
  ];
  it.each(table)('%s', (_name, [first, second, third], verdict, agreeing, labelStands) => {
    expect(consensus(first, second, third)).toEqual({ verdict, agreeing, labelStands });
  });

  it('never destroy a label on the word of one order', () => {
    fc.assert(
      fc.property(said, said, fc.option(ballot, { nil: undefined }), (a, b, third) => {
        const all = [lp(a), pl(b), ...(third === undefined ? [] : [third])];
        if (consensus(lp(a), pl(b), third).verdict !== 'LABEL_WRONG') return;
        for (const order of ['LP', 'PL']) expect(all.some((one) => one.order === order && one.verdict === 'LABEL_WRONG')).toBe(true);
      }),
    );
  });

  it('are a verdict only where two are equal, and keep a label only where two hold it right', () => {
    fc.assert(
      fc.property(said, said, fc.option(ballot, { nil: undefined }), (a, b, third) => {
        const { verdict, labelStands } = consensus(lp(a), pl(b), third);
        const all = [a, b, third?.verdict];
        if (verdict !== undefined) expect(all.filter((one) => one === verdict).length).toBeGreaterThanOrEqual(2);
        if (labelStands) expect(all.filter((one) => one === 'PRED_WRONG' || one === 'BOTH_CORRECT').length).toBeGreaterThanOrEqual(2);
        expect(verdict !== undefined && labelStands).toBe(false);
      }),
    );
  });

  it('want a third only where it could change what becomes of the sample', () => {
    expect([wantsThird('PRED_WRONG', 'PRED_WRONG'), wantsThird('PRED_WRONG', 'BOTH_CORRECT'), wantsThird(undefined, undefined)]).toEqual([false, false, false]);
    expect([wantsThird('PRED_WRONG', 'LABEL_WRONG'), wantsThird('LABEL_WRONG', 'BOTH_CORRECT'), wantsThird('LABEL_WRONG', 'BOTH_WRONG'), wantsThird(undefined, 'BOTH_WRONG')]).toEqual([true, true, true, true]);
  });

  it('ask the third so that it can bear out what the first two say', () => {
    expect([thirdOrder('PRED_WRONG', 'LABEL_WRONG'), thirdOrder('LABEL_WRONG', 'PRED_WRONG'), thirdOrder('BOTH_WRONG', 'LABEL_WRONG'), thirdOrder(undefined, 'PRED_WRONG'), thirdOrder('BOTH_WRONG', undefined)]).toEqual(['PL', 'PL', 'LP', 'LP', 'PL']);
  });
});
