import { open } from 'node:fs/promises';
import { systemErrorCode } from './atomicFile.ts';

const chunkBytes = 1 << 20;
const newline = 10;

/**
 * Gives every whole line of a file, without its newline, to `onLine`, with its 1-based number and the offset behind its
 * newline. A line is valid during the call. Memory is bounded by the longest line. A missing file has none.
 */
export async function scanLines(path: string, onLine: (line: Buffer, number: number, end: number) => void): Promise<{ readonly wholeBytes: number; readonly endsTorn: boolean }> {
  let handle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return { wholeBytes: 0, endsTorn: false };
    throw error;
  }
  try {
    let buffer = Buffer.allocUnsafeSlow(chunkBytes);
    let filled = 0;
    let offset = 0;
    let number = 0;
    for (;;) {
      if (filled === buffer.length) buffer = Buffer.concat([buffer, Buffer.allocUnsafeSlow(buffer.length)]);
      const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled);
      if (bytesRead === 0) return { wholeBytes: offset, endsTorn: filled > 0 };
      const searched = filled;
      filled += bytesRead;
      const bytes = buffer.subarray(0, filled);
      let start = 0;
      for (let at = bytes.indexOf(newline, searched); at >= 0; at = bytes.indexOf(newline, start)) {
        number += 1;
        onLine(bytes.subarray(start, at), number, offset + at + 1);
        start = at + 1;
      }
      offset += start;
      buffer.copy(buffer, 0, start, filled);
      filled -= start;
    }
  } finally {
    await handle.close();
  }
}
