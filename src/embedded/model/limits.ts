/** What one thread's scratch memory holds. */
export type Limits = {
  /** Most rows of one pass. */
  readonly tokens: number;
  /** Rows that a pass of scoring or training aims at; a single sequence may have more. */
  readonly runTokens: number;
  /** Attention weights per head of one pass, each row rounded up to a multiple of 4. */
  readonly attentionSlots: number;
  /** Most rows of logits at once. */
  readonly lossRows: number;
  /** Rows of the key and value cache. */
  readonly cacheRows: number;
  /** Answers that one wave of sampling decodes side by side. */
  readonly slots: number;
};

/** Attention weights per head of `count` rows that see `from + 1`, `from + 2`, ... keys, each row rounded up to a multiple of 4. */
export function attentionSlots(from: number, count: number): number {
  let n = 0;
  for (let i = 0; i < count; i++) n += (from + i + 4) & ~3;
  return n;
}
