import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LoopToolError } from '../../core/errors.ts';

/** Replaces a file as a whole: after a crash the old or the new contents are there, never a part. */
export async function writeDurably(path: string, contents: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(contents);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncDirectory(dirname(path));
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new LoopToolError('write-failed', 'A training file could not be written. Check the free space and the permissions of the project folder, then run the step again.', { cause });
  }
}

/** Makes a rename last. Windows cannot open folders; there the file system's journal has to do. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
