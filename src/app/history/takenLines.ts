import { stat } from 'node:fs/promises';
import type { JsonValue } from '../../core/json/value.ts';
import type { LinePlace } from '../followedBytes.ts';
import { FollowedLines } from '../followedLines.ts';

/** A followed file whose lines are each taken once; looking at a file that did not change costs one `stat`. */
export class TakenLines<T> {
  readonly #lines: FollowedLines<T>;
  #signature = '';
  #items: readonly T[];
  #taken = 0;

  /** `restart` is called when the file was replaced, before its lines come again. */
  constructor(
    readonly file: string,
    read: (value: JsonValue, place: LinePlace) => T | undefined,
    private readonly take: (item: T) => void,
    private readonly restart: () => void,
  ) {
    this.#lines = new FollowedLines(file, read);
    this.#items = this.#lines.items;
  }

  /** Resolves to whether anything was taken or lost. A file that cannot be read is looked at again the next time. */
  async refresh(): Promise<boolean> {
    const signature = await signatureOf(this.file);
    if (signature === this.#signature) return false;
    try {
      await this.#lines.refresh();
    } catch {
      return false;
    }
    this.#signature = signature;
    const { items } = this.#lines;
    const anew = items !== this.#items;
    if (anew) {
      this.#items = items;
      this.#taken = 0;
      this.restart();
    }
    const added = items.length > this.#taken;
    for (; this.#taken < items.length; this.#taken++) {
      const item = items[this.#taken];
      if (item !== undefined) this.take(item);
    }
    return anew || added;
  }
}

async function signatureOf(file: string): Promise<string> {
  try {
    const { ino, size, mtimeMs } = await stat(file);
    return `${ino} ${size} ${mtimeMs}`;
  } catch {
    return '';
  }
}
