/** One figure of `npm run bench`. Rows with a goal are those that something is promised for. */
export type BenchRow = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly goal?: number;
  readonly better: 'lower' | 'higher';
  /** What it is compared with, in the same unit. */
  readonly peer?: { readonly name: string; readonly value: number };
};
