import { parquetMetadataAsync, parquetReadObjects, parquetSchema, type AsyncBuffer, type CompressionCodec, type FileMetaData, type KeyValue, type SchemaElement, type SchemaTree } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { open, type FileHandle } from 'node:fs/promises';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { LoopToolError } from '../core/errors.ts';
import { objectOf } from '../core/json/parse.ts';
import type { JsonObject } from '../core/json/value.ts';
import { describeSystemError } from './atomicFile.ts';
import { throwIfAborted } from './clock.ts';
import { physicalSchema, toJsonValue, utf8Text } from './parquetValues.ts';

/** What a Parquet file says about its rows: enough to write others like them. */
export type ParquetSchema = {
  readonly elements: readonly SchemaElement[];
  readonly codec: CompressionCodec;
  /** Metadata of other programs, such as the Arrow schema. */
  readonly keyValues: readonly KeyValue[];
};

export type ParquetFile = {
  readonly rowCount: number;
  readonly schema: ParquetSchema;
  /** All rows, one row group at a time: memory is bounded by the largest group. See parquetValues.ts for what becomes of each type. */
  batches(signal: AbortSignal): AsyncGenerator<readonly JsonObject[]>;
  /** Rows from `start` up to, not including, `end`. */
  rows(start: number, end: number): Promise<readonly JsonObject[]>;
  close(): Promise<void>;
};

/**
 * Whoever opens a file closes it. Throws LoopToolError `dataset-unreadable` for a file that is not (or no longer) Parquet.
 * Limit: a page whose run lengths are damaged can keep hyparquet busy without end, and nothing interrupts it in its thread.
 */
export async function openParquet(path: string): Promise<ParquetFile> {
  const handle = await open(path, 'r');
  try {
    const file = asyncBuffer(handle, (await handle.stat()).size);
    const metadata = await parquetMetadataAsync(file);
    return new OpenParquet(path, handle, file, metadata);
  } catch (cause) {
    await handle.close();
    throw broken(path, cause);
  }
}

function broken(path: string, cause: unknown): LoopToolError {
  return new LoopToolError('dataset-unreadable', `${path} cannot be read as Parquet: ${describeSystemError(cause)}. Write the file again, or leave it out.`, { cause });
}

function asyncBuffer(handle: FileHandle, byteLength: number): AsyncBuffer {
  return {
    byteLength,
    async slice(start, end = byteLength) {
      const bytes = new Uint8Array(Math.max(0, Math.min(end, byteLength) - start));
      let done = 0;
      while (done < bytes.length) {
        const { bytesRead } = await handle.read(bytes, done, bytes.length - done, start + done);
        if (bytesRead === 0) throw new Error('the file is shorter than it was');
        done += bytesRead;
      }
      return bytes.buffer;
    },
  };
}

/** Dates and numbers are made of the physical values, by parquetValues.ts; only text is decoded while reading. */
const parsers = { timestampFromNanoseconds: (nanos: bigint) => nanos, stringFromBytes: (bytes: Uint8Array | undefined) => bytes && (utf8Text(bytes) ?? bytes) };

/** Node's own where there are any: faster, and gzip's checksum keeps damaged pages from the decoder. */
const decompressors: typeof compressors = {
  ...compressors,
  GZIP: (bytes, length) => gunzipSync(bytes, { maxOutputLength: Math.max(1, length) }),
  BROTLI: (bytes, length) => brotliDecompressSync(bytes, { maxOutputLength: Math.max(1, length) }),
};

class OpenParquet implements ParquetFile {
  readonly rowCount: number;
  readonly schema: ParquetSchema;
  private readonly tree: SchemaTree;
  private readonly physical: FileMetaData;

  constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
    private readonly file: AsyncBuffer,
    private readonly metadata: FileMetaData,
  ) {
    this.rowCount = Number(metadata.num_rows);
    const codec = metadata.row_groups[0]?.columns[0]?.meta_data?.codec ?? 'SNAPPY';
    this.schema = { elements: metadata.schema, codec, keyValues: metadata.key_value_metadata ?? [] };
    this.tree = parquetSchema(metadata);
    this.physical = { ...metadata, schema: physicalSchema(metadata.schema) };
  }

  async *batches(signal: AbortSignal): AsyncGenerator<readonly JsonObject[]> {
    let start = 0;
    for (const group of this.metadata.row_groups) {
      throwIfAborted(signal);
      const end = start + Number(group.num_rows);
      yield await this.rows(start, end);
      start = end;
    }
  }

  async rows(start: number, end: number): Promise<readonly JsonObject[]> {
    try {
      const rows = await parquetReadObjects({ file: this.file, metadata: this.physical, rowStart: start, rowEnd: end, compressors: decompressors, utf8: false, parsers });
      return rows.map((row) => objectOf(this.tree.children.map((column) => [column.element.name, toJsonValue(row[column.element.name], column)] as const)));
    } catch (cause) {
      throw broken(this.path, cause);
    }
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}
