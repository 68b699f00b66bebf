import { closeSync, openSync, readSync } from 'node:fs';
import type * as z from 'zod';
import type { JsonValue } from '../../core/json/value.ts';
import { parseLine } from '../../node/jsonLine.ts';
import type { LinePlace } from '../followedLines.ts';

const keptLines = 128;

/**
 * Lines of journals, read again when somebody looks at them. A line is some kilobytes at a known place, and mostly in the
 * system's cache: it is read synchronously, so that an index that keeps places alone can still answer at once.
 */
export class LinesOnDemand {
  readonly #kept = new Map<string, JsonValue>();

  /** Undefined when the file is gone, or no longer has such a line there: its reader will notice. */
  read<S extends z.ZodType>(file: string, place: LinePlace, schema: S): z.infer<S> | undefined {
    const key = `${file}:${place.start}:${place.length}`;
    const kept = this.#kept.get(key);
    const value = kept ?? valueAt(file, place);
    if (value === undefined) return undefined;
    const parsed = schema.safeParse(value);
    if (!parsed.success) return undefined;
    if (kept !== undefined) this.#kept.delete(key);
    else if (this.#kept.size >= keptLines) this.#kept.delete(this.#kept.keys().next().value ?? '');
    this.#kept.set(key, value);
    return parsed.data;
  }
}

function valueAt(file: string, { start, length }: LinePlace): JsonValue | undefined {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch {
    return undefined;
  }
  try {
    const bytes = Buffer.allocUnsafe(length);
    const parsed = parseLine(bytes.toString('utf8', 0, readSync(handle, bytes, 0, length, start)));
    return parsed.ok ? parsed.value : undefined;
  } catch {
    return undefined;
  } finally {
    closeSync(handle);
  }
}
