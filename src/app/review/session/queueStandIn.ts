import type { DecisionState } from '../../../core/review/decisionState.ts';
import type { QueueItem } from '../../../core/review/queue/queueItem.ts';
import type { QueueFilter, QueueOrder } from '../../../core/review/queue/queueSpec.ts';
import type { Facets } from '../../../protocol/review/messages.ts';

/** Stands in for core/review/queue until it lands. */
export type QueueFacts = { readonly state: DecisionState; readonly user: string };

export function filterOf(items: readonly QueueItem[], filter: QueueFilter, { state }: QueueFacts): (index: number) => boolean {
  return (index) => {
    const item = items[index];
    if (item === undefined) return false;
    const decided = state.inForce.get(item.sampleId)?.labelHash === item.labelHash;
    if (filter.state === 'conflict' ? !state.conflicts.has(item.sampleId) : filter.state !== 'all' && decided !== (filter.state === 'decided')) return false;
    if (filter.verdicts !== undefined && !filter.verdicts.includes(item.verdict ?? 'unjudged')) return false;
    if (filter.shape !== undefined && filter.shape !== item.shape) return false;
    return filter.tools === undefined || filter.tools.some((tool) => item.tools.includes(tool));
  };
}

export function orderedIndices(items: readonly QueueItem[], passes: (index: number) => boolean, _order: QueueOrder, _facts: QueueFacts): Uint32Array {
  return Uint32Array.from(items.keys()).filter(passes);
}

export function facetsOf(_items: readonly QueueItem[], _facts: QueueFacts): Facets {
  return { verdicts: [], outcomes: [], tools: [], kinds: [], rules: [], origins: [], people: [], states: [] };
}

export function expectedValue(_items: readonly QueueItem[], _facts: QueueFacts): (item: QueueItem) => { readonly chance: number; readonly weight: number; readonly reason: string } {
  return ({ weight }) => ({ chance: 0.5, weight, reason: '' });
}
