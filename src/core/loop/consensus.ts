import type { AnswerOrder } from '../llm/prompts/judge.ts';
import type { Verdict } from '../rounds/verdict.ts';

/** One vote as it counts: what it says of the pair, undefined where it could not be read. */
export type Ballot = { readonly order: AnswerOrder; readonly verdict: Verdict | undefined };

export type Consensus = {
  readonly verdict: Verdict | undefined;
  /** Votes for the verdict; without one, 1 where anything could be read. */
  readonly agreeing: number;
  /** No verdict, but two votes that hold the label right: they differ over the prediction alone. */
  readonly labelStands: boolean;
};

/**
 * What the votes come to (docs/judge.md, and docs/judge-experiment.md for the reasons). Two equal votes are a verdict, but
 * LABEL_WRONG, which destroys a label, needs one of them in either order: a judge that prefers a place says LABEL_WRONG in one
 * order as often as it is asked, and never in the other. `third` counts only where the first two leave something to settle.
 */
export function consensus(first: Ballot, second: Ballot, third?: Ballot): Consensus {
  const ballots = third !== undefined && wantsThird(first.verdict, second.verdict) ? [first, second, third] : [first, second];
  for (const { verdict } of ballots) {
    const same = verdict === undefined ? [] : ballots.filter((ballot) => ballot.verdict === verdict);
    if (same.length < 2) continue;
    if (verdict === 'LABEL_WRONG' && same.every(({ order }) => order === same[0]?.order)) continue;
    return { verdict, agreeing: same.length, labelStands: false };
  }
  const readable = ballots.some(({ verdict }) => verdict !== undefined);
  return { verdict: undefined, agreeing: readable ? 1 : 0, labelStands: ballots.filter(({ verdict }) => holdsLabelRight(verdict)).length >= 2 };
}

/**
 * Whether a third vote can settle what two leave open. Not where both hold the label right: the sample is kept with it whatever
 * is found out about the prediction. Not where neither could be read: one more cannot make two.
 */
export function wantsThird(first: Verdict | undefined, second: Verdict | undefined): boolean {
  if (first === undefined && second === undefined) return false;
  return first !== second && !(holdsLabelRight(first) && holdsLabelRight(second));
}

/**
 * The order of a third vote. Where the first vote could not be read, its order; where only the prediction-first vote says
 * LABEL_WRONG, the other one, so that a second LABEL_WRONG would be of either order. Else with the prediction first, and so too
 * where either order prefers the answer that stands first: asked like that again, a judge that only prefers the place says
 * LABEL_WRONG, which counts for nothing in one order, and cannot bear out a label that it never looked at.
 */
export function thirdOrder(first: Verdict | undefined, second: Verdict | undefined): AnswerOrder {
  return first === undefined || (second === 'LABEL_WRONG' && first !== 'PRED_WRONG') ? 'LP' : 'PL';
}

function holdsLabelRight(verdict: Verdict | undefined): boolean {
  return verdict === 'PRED_WRONG' || verdict === 'BOTH_CORRECT';
}
