import type { Decision } from '../decision.ts';
import type { DecisionState } from '../decisionState.ts';
import type { QueueItem } from './queueItem.ts';

/** What people have said so far, and who asks. */
export type QueueFacts = { readonly state: DecisionState; readonly user: string };

/** The decision in force for the very label of a pair; one on another label of the sample says nothing about it. */
export function decisionOn({ sampleId, labelHash }: Pick<QueueItem, 'sampleId' | 'labelHash'>, { state }: QueueFacts): Decision | undefined {
  const decision = state.inForce.get(sampleId);
  return decision?.labelHash === labelHash ? decision : undefined;
}

/** Pairs by the two that name them, for lookups in sets. */
export function pairKey({ sampleId, labelHash }: Pick<QueueItem, 'sampleId' | 'labelHash'>): string {
  return `${sampleId} ${labelHash}`;
}
