import { filterMask } from './filterItems.ts';
import { orderedIndices } from './orderItems.ts';
import { marksOfDecided, type QueueFacts } from './queueFacts.ts';
import type { QueueItem } from './queueItem.ts';
import type { QueueFilter, QueueSpec } from './queueSpec.ts';

/**
 * The pairs that a queue shows, in its order. It is made when the queue is set, not on each decision: an order that jumped
 * while a person decides would show pairs twice or never. `items` must be the same array while nothing changed, and must
 * not be changed in place: what is worked out of it once is kept with it.
 */
export function selectQueue(items: readonly QueueItem[], spec: QueueSpec, facts: QueueFacts): readonly QueueItem[] {
  const indices = orderedIndices(items, filterMask(items, spec.filter, facts), spec.order, facts);
  // The cast: indices come from the array itself.
  return Array.from(indices, (index) => items[index] as QueueItem);
}

/** How many pairs a filter lets pass, and how many of them have no decision in force. */
export function countQueue(items: readonly QueueItem[], filter: QueueFilter, facts: QueueFacts): { readonly count: number; readonly undecided: number } {
  const mask = filterMask(items, filter, facts);
  const decided = marksOfDecided(items, facts);
  let [count, undecided] = [0, 0];
  mask.forEach((passes, index) => {
    count += passes;
    if (passes === 1 && decided[index] === 0) undecided++;
  });
  return { count, undecided };
}
