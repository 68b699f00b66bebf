import { open, type FileHandle } from 'node:fs/promises';
import { stringifyJson } from '../core/json/stringify.ts';
import type { DatasetPart } from './datasetParts.ts';
import type { ParquetFile } from './parquet.ts';

export type RecordPlace = { readonly byteOffset: number; readonly byteLength: number; readonly record: number };

/** Reads records of dataset files again, wherever they stand. Whoever makes it closes it. */
export class RecordTexts {
  private readonly handles = new Map<string, FileHandle>();
  private readonly parquets = new Map<string, ParquetFile>();

  /** The record's text as it was read first, if the file has not changed since. Rejects with the system's error where there is no file any more. */
  async read({ path, kind }: DatasetPart, { byteOffset, byteLength, record }: RecordPlace): Promise<string> {
    if (kind === 'parquet') {
      const rows = await (await this.parquet(path)).rows(record, record + 1);
      return rows[0] === undefined ? '' : stringifyJson(rows[0]);
    }
    let handle = this.handles.get(path);
    if (handle === undefined) this.handles.set(path, (handle = await open(path, 'r')));
    const bytes = Buffer.alloc(byteLength);
    const { bytesRead } = await handle.read(bytes, 0, byteLength, byteOffset);
    return bytes.toString('utf8', 0, bytesRead);
  }

  async close(): Promise<void> {
    for (const file of [...this.handles.values(), ...this.parquets.values()]) await file.close();
  }

  private async parquet(path: string): Promise<ParquetFile> {
    let file = this.parquets.get(path);
    if (file === undefined) {
      const { openParquet } = await import('./parquet.ts');
      this.parquets.set(path, (file = await openParquet(path)));
    }
    return file;
  }
}
