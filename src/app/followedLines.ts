import { open } from 'node:fs/promises';
import type { JsonValue } from '../core/json/value.ts';
import { parseLine } from '../node/jsonLine.ts';
import { FollowedBytes, type LinePlace } from './followedBytes.ts';

/**
 * A JSONL file that others append to, read once and then only from where the last reading ended; see `FollowedBytes`. Lines
 * that `read` refuses are left out, and named by number.
 */
export class FollowedLines<T> {
  #items: T[] = [];
  #unreadable: number[] = [];
  readonly #bytes: FollowedBytes;

  constructor(
    readonly file: string,
    private readonly read: (value: JsonValue, place: LinePlace) => T | undefined,
  ) {
    this.#bytes = new FollowedBytes(
      file,
      (line, place, number) => this.#take(line, place, number),
      () => {
        this.#items = [];
        this.#unreadable = [];
      },
    );
  }

  get items(): readonly T[] {
    return this.#items;
  }

  /** Numbers, from 1, of the complete lines that were not JSON or that `read` refused. */
  get unreadable(): readonly number[] {
    return this.#unreadable;
  }

  /** Takes in what was added. Resolves to whether anything changed; a file that does not exist is an empty one. */
  refresh(): Promise<boolean> {
    return this.#bytes.refresh();
  }

  #take(line: Buffer, place: LinePlace, number: number): void {
    const text = line.toString('utf8');
    if (text.trim() === '') return;
    const parsed = parseLine(text);
    const item = parsed.ok ? this.read(parsed.value, place) : undefined;
    if (item === undefined) this.#unreadable.push(number);
    else this.#items.push(item);
  }
}

/** Text of one line that a `FollowedLines` has placed. */
export async function readLineAt(file: string, place: LinePlace): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const bytes = Buffer.allocUnsafe(place.length);
    const { bytesRead } = await handle.read(bytes, 0, place.length, place.start);
    return bytes.subarray(0, bytesRead).toString('utf8');
  } finally {
    await handle.close();
  }
}
