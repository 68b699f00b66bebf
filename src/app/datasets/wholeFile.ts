import { readFile } from 'node:fs/promises';
import type { RawRecord } from '../../core/jsonl/recordSplitter.ts';
import { splitText } from '../../core/jsonl/recordSplitter.ts';
import { FileChecker, type CheckedBatch, type CheckSetup } from './fileChecker.ts';

/** Checks a file that is one record altogether (a dialogue a file). Such files are small. */
export async function checkWholeFile(path: string, setup: CheckSetup): Promise<CheckedBatch> {
  const text = await readFile(path, 'utf8');
  const records: readonly RawRecord[] = splitText(text);
  return new FileChecker(setup).checkWhole(text, records);
}
