import { open } from 'node:fs/promises';
import { systemErrorCode } from './atomicFile.ts';

export type FileLine = {
  readonly text: string;
  /** 1-based. */
  readonly number: number;
  /** Offset in bytes behind the line and its newline. */
  readonly end: number;
  /** False for a last line without newline. */
  readonly terminated: boolean;
};

const chunkBytes = 1 << 18;

/** Lines of a UTF-8 file, memory bounded by the longest line. A missing file has none. */
export async function* readLines(path: string): AsyncGenerator<FileLine> {
  let handle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return;
    throw error;
  }
  try {
    let rest: Buffer = Buffer.alloc(0);
    let offset = 0;
    let number = 0;
    for (;;) {
      const chunk = Buffer.allocUnsafe(chunkBytes);
      const { bytesRead } = await handle.read(chunk, 0, chunkBytes);
      if (bytesRead === 0) break;
      const bytes = rest.length === 0 ? chunk.subarray(0, bytesRead) : Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
      let start = 0;
      for (let newline = bytes.indexOf(10, start); newline >= 0; newline = bytes.indexOf(10, start)) {
        number += 1;
        yield { text: bytes.toString('utf8', start, newline), number, end: offset + newline + 1, terminated: true };
        start = newline + 1;
      }
      offset += start;
      rest = Buffer.from(bytes.subarray(start));
    }
    if (rest.length > 0) yield { text: rest.toString('utf8'), number: number + 1, end: offset + rest.length, terminated: false };
  } finally {
    await handle.close();
  }
}
