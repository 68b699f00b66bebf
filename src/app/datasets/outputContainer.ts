/** How rows are put into a file. */
export const outputContainers = ['jsonl', 'array', 'parquet'] as const;
export type OutputContainer = (typeof outputContainers)[number];
