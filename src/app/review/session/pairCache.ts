import type { QueueItem } from '../../../core/review/queue/queueItem.ts';
import type { ReviewItem } from '../../../protocol/review/item.ts';
import type { ReviewPair, ReviewSource } from '../reviewSource.ts';
import { plainItem } from './plainItem.ts';

export type ShownPair = { readonly pair: ReviewPair; readonly item: Omit<ReviewItem, 'decisions' | 'similar' | 'value'> };

const kept = 6;

/** The pairs around the one that is shown, read ahead, so that the next one is ready when a decision is on the disk. */
export class PairCache {
  readonly #pairs = new Map<string, Promise<ShownPair | undefined>>();

  constructor(private readonly source: ReviewSource) {}

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

  async #read({ sampleId }: QueueItem): Promise<ShownPair | undefined> {
    const pair = await this.source.pair(sampleId);
    return pair === undefined ? undefined : { pair, item: plainItem(pair) };
  }
}
