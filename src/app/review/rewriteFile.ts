import { constants, createReadStream, createWriteStream } from 'node:fs';
import { copyFile, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { applyEdits } from '../../core/dataset/labelEdit.ts';
import { LoopToolError } from '../../core/errors.ts';
import { describeSystemError, syncFolder, systemErrorCode } from '../../node/atomicFile.ts';
import { fileVersion } from './fileVersion.ts';
import type { ChangedBytes } from './filePlan.ts';

/**
 * Puts changed bytes in the place of the old ones and leaves all others: the new file is written beside the old one and takes
 * its name when all of it is on disk. Throws `label-changed` when the file is another one than `version`.
 */
export async function rewriteFile(path: string, version: string, changed: readonly ChangedBytes[]): Promise<void> {
  // What a link leads to is written, and the link stays.
  const target = await realpath(path);
  const temporary = join(dirname(target), `.${process.pid}.looptool-apply.tmp`);
  const sorted = [...changed].sort((a, b) => a.byteOffset - b.byteOffset);
  try {
    await removeLeftovers(dirname(target));
    const { mode } = await stat(target);
    await pipeline(rewritten(target, sorted), createWriteStream(temporary, { mode }));
    const handle = await open(temporary, 'r+');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    if ((await fileVersion(target)) !== version) throw changedError(path);
    await rename(temporary, target);
    await syncFolder(dirname(target));
  } catch (cause) {
    await rm(temporary, { force: true });
    if (cause instanceof LoopToolError) throw cause;
    throw new LoopToolError('write-failed', `${path} could not be written: ${describeSystemError(cause)}. Check free space and permissions, then run the command again.`, { cause });
  }
}

/** Whoever applies holds the project's lock: such files are of processes that were killed. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) if (/^\.\d+\.looptool-apply\.tmp$/.test(name)) await rm(join(folder, name), { force: true });
}

/** Keeps the file as it is beside itself; an older copy is never overwritten. Gives its path. */
export async function keepCopy(path: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const backup = number === 1 ? `${path}.bak` : `${path}.bak${number}`;
    try {
      await copyFile(path, backup, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      return backup;
    } catch (cause) {
      if (systemErrorCode(cause) === 'EEXIST') continue;
      throw new LoopToolError('write-failed', `${backup} could not be written: ${describeSystemError(cause)}. Nothing was changed. Check free space and permissions, then run the command again.`, { cause });
    }
  }
}

async function* rewritten(path: string, changed: readonly ChangedBytes[]): AsyncGenerator<Buffer> {
  let position = 0;
  for (const { byteOffset, byteLength, text, edits } of changed) {
    if (byteOffset < position) throw new LoopToolError('write-failed', `Two changes of ${path} meet in one place. Nothing was written; apply one of them first.`);
    yield* bytesOf(path, position, byteOffset);
    const old = await bytesAt(path, byteOffset, byteLength);
    if (!old.equals(Buffer.from(text))) throw changedError(path);
    yield Buffer.from(applyEdits(text, edits));
    position = byteOffset + byteLength;
  }
  yield* bytesOf(path, position, Infinity);
}

export async function bytesAt(path: string, start: number, length: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of bytesOf(path, start, start + length)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* bytesOf(path: string, start: number, end: number): AsyncGenerator<Buffer> {
  if (end <= start) return;
  for await (const chunk of createReadStream(path, { start, end: end - 1 })) yield chunk as Buffer; // Without an encoding a file stream gives buffers.
}

function changedError(path: string): LoopToolError {
  return new LoopToolError('label-changed', `${path} was changed by another program just now. Nothing was written; run the command again.`);
}
