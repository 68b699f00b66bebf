import { closeSync, openSync, readSync } from 'node:fs';
import type * as z from 'zod';
import type { JsonValue } from '../../core/json/value.ts';
import { parseLine } from '../../node/jsonLine.ts';
import type { LinePlace } from '../followedBytes.ts';

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

/** Files that stay open while many of their lines are read; whoever makes it closes it. */
export class HeldFiles {
  readonly #handles = new Map<string, number>();

  /** The text of a line; undefined when the file is gone. */
  textAt(file: string, { start, length }: LinePlace): string | undefined {
    try {
      let handle = this.#handles.get(file);
      if (handle === undefined) this.#handles.set(file, (handle = openSync(file, 'r')));
      const bytes = Buffer.allocUnsafe(length);
      return bytes.toString('utf8', 0, readSync(handle, bytes, 0, length, start));
    } catch {
      return undefined;
    }
  }

  /** The value of a line; undefined when it is none, or gone. */
  valueAt(file: string, place: LinePlace): JsonValue | undefined {
    const text = this.textAt(file, place);
    const parsed = text === undefined ? undefined : parseLine(text);
    return parsed?.ok === true ? parsed.value : undefined;
  }

  close(): void {
    for (const handle of this.#handles.values()) closeSync(handle);
    this.#handles.clear();
  }
}

function valueAt(file: string, place: LinePlace): JsonValue | undefined {
  const files = new HeldFiles();
  try {
    return files.valueAt(file, place);
  } finally {
    files.close();
  }
}
