import { parseJson } from '../../core/json/parse.ts';
import type { JsonValue } from '../../core/json/value.ts';
import { LoopToolError } from '../../core/errors.ts';
import { datasetParts } from '../../node/datasetParts.ts';
import { readRecordBatches } from '../../node/datasetSource.ts';
import type { HeldFiles } from '../history/linesOnDemand.ts';
import type { LinePlace } from '../followedBytes.ts';

/** A record with where it stands: `line` from 1, `place` in bytes. */
export type PlacedRecord = { readonly index: number; readonly line: number; readonly place: LinePlace } & (
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly message: string }
);

/**
 * The records of a file, JSON Lines or one array. Throws LoopToolError `dataset-missing`, `dataset-unreadable`, or `usage` for
 * Parquet, of which no single record can be read again.
 */
export async function* placedRecords(file: string, signal: AbortSignal): AsyncGenerator<PlacedRecord> {
  const parts = await datasetParts(file);
  const [part] = parts;
  if (part === undefined || parts.length > 1 || part.path !== file) throw new LoopToolError('usage', `${file} is a folder. Name one of the files in it.`);
  if (part.kind === 'parquet') throw new LoopToolError('usage', `${file} is Parquet, which a review cannot read. Write its rows as JSON Lines, and open that file.`);
  for await (const { records } of readRecordBatches(parts, { signal, highWaterBytes: 1 << 20 })) {
    for (const { index, line, byteOffset, byteLength, text, problem } of records) {
      const at = { index, line: line + 1, place: { start: byteOffset, length: byteLength } };
      if (problem?.readable === false) {
        yield { ...at, ok: false, message: problem.message };
        continue;
      }
      const parsed = parseJson(text);
      yield parsed.ok ? { ...at, ok: true, value: parsed.value } : { ...at, ok: false, message: parsed.message };
    }
  }
}

/** The value of a record, read again; undefined where it is no longer there. */
export function recordAt(files: HeldFiles, file: string, place: LinePlace): JsonValue | undefined {
  const text = files.textAt(file, place);
  const parsed = text === undefined ? undefined : parseJson(text);
  return parsed?.ok === true ? parsed.value : undefined;
}
