import { readDataset, type DatasetReading } from '../core/dataset/dataset.ts';
import type { Steps } from '../core/dataset/dialect.ts';
import { LoopToolError } from '../core/errors.ts';
import { sha256Hex } from '../core/hash.ts';
import { readText } from './projectFiles.ts';

export type DatasetFile = {
  /** As configured. */
  readonly path: string;
  readonly sha256: string;
  readonly text: string;
  readonly reading: DatasetReading;
};

/** Reads a dataset file; `path` is what occurrences and messages call it, `absolute` where it lies. */
export async function readDatasetFile(absolute: string, options: { readonly path: string; readonly dialect?: string | undefined; readonly steps: Steps }): Promise<DatasetFile> {
  const text = await readDatasetText(absolute);
  const reading = readDataset(text, { file: options.path, dialect: options.dialect, steps: options.steps });
  return { path: options.path, sha256: sha256Hex(text), text, reading };
}

/** The text of a dataset file that looptool.json names. */
export async function readDatasetText(absolute: string): Promise<string> {
  const text = await readText(absolute);
  if (text === undefined) throw new LoopToolError('dataset-missing', `There is no dataset ${absolute}. Correct its path in looptool.json, or put the file there.`);
  return text;
}
