import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Rng } from '../../../../src/core/random/rng.ts';
import type { Decision } from '../../../../src/core/review/decision.ts';
import { DecisionFold } from '../../../../src/core/review/foldDecisions.ts';
import { expectedValue } from '../../../../src/core/review/queue/expectedValue.ts';
import type { QueueItem } from '../../../../src/core/review/queue/queueItem.ts';
import { selectQueue } from '../../../../src/core/review/queue/selectQueue.ts';
import { labelWasWrong, wrongPriors } from '../../../../src/core/review/queue/wrongChances.ts';
import { finalVerdicts } from '../../../../src/core/rounds/verdict.ts';
import { decisionOf, factsOf, queueItem, queueSpec, reviewed } from '../../../builders/queueItems.ts';

const labelWrong = { verdict: 'LABEL_WRONG', votes: 2, agreeing: 2 } as const;
const divided = { verdict: 'LABEL_WRONG', votes: 3, agreeing: 2 } as const;
const predWrong = { verdict: 'PRED_WRONG', votes: 2, agreeing: 2 } as const;

function said(first: number, judged: Partial<QueueItem>, ...rulings: readonly Decision['ruling'][]): { readonly items: readonly QueueItem[]; readonly decisions: readonly Decision[] } {
  const items = rulings.map((_, i) => queueItem(first + i, judged));
  return { items, decisions: rulings.flatMap((ruling, i) => items.slice(i, i + 1).map((item) => decisionOf(item, ruling))) };
}

describe('the chance that a label is wrong', () => {
  it('is the prior of the verdict before anybody has decided', () => {
    for (const verdict of [...finalVerdicts, undefined]) {
      const item = queueItem(1, { verdict });
      expect(expectedValue([item], factsOf())(item).chance).toBeCloseTo(wrongPriors[verdict ?? 'unjudged'], 12);
    }
  });

  it('follows decisions on pairs of the cell, of the verdict, and on all, each level smoothing the next', () => {
    const parts = [said(1, labelWrong, 'takePrediction', 'edit', 'bothWrong', 'keepLabel'), said(10, divided, 'bothCorrect'), said(20, predWrong, 'keepLabel', 'keepLabel')];
    const items = parts.flatMap((part) => part.items);
    const valueOf = expectedValue(items, factsOf(...parts.flatMap(({ decisions }) => decisions)));
    const chance = (judged: Partial<QueueItem>): number => valueOf(queueItem(99, judged)).chance;
    // n = 7, W = 3, E = 5 · 0.75 + 2 · 0.05 = 3.85; odds times 11/11.85 · 11.15/12 = 0.862518.
    // LABEL_WRONG: 0.721258 of all; (3 + 8 · 0.721258) / 13 of the verdict; (3 + 8 · 0.674621) / 12 and 8 · 0.674621 / 9 of the cells.
    expect(chance(labelWrong)).toBeCloseTo(0.699747, 5);
    expect(chance(divided)).toBeCloseTo(0.599663, 5);
    // PRED_WRONG: 0.043424 of all; 8 · 0.043424 / 10 of the verdict; 8 · 0.034740 / 10 of the cell that was decided on.
    expect(chance(predWrong)).toBeCloseTo(0.027792, 5);
    expect(chance({ ...predWrong, agreeing: 1 })).toBeCloseTo(0.03474, 5);
    // Nothing is decided under the verdict: odds of 0.4 times the factor.
    expect(chance({ verdict: 'NO_CONSENSUS' })).toBeCloseTo(0.365084, 5);
  });

  it('goes by what the judge said at the time, and leaves out decisions on a label that the pair no longer has', () => {
    const item = queueItem(1, predWrong);
    const before = decisionOf({ ...item, labelHash: 'lbl_old' }, 'keepLabel');
    const valueOf = expectedValue([item], factsOf(before));
    expect(valueOf(queueItem(2, labelWrong)).chance).toBeCloseTo(0.75, 12);
    const judged = { ...labelWrong, judge: 'j', promptVersion: '1' };
    const informed = expectedValue([item], factsOf({ ...before, judged }));
    // n = 1, W = 0, E = 0.75: odds 3 · 8/8.75 · 8.25/9 = 2.514286, so 0.715447; 8/9 of it twice.
    expect(informed(queueItem(2, labelWrong)).chance).toBeCloseTo(0.715447 * (8 / 9) ** 2, 5);
  });

  it('is moved by looks at single pairs alone, and only by those that came to something', () => {
    const item = queueItem(1, labelWrong);
    const decisions = [decisionOf(item, 'unsure'), ...(['bulk', 'similar', 'file', 'revert'] as const).map((way) => decisionOf(item, 'keepLabel', { way })), decisionOf(item, 'edit', { source: 'rule:enum-value' })];
    for (const decision of decisions) expect(expectedValue([item], factsOf(decision))(item).chance).toBeCloseTo(0.75, 12);
    expect((['keepLabel', 'bothCorrect', 'takePrediction', 'edit', 'bothWrong', 'drop'] as const).map((ruling) => labelWasWrong({ ruling, way: undefined, source: undefined }))).toEqual([false, false, true, true, true, true]);
    expect(labelWasWrong({ ruling: 'edit', way: 'cherryPick', source: undefined })).toBe(true);
  });

  it('is always between 0 and 1, and no second look counts', () => {
    fc.assert(
      fc.property(reviewed, ({ items, facts }) => {
        const valueOf = expectedValue(items, facts);
        for (const item of items) expect(valueOf(item).chance > 0 && valueOf(item).chance < 1).toBe(true);
      }),
    );
    const item = queueItem(1, labelWrong);
    expect(expectedValue([item], factsOf(decisionOf(item, 'keepLabel', { pass: 'second' })))(item).chance).toBeCloseTo(0.75, 12);
  });
});

