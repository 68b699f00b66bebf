import type { Decision } from '../decision.ts';
import { cellCount, cellOf, verdictCells, verdictOfCell, type JudgedPair, type VerdictCell } from './cell.ts';
import { PreparedItems } from './preparedItems.ts';
import type { QueueFacts } from './queueFacts.ts';
import type { QueueItem } from './queueItem.ts';

/**
 * What is believed before anybody has decided anything: how often the label is wrong under a verdict. They are guesses of
 * the order, not measurements; some dozen decisions outweigh them.
 */
export const wrongPriors: Readonly<Record<VerdictCell, number>> = {
  LABEL_WRONG: 0.75,
  BOTH_WRONG: 0.6,
  NO_CONSENSUS: 0.4,
  unjudged: 0.3,
  BOTH_CORRECT: 0.1,
  PRED_WRONG: 0.05,
};

/** Decisions that a prior weighs as much as. */
const strength = 8;

/** Decided pairs, and those of them whose label was wrong. */
export type Tally = { readonly decided: number; readonly wrong: number };
export type WrongChance = { readonly chance: number; readonly cell: Tally; readonly verdict: Tally; readonly all: Tally };

type Counts = { decided: number; wrong: number };


/**
 * The chance that a pair's label is wrong, by the number of its cell: verdict, and whether the votes were unanimous. Three levels, each a
 * Beta-smoothed rate whose prior, worth 8 decisions, is the level above:
 * - all: the prior of the verdict with its odds times `(W+8)/(E+8) · (n-E+8)/(n-W+8)`, where W of all n decided labels were
 *   wrong and E is how many the priors of their verdicts expected;
 * - verdict: `(wrong + 8 · all) / (decided + 8)` over the decisions under the verdict;
 * - cell: `(wrong + 8 · verdict) / (decided + 8)` over those of the cell.
 */
export function wrongChances(items: readonly QueueItem[], facts: QueueFacts): readonly WrongChance[] {
  const cells = Array.from({ length: cellCount }, noCounts);
  const verdicts = Array.from(verdictCells, noCounts);
  const all = noCounts();
  let expected = 0;
  for (const decision of facts.state.inForce.values()) {
    const wrong = labelWasWrong(decision);
    const judged = wrong === undefined ? undefined : judgedOf(decision, items);
    if (wrong === undefined || judged === undefined) continue;
    const cell = cellOf(judged);
    expected += wrongPriors[verdictOfCell(cell)];
    for (const counts of [all, verdicts[cell >> 1], cells[cell]]) {
      if (counts === undefined) continue;
      counts.decided++;
      if (wrong) counts.wrong++;
    }
  }
  const oddsFactor = ((all.wrong + strength) / (expected + strength)) * ((all.decided - expected + strength) / (all.decided - all.wrong + strength));
  return cells.map((cell, number) => {
    const verdict = verdicts[number >> 1] ?? noCounts();
    return { chance: smoothed(cell, smoothed(verdict, timesOdds(wrongPriors[verdictOfCell(number)], oddsFactor))), cell, verdict, all };
  });
}

/**
 * Whether a decision says that the label was wrong; undefined where it says nothing that can be counted: nobody was sure,
 * many pairs at once, or a label saved in a file, of which only the wrong ones leave a decision. A dropped sample counts as
 * one with a wrong label: its row is not to be trained on either.
 */
export function labelWasWrong({ ruling, way, source }: Pick<Decision, 'ruling' | 'way' | 'source'>): boolean | undefined {
  const how = way ?? (source === undefined ? 'single' : 'file');
  if (ruling === 'unsure' || how === 'bulk' || how === 'similar' || how === 'file' || how === 'revert') return undefined;
  return ruling !== 'keepLabel' && ruling !== 'bothCorrect';
}

/** What the judge had said at the time, else what it says of the pair now, if the label is still the same. */
function judgedOf(decision: Decision, items: readonly QueueItem[]): JudgedPair | undefined {
  if (decision.judged !== undefined) return decision.judged;
  const index = PreparedItems.of(items).indexOfPair(decision);
  return index === undefined ? undefined : items[index];
}

function noCounts(): Counts {
  return { decided: 0, wrong: 0 };
}

function smoothed({ decided, wrong }: Tally, prior: number): number {
  return (wrong + strength * prior) / (decided + strength);
}

function timesOdds(chance: number, factor: number): number {
  const odds = (chance / (1 - chance)) * factor;
  return odds / (1 + odds);
}
