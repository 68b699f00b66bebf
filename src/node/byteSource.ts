import type { Readable } from 'node:stream';
import { ByteBatcher, encodeBatch, type ByteBatch } from './byteBatches.ts';
import { unreadable, type DatasetPart } from './datasetParts.ts';
import { chunkOptions, defaultHighWaterBytes, readRecordBatches, streamChunks, type SourceOptions } from './datasetSource.ts';
import { fileChunks } from './fileChunks.ts';

/** As `readRecordBatches`, but the records are not decoded, so that a worker can do it. */
export async function* readByteBatches(parts: readonly DatasetPart[], options: SourceOptions): AsyncGenerator<ByteBatch> {
  const bytesTotal = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
  let before = 0;
  for (const part of parts) {
    const onBytes = (bytes: number): void => options.onProgress?.({ bytesDone: before + Math.min(bytes, part.sizeBytes), bytesTotal });
    if (part.kind === 'parquet') {
      for await (const batch of readRecordBatches([part], { ...options, onProgress: ({ bytesDone }) => onBytes(bytesDone) })) yield encodeBatch(batch);
    } else {
      try {
        yield* textBatches(part.path, fileChunks(part.path, chunkOptions(options)), options, onBytes);
      } catch (cause) {
        throw unreadable(part.path, cause);
      }
    }
    before += part.sizeBytes;
  }
}

/** As `readStreamBatches`, not decoded. */
export async function* readStreamByteBatches(stream: Readable, name: string, options: SourceOptions): AsyncGenerator<ByteBatch> {
  yield* textBatches(name, streamChunks(stream, options.signal), options, (bytesDone) => options.onProgress?.({ bytesDone, bytesTotal: undefined }));
}

async function* textBatches(file: string, chunks: AsyncIterable<Uint8Array>, options: SourceOptions, onBytes: (bytes: number) => void): AsyncGenerator<ByteBatch> {
  const { highWaterBytes = defaultHighWaterBytes, maxRecordBytes } = options;
  const batcher = new ByteBatcher(file, highWaterBytes, maxRecordBytes === undefined ? {} : { maxRecordBytes });
  let done = 0;
  for await (const chunk of chunks) {
    done += chunk.length;
    const batch = batcher.push(chunk);
    onBytes(done);
    if (batch !== undefined) yield batch;
    if (batcher.done) break;
  }
  yield batcher.end();
}
