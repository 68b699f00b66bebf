import { cellOf } from './cell.ts';
import type { QueueFacts } from './queueFacts.ts';
import type { QueueItem } from './queueItem.ts';
import { wrongChances, type WrongChance } from './wrongChances.ts';

/** What a look at a pair is worth: the chance that its label is wrong times the rows of the next set that stem from it. */
export type ExpectedValue = {
  readonly chance: number;
  readonly weight: number;
  /** The two in words, with what the chance rests on; English. */
  readonly reason: string;
};

/** Expected values as of now; see `wrongChances` for the estimate. */
export function expectedValue(items: readonly QueueItem[], facts: QueueFacts): (item: QueueItem) => ExpectedValue {
  const chances = wrongChances(items, facts);
  return (item) => {
    // The cast: there is one for every cell.
    const found = chances[cellOf(item)] as WrongChance;
    return { chance: found.chance, weight: item.weight, reason: `${chancePart(found)}: ${verdictPart(item)}; ${evidencePart(found)}. ${rowsPart(item)}` };
  };
}

function chancePart({ chance }: WrongChance): string {
  return `Label wrong with a chance of ${percent(chance)}`;
}

function verdictPart({ verdict, votes, agreeing }: QueueItem): string {
  if (verdict === undefined) return 'nobody has judged the pair';
  if (votes === 0) return `${verdict} by a check before the judge`;
  return `${verdict} by ${agreeing} of ${votes} ${votes === 1 ? 'vote' : 'votes'}`;
}

function evidencePart({ cell, verdict, all }: WrongChance): string {
  if (cell.decided > 0) return `so it was in ${cell.wrong} of ${cell.decided} decided pairs of this kind`;
  if (verdict.decided > 0) return `so it was in ${verdict.wrong} of ${verdict.decided} decided pairs with this verdict, none with such votes`;
  if (all.decided > 0) return `no pair with this verdict is decided, so this is the usual share, moved by ${all.decided} other decisions`;
  return 'nothing is decided yet, so this is the usual share';
}

function rowsPart({ weight }: QueueItem): string {
  return weight === 1 ? '1 row of the next set stems from it.' : `${weight} rows of the next set stem from it.`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
