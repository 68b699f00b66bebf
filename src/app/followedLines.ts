import { open, type FileHandle } from 'node:fs/promises';
import type { JsonValue } from '../core/json/value.ts';
import { systemErrorCode } from '../node/atomicFile.ts';
import { parseLine } from '../node/jsonLine.ts';

/** Where a line stands in its file, in bytes; `length` is without the line end. */
export type LinePlace = { readonly start: number; readonly length: number };

/** The lines of a chunk are parsed at a stretch: a few milliseconds. */
const chunkBytes = 1 << 18;
const newline = 0x0a;
/** So much of what was read last is looked at again: a file made in the place of another may get its inode. */
const tailBytes = 128;

/**
 * A JSONL file that others append to, read once and then only from where the last reading ended. A torn last line waits for
 * its end; a file that was replaced or cut is read anew. Lines that `read` refuses are left out, and named by number.
 */
export class FollowedLines<T> {
  #items: T[] = [];
  #unreadable: number[] = [];
  #lines = 0;
  #end = 0;
  #identity = '';
  /** The bytes before the newline before `#end`. */
  #tail: Buffer = Buffer.alloc(0);
  #pending: Promise<boolean> | undefined;

  constructor(
    readonly file: string,
    private readonly read: (value: JsonValue, place: LinePlace) => T | undefined,
  ) {}

  get items(): readonly T[] {
    return this.#items;
  }

  /** Numbers, from 1, of the complete lines that were not JSON or that `read` refused. */
  get unreadable(): readonly number[] {
    return this.#unreadable;
  }

  /** Takes in what was added. Resolves to whether anything changed; a file that does not exist is an empty one. */
  refresh(): Promise<boolean> {
    this.#pending ??= this.#refresh().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  async #refresh(): Promise<boolean> {
    let handle: FileHandle;
    try {
      handle = await open(this.file, 'r');
    } catch (error) {
      if (systemErrorCode(error) !== 'ENOENT') throw error;
      const had = this.#identity !== '';
      this.#restart('');
      return had;
    }
    try {
      const { dev, ino, size } = await handle.stat();
      const identity = `${dev}:${ino}`;
      const anew = identity !== this.#identity || size < this.#end || !(await this.#continues(handle));
      if (anew) this.#restart(identity);
      const before = this.#end;
      await this.#readFrom(handle);
      return anew || this.#end > before;
    } finally {
      await handle.close();
    }
  }

  #restart(identity: string): void {
    this.#items = [];
    this.#unreadable = [];
    this.#lines = 0;
    this.#end = 0;
    this.#tail = Buffer.alloc(0);
    this.#identity = identity;
  }

  /** Whether the file still has what was read last where it was read. */
  async #continues(handle: FileHandle): Promise<boolean> {
    if (this.#end === 0) return true;
    const length = this.#tail.length + 1;
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, this.#end - length);
    return bytesRead === length && buffer[length - 1] === newline && this.#tail.equals(buffer.subarray(0, length - 1));
  }

  async #readFrom(handle: FileHandle): Promise<void> {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    let carried: Buffer[] = [];
    let position = this.#end;
    for (;;) {
      const { bytesRead } = await handle.read(chunk, 0, chunkBytes, position);
      if (bytesRead === 0) return;
      let from = 0;
      for (let at = chunk.indexOf(newline); at !== -1 && at < bytesRead; at = chunk.indexOf(newline, from)) {
        const line = Buffer.concat([...carried, chunk.subarray(from, at)]);
        carried = [];
        this.#take(line);
        from = at + 1;
      }
      // A copy: the chunk is read into again.
      if (from < bytesRead) carried.push(Buffer.from(chunk.subarray(from, bytesRead)));
      position += bytesRead;
    }
  }

  #take(line: Buffer): void {
    const place = { start: this.#end, length: line.length };
    this.#end += line.length + 1;
    this.#lines++;
    this.#tail = line.subarray(Math.max(0, line.length - tailBytes));
    const text = line.toString('utf8');
    if (text.trim() === '') return;
    const parsed = parseLine(text);
    const item = parsed.ok ? this.read(parsed.value, place) : undefined;
    if (item === undefined) this.#unreadable.push(this.#lines);
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
