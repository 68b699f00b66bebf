import type { Decision, Ruling } from '../decision.ts';
import { PreparedItems } from './preparedItems.ts';
import { decisionOn, type QueueFacts } from './queueFacts.ts';
import type { QueueItem } from './queueItem.ts';

/**
 * Undecided others of `items` with the same difference as a decided pair, in their order; none where `items` does not hold
 * the pair with the label that was decided on. The first call with an array sorts it by shape, later ones look it up.
 */
export function similarTo(items: readonly QueueItem[], decision: Pick<Decision, 'sampleId' | 'labelHash'>, facts: QueueFacts): readonly QueueItem[] {
  const prepared = PreparedItems.of(items);
  const index = prepared.indexOfPair(decision);
  const decided = index === undefined ? undefined : items[index];
  if (decided === undefined) return [];
  return (prepared.sameShape.get(decided.shape) ?? []).filter((item) => item.sampleId !== decided.sampleId && decisionOn(item, facts) === undefined);
}

/** Whether a ruling can be given to a pair as it is: without a complete answer there is no prediction to take or to accept. */
export function applicable(ruling: Ruling, item: Pick<QueueItem, 'predictionHash'>): boolean {
  if (ruling === 'edit') return false;
  return (ruling !== 'takePrediction' && ruling !== 'bothCorrect') || item.predictionHash !== undefined;
}
