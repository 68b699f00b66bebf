import type { QueueItem } from '../../../core/review/queue/queueItem.ts';
import type { ActiveRule } from '../../../core/rules/settings.ts';
import type { ReviewItem } from '../../../protocol/review/item.ts';
import { reviewItem } from '../reviewItem.ts';
import type { ReviewPair, ReviewSource } from '../reviewSource.ts';

/** `item` is what does not depend on decisions: findings and sources of values take their time. */
export type ShownPair = { readonly pair: ReviewPair; readonly item: Omit<ReviewItem, 'decisions' | 'similar' | 'value'> };

const noDecisions = { standingOf: () => [], inForce: new Map<string, never>() };

const kept = 6;

/** The pairs around the one that is shown, read ahead, so that the next one is ready when a decision is on the disk. */
export class PairCache {
  readonly #pairs = new Map<string, Promise<ShownPair | undefined>>();

  constructor(
    private readonly source: ReviewSource,
    private readonly active: readonly ActiveRule[] | undefined,
  ) {}

  /** Undefined where the sample is gone. */
  async get(item: QueueItem): Promise<ShownPair | undefined> {
    const key = `${item.sampleId} ${item.labelHash}`;
    const known = this.#pairs.get(key);
    const pair = known ?? this.#read(item);
    this.#pairs.delete(key);
    this.#pairs.set(key, pair);
    for (const oldest of this.#pairs.keys()) {
      if (this.#pairs.size <= kept) break;
      this.#pairs.delete(oldest);
    }
    try {
      return await pair;
    } catch (error) {
      // The next look reads it again.
      this.#pairs.delete(key);
      throw error;
    }
  }

  clear(): void {
    this.#pairs.clear();
  }

  async #read(entry: QueueItem): Promise<ShownPair | undefined> {
    const pair = await this.source.pair(entry.sampleId);
    if (pair === undefined) return undefined;
    const { decisions: _decisions, similar: _similar, ...item } = reviewItem(pair, entry, { state: noDecisions, similar: 0, ...(this.active === undefined ? {} : { active: this.active }) });
    return { pair, item };
  }
}
