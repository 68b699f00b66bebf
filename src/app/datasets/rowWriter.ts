import { rm } from 'node:fs/promises';
import { isJsonObject, type JsonObject } from '../../core/json/value.ts';
import { parseJson } from '../../core/json/parse.ts';
import { OutputFile, type Output } from '../../node/outputFile.ts';
import { readLines } from '../../node/readLines.ts';
import { columnsOf, jsonColumns, mergeRows, rowForColumns, type RowShape } from './rowShape.ts';

/** Takes rows and lays them out as a container: JSON texts in UTF-8 on one line each, with a line end between them (after a comma where they become a list). */
export interface RowWriter {
  write(rows: Uint8Array, shape: RowShape | undefined): Promise<void>;
  /** What is to be said of the file; it has its name now. */
  end(): Promise<readonly string[]>;
  /** Leaves nothing behind; does nothing after `end`. */
  discard(): Promise<void>;
}

/** JSON Lines, or one list with an element a line. */
export function textWriter(output: Output, container: 'jsonl' | 'array', close: { readonly commit: () => Promise<void>; readonly discard: () => Promise<void> }): RowWriter {
  let first = true;
  return {
    async write(rows) {
      if (rows.length === 0) return;
      if (container === 'array') await output.write(first ? '[\n' : ',\n');
      await output.write(rows);
      if (container === 'jsonl') await output.write('\n');
      first = false;
    },
    async end() {
      if (container === 'array') await output.write(first ? '[]\n' : '\n]\n');
      await close.commit();
      return [];
    },
    discard: close.discard,
  };
}

/** Parquet: its columns are known only when all rows are, which wait in a file beside it until then. */
export async function parquetWriter(path: string, signal: AbortSignal): Promise<RowWriter> {
  const waiting = await OutputFile.create(`${path}.rows`);
  let shape: RowShape = [];
  return {
    async write(rows, batch = []) {
      shape = mergeRows(shape, batch);
      if (rows.length === 0) return;
      await waiting.write(rows);
      await waiting.write('\n');
    },
    async end() {
      await waiting.flush();
      const { schemaOf, writeParquet } = await import('../../node/parquetWrite.ts');
      const result = await writeParquet(path, rowsOf(waiting.temporary, shape), schemaOf(columnsOf(shape)), signal);
      await waiting.discard();
      if (!result.ok) throw new Error(`row ${result.row + 1} does not fit the columns made for it: ${result.message}`);
      const texts = jsonColumns(shape);
      return texts.length === 0 ? [] : [`Columns with JSON text, as Parquet has no type for their values: ${texts.join(', ')}`];
    },
    async discard() {
      await waiting.discard();
      await rm(waiting.temporary, { force: true });
    },
  };
}

async function* rowsOf(path: string, shape: RowShape): AsyncGenerator<JsonObject> {
  for await (const { text } of readLines(path)) {
    const parsed = parseJson(text);
    if (parsed.ok && isJsonObject(parsed.value)) yield rowForColumns(parsed.value, shape);
  }
}
