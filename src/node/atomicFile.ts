import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LoopToolError } from '../core/errors.ts';

/**
 * Replaces a file so that a reader, or a crash at any moment, sees the old bytes or the new ones, never a mixture.
 * The new bytes are on disk before the name points to them; the folder is made where it is missing.
 */
export async function writeFileAtomic(path: string, content: string | Uint8Array, options: { readonly mode?: number } = {}): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await mkdir(folder, { recursive: true });
    const handle = await open(temporary, 'wx', options.mode ?? 0o644);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
    await syncFolder(folder);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new LoopToolError('write-failed', `${path} could not be written: ${describeSystemError(cause)}. Check free space and permissions, then run the command again.`, { cause });
  }
}

/** Removes what writers of this module that were killed have left in a folder. Nobody else may be writing there. */
export async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) if (/^\.[0-9a-f]{12}\.tmp$/.test(name)) await rm(join(folder, name), { force: true });
}

/** Makes a rename or a new name durable. Windows cannot open folders; there the file system's own order has to do. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export function describeSystemError(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** The code of a Node system error (`ENOENT`), if it is one. */
export function systemErrorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
