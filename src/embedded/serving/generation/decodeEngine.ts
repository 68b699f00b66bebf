/** One token that goes through the model. Its keys and values are kept in cache row `row`; it attends to two ranges of cache rows. */
export type EngineRow = {
  readonly token: number;
  readonly position: number;
  readonly row: number;
  /** Shared prefix, [start, end); empty when both are equal. */
  readonly prefixStart: number;
  readonly prefixEnd: number;
  /** Own rows, [start, end), the row itself included. */
  readonly ownStart: number;
  readonly ownEnd: number;
};

/**
 * What continuous batching needs of an engine. Each row's result depends on the row's own tokens only, bit for bit,
 * whatever else is in the pass: that is what makes an answer independent of the batch.
 */
export interface DecodeEngine {
  readonly vocabulary: number;
  readonly contextTokens: number;
  /** Rows of one pass, and of those the rows whose probabilities can be asked for. */
  readonly passRows: number;
  readonly probabilityRows: number;
  /** Attended keys of one pass, each row's count rounded up to a multiple of 4. */
  readonly passKeys: number;
  readonly cacheRows: number;
  forward(rows: readonly EngineRow[]): void;
  /**
   * Probabilities after the given rows of the last pass, [rows][vocabulary] from `offset` of `values`;
   * valid until the next call of either method.
   */
  probabilities(rows: readonly number[]): { readonly values: Float32Array; readonly offset: number };
  /** Copies cache rows; the ranges do not overlap. */
  moveRows(from: number, to: number, count: number): void;
}
