import { resolve } from 'node:path';
import { LoopToolError } from '../../core/errors.ts';
import { parseJson } from '../../core/json/parse.ts';
import { stringifyJson } from '../../core/json/stringify.ts';
import { datasetParts } from '../../node/datasetParts.ts';
import { readRecordBatches } from '../../node/datasetSource.ts';
import type { ShownRecord } from '../../protocol/checkedFiles.ts';

export type ShowRecordOptions = {
  readonly file: string;
  /** From 1, as findings count them. */
  readonly record: number;
  readonly signal: AbortSignal;
};

/** One record of a dataset file, made readable. Throws LoopToolError `usage`, `dataset-missing` or `dataset-unreadable`. */
export async function showRecord({ file, record, signal }: ShowRecordOptions): Promise<ShownRecord> {
  const parts = await datasetParts(resolve(file));
  if (parts.length > 1) throw new LoopToolError('usage', `${file} is a folder with ${parts.length} files. Name one of them.`);
  let seen = 0;
  for await (const { container, records } of readRecordBatches(parts, { signal })) {
    const found = records.find(({ index }) => index === record - 1);
    if (found !== undefined) {
      const parsed = found.problem?.readable === false ? undefined : parseJson(found.text);
      return { path: file, record, container, text: parsed?.ok === true ? stringifyJson(parsed.value, 2) : found.text };
    }
    seen += records.length;
  }
  throw new LoopToolError('usage', `${file} has ${seen} records, so there is no record ${record}.`);
}
