import { parquetSchema, type SchemaElement } from 'hyparquet';
import { fileWriter, ParquetWriter } from 'hyparquet-writer';
import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as zlib from 'node:zlib';
import { LoopToolError } from '../core/errors.ts';
import type { JsonObject } from '../core/json/value.ts';
import { describeSystemError, syncFolder } from './atomicFile.ts';
import { throwIfAborted } from './clock.ts';
import type { ParquetSchema } from './parquet.ts';
import { ParquetValueError, physicalSchema, toPhysical } from './parquetValues.ts';

export type ParquetWriteResult = { readonly ok: true; readonly rows: number } | { readonly ok: false; readonly row: number; readonly message: string };

/** Shape of a column; each may be null. */
export type ColumnShape = 'string' | 'int64' | 'double' | 'boolean' | { readonly list: ColumnShape } | { readonly struct: { readonly [name: string]: ColumnShape } };

const rowsPerGroup = 5000;

/**
 * Writes rows as one Parquet file that appears as a whole or not at all, group by group, so that memory is bounded by one
 * group. A row that the schema cannot hold ends the writing: the result says which (0-based) and why, and nothing is left
 * behind. A codec that this Node cannot write (ZSTD before 22.15, LZ4) becomes SNAPPY. Throws LoopToolError `write-failed`.
 * Import this file lazily, as datasetSource.ts does parquet.ts: the codecs are large.
 */
export async function writeParquet(path: string, rows: AsyncIterable<JsonObject> | Iterable<JsonObject>, schema: ParquetSchema, signal: AbortSignal): Promise<ParquetWriteResult> {
  const temporary = join(dirname(path), `.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await mkdir(dirname(path), { recursive: true });
    const result = await writeRows(temporary, rows, schema, signal);
    if (!result.ok) return result;
    await syncFile(temporary);
    await rename(temporary, path);
    await syncFolder(dirname(path));
    return result;
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'AbortError') throw cause;
    throw new LoopToolError('write-failed', `${path} could not be written: ${describeSystemError(cause)}. Check free space and permissions, then run the command again.`, { cause });
  } finally {
    await rm(temporary, { force: true });
  }
}

async function writeRows(file: string, rows: AsyncIterable<JsonObject> | Iterable<JsonObject>, schema: ParquetSchema, signal: AbortSignal): Promise<ParquetWriteResult> {
  const elements = [...schema.elements];
  const columns = parquetSchema({ schema: elements }).children;
  const writer = new ParquetWriter({
    writer: fileWriter(file),
    schema: physicalSchema(elements),
    codec: schema.codec in compress || schema.codec === 'UNCOMPRESSED' ? schema.codec : 'SNAPPY',
    compressors: compress,
    // They would be those of the physical values, which sort otherwise than decimals and unsigned numbers do.
    statistics: false,
    kvMetadata: [...schema.keyValues],
  });
  let group: unknown[][] = columns.map(() => []);
  let count = 0;
  const flush = async (): Promise<void> => {
    throwIfAborted(signal);
    await writer.write({ columnData: columns.map((column, i) => ({ name: column.element.name, data: group[i] ?? [] })), rowGroupSize: rowsPerGroup });
    group = columns.map(() => []);
  };
  for await (const row of rows) {
    try {
      const known = new Set(columns.map((column) => column.element.name));
      for (const key of Object.keys(row)) if (!known.has(key)) throw new ParquetValueError(`the schema has no column ${JSON.stringify(key)}`);
      columns.forEach((column, i) => group[i]?.push(toPhysical(Object.hasOwn(row, column.element.name) ? row[column.element.name] : null, column)));
    } catch (error) {
      if (error instanceof ParquetValueError) return { ok: false, row: count, message: error.message };
      throw error;
    }
    if (++count % rowsPerGroup === 0) await flush();
  }
  if (count % rowsPerGroup !== 0) await flush();
  // The data is written as physical values; readers are told what they mean.
  writer.schema = elements;
  await writer.finish();
  return { ok: true, rows: count };
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

type Compress = (bytes: Uint8Array) => Uint8Array;

/** Node has had it since 22.15. */
const zstd = 'zstdCompressSync' in zlib ? (zlib.zstdCompressSync as Compress) : undefined;
const compress: { readonly [codec: string]: Compress } = { GZIP: (bytes) => zlib.gzipSync(bytes), BROTLI: (bytes) => zlib.brotliCompressSync(bytes), ...(zstd ? { ZSTD: zstd } : {}) };

/** A schema for rows that come from elsewhere. Columns and members stand in the order of the shape. */
export function schemaOf(shape: { readonly [name: string]: ColumnShape }, codec: ParquetSchema['codec'] = 'SNAPPY'): ParquetSchema {
  const columns = Object.entries(shape);
  return { elements: [{ name: 'schema', repetition_type: 'REQUIRED', num_children: columns.length }, ...columns.flatMap(([name, column]) => elementsOf(name, column))], codec, keyValues: [] };
}

function elementsOf(name: string, shape: ColumnShape): SchemaElement[] {
  const repetition_type = 'OPTIONAL';
  if (shape === 'string') return [{ name, repetition_type, type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } }];
  if (shape === 'int64') return [{ name, repetition_type, type: 'INT64' }];
  if (shape === 'double') return [{ name, repetition_type, type: 'DOUBLE' }];
  if (shape === 'boolean') return [{ name, repetition_type, type: 'BOOLEAN' }];
  if ('list' in shape) return [{ name, repetition_type, num_children: 1, converted_type: 'LIST' }, { name: 'list', repetition_type: 'REPEATED', num_children: 1 }, ...elementsOf('element', shape.list)];
  const members = Object.entries(shape.struct);
  return [{ name, repetition_type, num_children: members.length }, ...members.flatMap(([member, one]) => elementsOf(member, one))];
}
