import { filterMask } from '../../../core/review/queue/filterItems.ts';
import { decisionOn, type QueueFacts } from '../../../core/review/queue/queueFacts.ts';
import type { QueueItem } from '../../../core/review/queue/queueItem.ts';
import type { QueueSpec, SavedQueue } from '../../../core/review/queue/queueSpec.ts';

export type CountedQueue = SavedQueue & { readonly count: number; readonly undecided: number };

type Counted = { readonly queue: SavedQueue; readonly members: Uint8Array; count: number; undecided: number };

/**
 * Saved queues with their counts. They are counted when the list of a session is made; after that a decision changes them by
 * what it touches. Conditions on who decided what are looked at again only when they are counted anew.
 */
export class SavedCounts {
  #counted: Counted[] = [];
  #decided = new Uint8Array(0);
  #shown: readonly CountedQueue[] | undefined;

  constructor(private readonly facts: QueueFacts) {}

  recount(queues: readonly SavedQueue[], items: readonly QueueItem[]): void {
    this.#shown = undefined;
    if (queues.length === 0) {
      this.#counted = [];
      return;
    }
    this.#decided = Uint8Array.from(items, (item) => (decisionOn(item, this.facts) === undefined ? 0 : 1));
    this.#counted = queues.map((queue) => this.#count(queue, items));
  }

  update(samples: Iterable<string>, items: readonly QueueItem[], index: ReadonlyMap<string, number>): void {
    if (this.#counted.length === 0) return;
    this.#shown = undefined;
    for (const sampleId of samples) {
      const at = index.get(sampleId);
      const item = at === undefined ? undefined : items[at];
      if (at === undefined || item === undefined) continue;
      const [before, now] = [this.#decided[at] ?? 0, decisionOn(item, this.facts) === undefined ? 0 : 1];
      this.#decided[at] = now;
      for (const counted of this.#counted) if (counted.members[at] === 1) counted.undecided += before - now;
    }
  }

  get queues(): readonly CountedQueue[] {
    return (this.#shown ??= this.#counted.map(({ queue, count, undecided }) => ({ ...queue, count: shownCount(queue.spec, count, undecided), undecided: queue.spec.filter.state === 'decided' ? 0 : undecided })));
  }

  #count(queue: SavedQueue, items: readonly QueueItem[]): Counted {
    const { state } = queue.spec.filter;
    const members = filterMask(items, { ...queue.spec.filter, state: state === 'conflict' ? 'conflict' : 'all' }, this.facts);
    let count = 0;
    let undecided = 0;
    for (let i = 0; i < items.length; i++) {
      if (members[i] !== 1) continue;
      count++;
      if (this.#decided[i] === 0) undecided++;
    }
    return { queue, members, count, undecided };
  }
}

function shownCount({ filter: { state } }: QueueSpec, count: number, undecided: number): number {
  if (state === 'undecided') return undecided;
  return state === 'decided' ? count - undecided : count;
}
