import type { Readable } from 'node:stream';
import type { StreamContainer } from '../core/jsonl/recordSink.ts';
import { RecordSplitter, type RawRecord } from '../core/jsonl/recordSplitter.ts';
import { stringifyJson } from '../core/json/stringify.ts';
import { throwIfAborted } from './clock.ts';
import { unreadable, type DatasetPart } from './datasetParts.ts';
import { nodeDecoding } from './decodeUtf8.ts';
import { fileChunks } from './fileChunks.ts';

export type RecordContainer = StreamContainer | 'parquet';

/** Some records of one file, in their order. Every file gives at least one batch, an empty one where it has no records. */
export type RecordBatch = {
  /** Path of the part, or the name that a stream was given. */
  readonly file: string;
  readonly container: RecordContainer;
  readonly records: readonly RawRecord[];
};

export type Progress = {
  /** Of all files together. */
  readonly bytesDone: number;
  /** Undefined for a stream, whose end nobody knows. */
  readonly bytesTotal: number | undefined;
};

export type SourceOptions = {
  readonly signal: AbortSignal;
  /** A batch is given away once its records have this many bytes; so much is held, besides one record. Default 4 MiB. */
  readonly highWaterBytes?: number;
  readonly maxRecordBytes?: number;
  readonly onProgress?: (progress: Progress) => void;
};

export const defaultHighWaterBytes = 4 * 1024 * 1024;

/**
 * The records of dataset files (`datasetParts` finds them), file after file, in batches. Memory is bounded by
 * `highWaterBytes` and the longest record. A row of Parquet is a record whose text is the row as JSON, `line` its row.
 * Rejects with an AbortError when the signal fires, and with LoopToolError `dataset-missing` or `dataset-unreadable`.
 */
export async function* readRecordBatches(parts: readonly DatasetPart[], options: SourceOptions): AsyncGenerator<RecordBatch> {
  const bytesTotal = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
  let before = 0;
  for (const part of parts) {
    const onBytes = (bytes: number): void => options.onProgress?.({ bytesDone: before + Math.min(bytes, part.sizeBytes), bytesTotal });
    try {
      if (part.kind === 'parquet') yield* parquetBatches(part, options, onBytes);
      else yield* textBatches(part.path, fileChunks(part.path, chunkOptions(options)), options, onBytes);
    } catch (cause) {
      throw unreadable(part.path, cause);
    }
    before += part.sizeBytes;
  }
}

/** The records of a stream such as the standard input; `name` is what its records are said to come from. */
export async function* readStreamBatches(stream: Readable, name: string, options: SourceOptions): AsyncGenerator<RecordBatch> {
  const onBytes = (bytesDone: number): void => options.onProgress?.({ bytesDone, bytesTotal: undefined });
  yield* textBatches(name, streamChunks(stream, options.signal), options, onBytes);
}

/** The chunks of a stream. The signal ends the stream too, so that no one waits for a sender that has stopped sending. */
export async function* streamChunks(stream: Readable, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  throwIfAborted(signal);
  const stop = (): void => void stream.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of stream as AsyncIterable<unknown>) {
      throwIfAborted(signal);
      yield typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array); // Streams that are not of objects give nothing else.
    }
  } catch (error) {
    throwIfAborted(signal);
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
  throwIfAborted(signal);
}

export function chunkOptions({ signal, highWaterBytes = defaultHighWaterBytes }: SourceOptions): { readonly signal: AbortSignal; readonly chunkBytes: number } {
  return { signal, chunkBytes: Math.max(4096, Math.min(1 << 20, highWaterBytes)) };
}

async function* textBatches(file: string, chunks: AsyncIterable<Uint8Array>, options: SourceOptions, onBytes: (bytes: number) => void): AsyncGenerator<RecordBatch> {
  const { highWaterBytes = defaultHighWaterBytes, maxRecordBytes } = options;
  const splitter = new RecordSplitter({ decode: nodeDecoding(), ...(maxRecordBytes === undefined ? {} : { maxRecordBytes }) });
  let records: RawRecord[] = [];
  let held = 0;
  let done = 0;
  for await (const chunk of chunks) {
    done += chunk.length;
    for (const record of splitter.push(chunk)) {
      records.push(record);
      held += record.byteLength;
    }
    onBytes(done);
    if (held >= highWaterBytes) {
      yield { file, container: splitter.container, records };
      records = [];
      held = 0;
    }
    if (splitter.done) break;
  }
  records.push(...splitter.end());
  yield { file, container: splitter.container, records };
}

async function* parquetBatches(part: DatasetPart, options: SourceOptions, onBytes: (bytes: number) => void): AsyncGenerator<RecordBatch> {
  // Loaded when a Parquet file is read: its decoders are large.
  const { openParquet } = await import('./parquet.ts');
  const { highWaterBytes = defaultHighWaterBytes } = options;
  const file = await openParquet(part.path);
  try {
    let records: RawRecord[] = [];
    let held = 0;
    let index = 0;
    for await (const rows of file.batches(options.signal)) {
      for (const row of rows) {
        const text = stringifyJson(row);
        const byteLength = Buffer.byteLength(text);
        records.push({ index, text, byteOffset: 0, byteLength, line: index, column: 0 });
        index++;
        held += byteLength;
        if (held < highWaterBytes) continue;
        yield { file: part.path, container: 'parquet', records };
        records = [];
        held = 0;
      }
      onBytes(Math.round((part.sizeBytes * index) / Math.max(1, file.rowCount)));
    }
    yield { file: part.path, container: 'parquet', records };
  } finally {
    await file.close();
  }
}
