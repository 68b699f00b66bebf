import { consensus, thirdOrder, wantsThird, type Ballot } from '../../src/core/loop/consensus.ts';
import { supposedVerdict } from '../../src/core/loop/judgement.ts';
import type { FinalVerdict, Verdict } from '../../src/core/rounds/verdict.ts';
import type { TrueCase } from './records.ts';
import type { Votes } from './simulatedVotes.ts';

/** What becomes of a sample: its label is kept, the prediction takes its place, or the next set goes without it. */
export type Action = 'keep' | 'replace' | 'drop';

export type Ruled = { readonly action: Action; readonly calls: number; readonly verdict: FinalVerdict; readonly votes: number; readonly agreeing: number };
export type Protocol = (one: TrueCase, votes: Votes) => Ruled;

export function actionOf(verdict: FinalVerdict, labelStands = false): Action {
  if (verdict === 'PRED_WRONG' || verdict === 'BOTH_CORRECT' || labelStands) return 'keep';
  return verdict === 'LABEL_WRONG' ? 'replace' : 'drop';
}

/** One vote with the label first decides everything; no rule stands before it. Text against text, which it leaves out, is judged here as well. */
export const published: Protocol = (_one, votes) => {
  const verdict = votes.LP('LP') ?? 'NO_CONSENSUS';
  return { action: actionOf(verdict), calls: 1, verdict, votes: 1, agreeing: 1 };
};

type Settle = (first: Ballot, second: Ballot, votes: Votes, heard: (verdict: Verdict | undefined) => Verdict | undefined) => Omit<Ruled, 'action'> & { readonly stands: boolean };

function inBothOrders(settle: Settle, unsettled: Action = 'drop'): Protocol {
  return (one, votes) => {
    if (one.checked !== undefined) return { action: actionOf(one.checked.verdict), calls: 0, verdict: one.checked.verdict, votes: 0, agreeing: 0 };
    const heard = (verdict: Verdict | undefined): Verdict | undefined => supposedVerdict({ verdict: verdict ?? 'UNPARSED' }, one.known);
    const { stands, ...ruled } = settle({ order: 'LP', verdict: heard(votes.LP('LP')) }, { order: 'PL', verdict: heard(votes.PL('PL')) }, votes, heard);
    return { ...ruled, action: ruled.verdict === 'NO_CONSENSUS' && !stands ? unsettled : actionOf(ruled.verdict, stands) };
  };
}

const settled = (first: Ballot, second: Ballot, third?: Ballot): ReturnType<Settle> => {
  const { verdict, agreeing, labelStands } = consensus(first, second, third);
  const votes = third === undefined ? 2 : 3;
  return { verdict: verdict ?? 'NO_CONSENSUS', agreeing, stands: labelStands, calls: votes, votes };
};

const withThird = (slot: 'third' | 'second'): Settle => (first, second, votes, heard) => {
  if (!wantsThird(first.verdict, second.verdict)) return settled(first, second);
  const order = thirdOrder(first.verdict, second.verdict);
  return settled(first, second, { order, verdict: heard(votes[slot](order)) });
};

/** Both orders, everything that they disagree on dropped. */
export const dropAll = inBothOrders((first, second) => ({ ...settled(first, second), stands: false }));
/** verify.thirdVote: off, same, second. */
export const noThird = inBothOrders((first, second) => settled(first, second));
export const sameThird = inBothOrders(withThird('third'));
export const secondThird = inBothOrders(withThird('second'));
/** The default, but what stays without a verdict keeps its label. */
export const keepUnsettled = inBothOrders(withThird('third'), 'keep');
/** The default, but the label that stands is no reason to keep a sample. */
export const noStanding = inBothOrders((first, second, votes, heard) => ({ ...withThird('third')(first, second, votes, heard), stands: false }));
/** A third vote on every disagreement, and two equal votes of three decide, also where they are of one order. */
export const plainMajority = inBothOrders((first, second, votes, heard) => {
  if (first.verdict !== undefined && first.verdict === second.verdict) return settled(first, second);
  const third = heard(votes.third('PL'));
  const verdict = third !== undefined && (third === first.verdict || third === second.verdict) ? third : 'NO_CONSENSUS';
  return { verdict, agreeing: verdict === 'NO_CONSENSUS' ? 1 : 2, stands: false, calls: 3, votes: 3 };
});
/** The default, but a prediction with a fault settles the pair in favour of the label, without the judge. */
export const faultSettles: Protocol = (one, votes) =>
  one.checked === undefined && one.known.predictionFault !== undefined ? { action: 'keep', calls: 0, verdict: 'PRED_WRONG', votes: 0, agreeing: 0 } : sameThird(one, votes);
/** The default, but where the prediction has a fault one vote, with the prediction first, rules on the label. */
export const faultOneVote: Protocol = (one, votes) => {
  if (one.checked !== undefined || one.known.predictionFault === undefined) return sameThird(one, votes);
  const verdict = supposedVerdict({ verdict: votes.PL('PL') ?? 'UNPARSED' }, one.known) ?? 'NO_CONSENSUS';
  return { action: actionOf(verdict), calls: 1, verdict, votes: 1, agreeing: 1 };
};
/** The second judge takes the prediction-first order from the start; the first one's third vote settles. */
export const sharedOrders: Protocol = (one, votes) => sameThird(one, { ...votes, PL: votes.second });
/** The default behind a closed gate: what is called wrong goes to the review, and the next set goes without it. */
export const gateClosed: Protocol = (one, votes) => {
  const ruled = sameThird(one, votes);
  return ruled.action === 'replace' ? { ...ruled, action: 'drop' } : ruled;
};
/** Two models, one in each order, and nobody settles: neither has a second word. */
export const twoJudges: Protocol = (one, votes) => noThird(one, { ...votes, PL: votes.second });
