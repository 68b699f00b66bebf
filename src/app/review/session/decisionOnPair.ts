import type { Decision } from '../../../core/review/decision.ts';
import type { DecisionState } from '../../../core/review/decisionState.ts';
import type { QueueItem } from '../../../core/review/queue/queueItem.ts';

export function decisionOnPair({ sampleId, labelHash }: QueueItem, state: DecisionState): Decision | undefined {
  const decision = state.inForce.get(sampleId);
  return decision?.labelHash === labelHash ? decision : undefined;
}
