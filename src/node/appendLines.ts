import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { stringifyJson } from '../core/json/stringify.ts';
import { syncFolder } from './atomicFile.ts';
import { withFileLock, type FileLockOptions } from './fileLock.ts';
import { plainJson } from './plainJson.ts';

/**
 * Appends objects to a JSONL file that several processes write to, in one write, under a lock beside the file (`.lock`).
 * Resolves when all are on disk. Where it throws (system errors, `write-failed`), none of them is in the file, if the file
 * system lets the beginning be taken back. A process that is killed may leave the first of the lines and a torn one;
 * the next writer ends that one with a newline. The folder is made where it is missing.
 */
export async function appendLines(file: string, values: readonly object[], options: FileLockOptions = {}): Promise<void> {
  if (values.length === 0) return;
  await mkdir(dirname(file), { recursive: true });
  const lines = values.map((value) => `${stringifyJson(plainJson(value))}\n`).join('');
  await withFileLock(`${file}.lock`, () => append(file, lines), options);
}

async function append(file: string, lines: string): Promise<void> {
  const handle = await open(file, 'a+');
  try {
    const { size } = await handle.stat();
    const bytes = Buffer.from(size > 0 && (await endsTorn(handle, size)) ? `\n${lines}` : lines);
    try {
      await handle.appendFile(bytes);
      await handle.datasync();
    } catch (error) {
      await takeBack(handle, size, bytes.length);
      throw error;
    }
    if (size === 0) await syncFolder(dirname(file));
  } finally {
    await handle.close();
  }
}

async function endsTorn(handle: FileHandle, size: number): Promise<boolean> {
  const last = Buffer.alloc(1);
  return (await handle.read(last, 0, 1, size - 1)).bytesRead === 1 && last[0] !== 0x0a;
}

/** Nothing is cut off when others have written since: their lines would go as well. */
async function takeBack(handle: FileHandle, size: number, written: number): Promise<void> {
  try {
    const now = (await handle.stat()).size;
    if (now > size && now <= size + written) await handle.truncate(size);
  } catch {
    // What was written stays; ids tell what came twice.
  }
}
