import { DecisionFold } from '../../src/core/review/foldDecisions.ts';
import { expectedValue } from '../../src/core/review/queue/expectedValue.ts';
import type { QueueItem } from '../../src/core/review/queue/queueItem.ts';
import { Rng } from '../../src/core/random/rng.ts';
import type { Verdict } from '../../src/core/rounds/verdict.ts';
import { actionOf, type Ruled } from './protocols.ts';
import type { TrueCase } from './records.ts';
import type { Votes } from './simulatedVotes.ts';

export type Reviewed = 'expected value' | 'without a verdict' | 'divided votes';

/**
 * People, who are right, look at a share of the cases: those of the highest expected value by the review's own estimate, before
 * anybody has decided anything, those that the votes leave without a verdict, or those that a divided vote keeps. Where both sides are wrong the sample goes.
 */
export function withPeople(cases: readonly TrueCase[], ruled: readonly Ruled[], share: number, which: Reviewed, seed: number): readonly Ruled[] {
  const order = new Rng('people', seed).shuffle(cases.map((_, i) => i));
  const items = cases.map((one, i) => itemOf(one, ruled[i]));
  const valueOf = expectedValue(items, { state: new DecisionFold(), user: 'people' });
  const ranks: Readonly<Record<Reviewed, (item: QueueItem, one: Ruled | undefined) => number>> = {
    'expected value': (item) => valueOf(item).chance * item.weight,
    'without a verdict': (_item, one) => Number(one?.verdict === 'NO_CONSENSUS' && one.action === 'drop'),
    'divided votes': (item, one) => Number(item.agreeing < item.votes && one?.action !== 'drop'),
  };
  const rank = items.map((item, i) => ranks[which](item, ruled[i]));
  const chosen = new Set(order.sort((a, b) => (rank[b] ?? 0) - (rank[a] ?? 0)).slice(0, Math.round(share * cases.length)));
  return ruled.map((one, i) => (chosen.has(i) ? { ...one, action: actionOf(cases[i]?.truth ?? 'BOTH_WRONG') } : one));
}

function itemOf({ verifyCase: { sample } }: TrueCase, ruled: Ruled | undefined): QueueItem {
  return {
    sampleId: sample.id, labelHash: sample.labelHash, predictionHash: undefined, family: sample.family, origin: 'seed', file: undefined, record: undefined, outcome: 'MISMATCH', ppl: undefined,
    tools: [], kinds: [], shape: '', rules: [], verdict: ruled?.verdict, judge: undefined, promptVersion: undefined, votes: ruled?.votes ?? 0, agreeing: ruled?.agreeing ?? 0, weight: 1, text: '',
  };
}

/**
 * The fewest wrong labels that any rule could leave that sees two votes, and a third on whatever they differ in, and keeps a
 * share of the samples: it knows how often either side is wrong under each pattern of votes, which no real one does. Patterns
 * are taken in the order of how few errors they bring. Beside it no rule is left to look for.
 */
export function fewestWrong(seeds: readonly { readonly cases: readonly TrueCase[]; readonly votes: readonly Votes[] }[], keptAtLeast: number): number {
  const patterns = new Map<string, { n: number; label: number; prediction: number }>();
  for (const { cases, votes } of seeds) {
    cases.forEach((one, i) => {
      const pattern = patternOf(one, votes[i]);
      const counts = patterns.get(pattern) ?? { n: 0, label: 0, prediction: 0 };
      patterns.set(pattern, counts);
      counts.n++;
      if (one.truth === 'LABEL_WRONG' || one.truth === 'BOTH_WRONG') counts.label++;
      if (one.truth === 'PRED_WRONG' || one.truth === 'BOTH_WRONG') counts.prediction++;
    });
  }
  let [kept, wrong] = [0, 0];
  const rates = [...patterns.values()].map(({ n, label, prediction }) => ({ n, rate: Math.min(label, prediction) / n })).sort((a, b) => a.rate - b.rate);
  for (const { n, rate } of rates) {
    const take = Math.min(n, keptAtLeast - kept);
    if (take <= 0) break;
    kept += take;
    wrong += take * rate;
  }
  return wrong;
}

function patternOf({ checked, known }: TrueCase, votes: Votes | undefined): string {
  if (checked !== undefined || votes === undefined) return `checked ${checked?.verdict ?? ''}`;
  const [first, second]: readonly (Verdict | undefined)[] = [votes.LP('LP'), votes.PL('PL')];
  const third = first === second ? 'none' : votes.third(first === undefined ? 'LP' : 'PL');
  return [known.label, known.predictionFault !== undefined, first, second, third].map(String).join(' ');
}