describe('the reason of a value', () => {
  it('says the chance, the verdict with its votes, what it rests on, and the rows that stem from the pair', () => {
    const decided = said(1, labelWrong, 'takePrediction', 'takePrediction', 'keepLabel');
    const reason = (item: QueueItem, ...decisions: readonly Decision[]): string => expectedValue(decided.items, factsOf(...decisions))(item).reason;
    const item = queueItem(9, { ...labelWrong, weight: 4 });
    expect(reason(item)).toBe('Label wrong with a chance of 75 %: LABEL_WRONG by 2 of 2 votes; nothing is decided yet, so this is the usual share. 4 rows of the next set stem from it.');
    // Odds of 3 times 10/10.25 · 8.75/9 are 0.739958; (2 + 8 · that) / 11 twice is 0.705432.
    expect(reason(item, ...decided.decisions)).toBe('Label wrong with a chance of 71 %: LABEL_WRONG by 2 of 2 votes; so it was in 2 of 3 decided pairs of this kind. 4 rows of the next set stem from it.');
    expect(reason(queueItem(9, divided), ...decided.decisions)).toContain('LABEL_WRONG by 2 of 3 votes; so it was in 2 of 3 decided pairs with this verdict, none with such votes. 1 row of the next set stems from it.');
    expect(reason(queueItem(9, { verdict: undefined, votes: 0, agreeing: 0 }), ...decided.decisions)).toContain('nobody has judged the pair; no pair with this verdict is decided, so this is the usual share, moved by 3 other decisions.');
    expect(reason(queueItem(9, { verdict: 'LABEL_WRONG', votes: 0, agreeing: 0 }))).toContain('LABEL_WRONG by a check before the judge;');
  });
});

describe('the order by value', () => {
  it('finds wrong labels earlier than the order of the file, also where the judge errs, and learns that it does', () => {
    // Under what the judge calls LABEL_WRONG hardly any label is wrong, under NO_CONSENSUS most are: the priors have it the other way round.
    const truth = { LABEL_WRONG: 0.15, NO_CONSENSUS: 0.8, PRED_WRONG: 0.05, BOTH_CORRECT: 0.1, BOTH_WRONG: 0.5 } as const;
    const rng = new Rng(7, 'value');
    const items = Array.from({ length: 1200 }, (_, number) => queueItem(number, { verdict: rng.pick(finalVerdicts), agreeing: rng.int(2) + 1 }));
    const wrong = new Set(items.filter(({ verdict }) => rng.chance(truth[verdict ?? 'PRED_WRONG'])).map(({ sampleId }) => sampleId));
    const found = (order: 'value' | 'file', learns: boolean): number => {
      const fold = new DecisionFold();
      let count = 0;
      for (let session = 0; session < 10; session++) {
        const facts = learns ? { state: fold, user: 'ann' } : factsOf();
        const queue = selectQueue(items, queueSpec(order, learns ? { state: 'undecided' } : {}), facts);
        const looked = learns ? queue.slice(0, 40) : queue.slice(40 * session, 40 * session + 40);
        count += looked.filter(({ sampleId }) => wrong.has(sampleId)).length;
        fold.add(looked.map((item) => decisionOf(item, wrong.has(item.sampleId) ? 'takePrediction' : 'keepLabel')));
      }
      return count;
    };
    const [byFile, byPrior, byValue] = [found('file', true), found('value', false), found('value', true)];
    expect(byValue).toBeGreaterThan(1.5 * byFile);
    expect(byValue).toBeGreaterThan(1.2 * byPrior);
  });
});
