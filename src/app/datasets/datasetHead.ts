import { recogniseValues, recordsLookedAt, type Recognised } from '../../core/dataset/recordReader.ts';
import { parseJson } from '../../core/json/parse.ts';
import type { JsonValue } from '../../core/json/value.ts';
import type { DatasetPart } from '../../node/datasetParts.ts';
import { readRecordBatches, type RecordContainer } from '../../node/datasetSource.ts';

export type DatasetHead = Recognised & { readonly container: RecordContainer };

/** More than this is not read to recognise a file, however long its records are. */
const mostBytes = 1 << 22;

/** Recognises a file's dialect by its first records. */
export async function readHead(part: DatasetPart, signal: AbortSignal): Promise<DatasetHead> {
  const values: JsonValue[] = [];
  let container: RecordContainer = 'unknown';
  let bytes = 0;
  for await (const batch of readRecordBatches([part], { signal, highWaterBytes: 1 << 16 })) {
    container = batch.container;
    for (const record of batch.records) {
      bytes += record.byteLength;
      const parsed = record.problem?.readable === false ? undefined : parseJson(record.text);
      if (parsed?.ok === true) values.push(parsed.value);
    }
    if (values.length >= recordsLookedAt || bytes >= mostBytes) break;
  }
  return { ...recogniseValues(values), container };
}
