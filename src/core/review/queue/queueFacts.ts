import type { Decision } from '../decision.ts';
import type { DecisionState } from '../decisionState.ts';
import { PreparedItems } from './preparedItems.ts';
import type { QueueItem } from './queueItem.ts';

/** What people have said so far, and who asks. */
export type QueueFacts = { readonly state: DecisionState; readonly user: string };

/** The decision in force for the very label of a pair; one on another label of the sample says nothing about it. */
export function decisionOn({ sampleId, labelHash }: Pick<QueueItem, 'sampleId' | 'labelHash'>, { state }: QueueFacts): Decision | undefined {
  const decision = state.inForce.get(sampleId);
  return decision?.labelHash === labelHash ? decision : undefined;
}

/** The same of all pairs at once, by index: 1 where `wants` takes the decision in force. It costs what decisions there are, not what pairs. */
export function marksOfDecided(items: readonly QueueItem[], { state }: QueueFacts, wants?: (decision: Decision) => boolean): Uint8Array {
  return marksOf(items, state.inForce.values(), wants);
}

/** By index 1 for each pair that one of the decisions is on that `wants` takes. */
export function marksOf(items: readonly QueueItem[], decisions: Iterable<Decision>, wants?: (decision: Decision) => boolean): Uint8Array {
  const prepared = PreparedItems.of(items);
  const marks = new Uint8Array(items.length);
  for (const decision of decisions) {
    const index = wants?.(decision) === false ? undefined : prepared.indexOfPair(decision);
    if (index !== undefined) marks[index] = 1;
  }
  return marks;
}
