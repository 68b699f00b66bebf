import type { RowAllocator } from './rowAllocator.ts';

/** Cache rows of tokens that several sequences begin with. `filled` of them are computed. */
export type PrefixBlock = {
  readonly key: string;
  readonly start: number;
  readonly length: number;
  filled: number;
  users: number;
};

/** Prefixes by their tokens. Unused ones stay until their rows are needed, the least recently used going first. */
export class PrefixCache {
  /** Order is order of use, the oldest first. */
  private readonly blocks = new Map<string, PrefixBlock>();

  constructor(private readonly allocator: RowAllocator) {}

  /** The block of these tokens with one user more, or undefined when there is no room for it. */
  acquire(tokens: readonly number[]): PrefixBlock | undefined {
    const key = tokens.join(' ');
    const block = this.blocks.get(key) ?? this.make(key, tokens.length);
    if (!block) return undefined;
    block.users++;
    this.blocks.delete(key);
    this.blocks.set(key, block);
    return block;
  }

  release(block: PrefixBlock): void {
    block.users--;
  }

  /** Takes `rows` rows, giving up unused prefixes for them. */
  takeRows(rows: number): number | undefined {
    for (;;) {
      const start = this.allocator.take(rows);
      if (start !== undefined || !this.evictOldest()) return start;
    }
  }

  dropUnused(): void {
    while (this.evictOldest());
  }

  private make(key: string, length: number): PrefixBlock | undefined {
    const start = this.takeRows(length);
    return start === undefined ? undefined : { key, start, length, filled: 0, users: 0 };
  }

  private evictOldest(): boolean {
    for (const block of this.blocks.values()) {
      if (block.users > 0) continue;
      this.blocks.delete(block.key);
      this.allocator.give(block.start, block.length);
      return true;
    }
    return false;
  }
}
