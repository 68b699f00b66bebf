import { Readable } from 'node:stream';
import { recogniseValues, recordsLookedAt, type Recognised } from '../../core/dataset/recordReader.ts';
import { RecordSplitter, type RawRecord } from '../../core/jsonl/recordSplitter.ts';
import { parseJson } from '../../core/json/parse.ts';
import type { JsonValue } from '../../core/json/value.ts';
import type { DatasetPart } from '../../node/datasetParts.ts';
import { readRecordBatches, streamChunks, type RecordContainer } from '../../node/datasetSource.ts';
import { nodeDecoding } from '../../node/decodeUtf8.ts';

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
      addValue(values, record);
    }
    if (values.length >= recordsLookedAt || bytes >= mostBytes) break;
  }
  return { ...recogniseValues(values), container };
}

/** Recognises a stream by its first records. `stream` of the answer gives all of it, what was looked at first. */
export async function readStreamHead(stream: Readable, signal: AbortSignal): Promise<DatasetHead & { readonly stream: Readable }> {
  const splitter = new RecordSplitter({ decode: nodeDecoding() });
  const chunks = streamChunks(stream, signal);
  const kept: Uint8Array[] = [];
  const values: JsonValue[] = [];
  let bytes = 0;
  let ended = false;
  while (values.length < recordsLookedAt && bytes < mostBytes && !ended) {
    const next = await chunks.next();
    ended = next.done === true;
    if (next.done !== true) {
      kept.push(next.value);
      bytes += next.value.length;
    }
    for (const record of next.done === true ? splitter.end() : splitter.push(next.value)) addValue(values, record);
  }
  return { ...recogniseValues(values), container: splitter.container, stream: Readable.from(replayed(kept, chunks), { objectMode: false }) };
}

async function* replayed(kept: Uint8Array[], rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (let first = kept.shift(); first !== undefined; first = kept.shift()) yield first;
  yield* rest;
}

function addValue(values: JsonValue[], record: RawRecord): void {
  const parsed = record.problem?.readable === false ? undefined : parseJson(record.text);
  if (parsed?.ok === true) values.push(parsed.value);
}
