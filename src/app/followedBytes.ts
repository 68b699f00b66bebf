import { open, type FileHandle } from 'node:fs/promises';
import { systemErrorCode } from '../node/atomicFile.ts';

/** Where a line stands in its file, in bytes; `length` is without the line end. */
export type LinePlace = { readonly start: number; readonly length: number };

/** How far a file was read: `end` in bytes, behind the last whole line. */
export type ReadState = { readonly identity: string; readonly end: number; readonly lines: number };

/** Lines of a chunk are taken at a stretch: a few milliseconds. */
const chunkBytes = 1 << 18;
const newline = 0x0a;
/** So much of what was read last is looked at again: a file made in the place of another may get its inode. */
const tailBytes = 128;

/**
 * A file of lines that others append to, read once and then only from where the last reading ended. A torn last line waits
 * for its end; a file that was replaced or cut is read anew, after `restart` was called.
 */
export class FollowedBytes {
  #state: ReadState;
  /** The last bytes that were read; undefined where nothing was, or another process read them. */
  #tail: Buffer | undefined;
  #pending: Promise<boolean> | undefined;

  /** `take` gets the bytes of a line for the time of the call alone, its place and its number, from 1. With `from`, lines before it count as taken. */
  constructor(
    readonly file: string,
    private readonly take: (line: Buffer, place: LinePlace, number: number) => void,
    private readonly restart: () => void,
    from: ReadState = nothingRead,
  ) {
    this.#state = from;
  }

  get state(): ReadState {
    return this.#state;
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
      const had = this.#state.identity !== '';
      if (had) this.#begin('');
      return had;
    }
    try {
      const { dev, ino, size } = await handle.stat();
      const identity = `${dev}:${ino}`;
      const anew = identity !== this.#state.identity || size < this.#state.end || !(await this.#continues(handle));
      if (anew) this.#begin(identity);
      const before = this.#state.end;
      if (size > before) await this.#readFrom(handle);
      if (this.#state.end > before) this.#tail = await this.#lastBytes(handle);
      return anew || this.#state.end > before;
    } finally {
      await handle.close();
    }
  }

  /** Whether the file still has what was read last where it was read. */
  async #continues(handle: FileHandle): Promise<boolean> {
    return this.#tail === undefined || this.#tail.equals(await this.#lastBytes(handle, this.#tail.length));
  }

  async #lastBytes(handle: FileHandle, length = Math.min(tailBytes, this.#state.end)): Promise<Buffer> {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, this.#state.end - length);
    return buffer.subarray(0, bytesRead);
  }

  #begin(identity: string): void {
    this.#tail = undefined;
    this.#state = { ...nothingRead, identity };
    this.restart();
  }

  async #readFrom(handle: FileHandle): Promise<void> {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    let carried: Buffer[] = [];
    let position = this.#state.end;
    for (;;) {
      const { bytesRead } = await handle.read(chunk, 0, chunkBytes, position);
      if (bytesRead === 0) return;
      let from = 0;
      for (let at = chunk.indexOf(newline); at !== -1 && at < bytesRead; at = chunk.indexOf(newline, from)) {
        const rest = chunk.subarray(from, at);
        this.#take(carried.length === 0 ? rest : Buffer.concat([...carried, rest]));
        carried = [];
        from = at + 1;
      }
      // A copy: the chunk is read into again.
      if (from < bytesRead) carried.push(Buffer.from(chunk.subarray(from, bytesRead)));
      position += bytesRead;
    }
  }

  #take(line: Buffer): void {
    const { identity, end: start, lines } = this.#state;
    this.#state = { identity, end: start + line.length + 1, lines: lines + 1 };
    this.take(line, { start, length: line.length }, lines + 1);
  }
}

const nothingRead: ReadState = { identity: '', end: 0, lines: 0 };
