import type { Companions } from '../core/dataset/companions.ts';
import { readDataset, recogniseDialect, type DatasetReading } from '../core/dataset/dataset.ts';
import type { Steps } from '../core/dataset/dialect.ts';
import { LoopToolError } from '../core/errors.ts';
import { sha256Hex } from '../core/hash.ts';
import { loadCompanions, type ConfiguredCompanions } from './companionFiles.ts';
import { readText } from './projectFiles.ts';

export type DatasetFile = {
  /** As configured. */
  readonly path: string;
  readonly sha256: string;
  readonly text: string;
  readonly reading: DatasetReading;
};

export type DatasetFileOptions = {
  readonly path: string;
  readonly dialect?: string | undefined;
  readonly steps: Steps;
  /** By role, absolute; found by the dialect's layout when absent. */
  readonly companions?: ConfiguredCompanions | undefined;
};

/** Reads a dataset file with its companion files; `path` is what occurrences and messages call it, `absolute` where it lies. */
export async function readDatasetFile(absolute: string, options: DatasetFileOptions): Promise<DatasetFile> {
  const text = await readDatasetText(absolute);
  const { dialect } = recogniseDialect(text, options.dialect);
  const { companions, problems } = await loadCompanions(absolute, dialect, options.companions);
  const reading = readDataset(text, { file: options.path, dialect: options.dialect, steps: options.steps, companions });
  const all = [...problems.map((message) => ({ record: 0, line: 1, column: 1, message })), ...reading.problems];
  return { path: options.path, sha256: sha256Hex(text), text, reading: { ...reading, problems: all } };
}

/** The companion files that a dataset, with this text, is read with. What of them cannot be read is left out. */
export async function companionsOf(absolute: string, text: string, options: Pick<DatasetFileOptions, 'dialect' | 'companions'>): Promise<Companions> {
  return (await loadCompanions(absolute, recogniseDialect(text, options.dialect).dialect, options.companions)).companions;
}

/** The text of a dataset file that looptool.json names. */
export async function readDatasetText(absolute: string): Promise<string> {
  const text = await readText(absolute);
  if (text === undefined) throw new LoopToolError('dataset-missing', `There is no dataset ${absolute}. Correct its path in looptool.json, or put the file there.`);
  return text;
}
