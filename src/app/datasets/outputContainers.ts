/** What a converted dataset can be written as. */
export const outputContainers = ['jsonl', 'array', 'parquet'] as const;
export type OutputContainer = (typeof outputContainers)[number];
