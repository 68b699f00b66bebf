import { randomBytes } from 'node:crypto';
import { closeSync, ftruncateSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LoopToolError } from '../core/errors.ts';
import { describeSystemError } from './atomicFile.ts';

/**
 * Bytes that are written in order and read anywhere, and that the memory need not hold: beyond `mostInMemory` they go to a
 * file of the system's temporary folder. It loses its name as soon as it is open, so that nothing stays behind however the
 * process ends. Throws LoopToolError `write-failed` where that file cannot be made or written.
 */
export class SpillFile {
  /** In bytes. */
  length = 0;
  private readonly tail: Buffer;
  private spilled = 0;
  private file: { readonly handle: number; readonly path: string | undefined } | undefined;

  constructor(
    mostInMemory = 1 << 20,
    private readonly folder = tmpdir(),
  ) {
    this.tail = Buffer.allocUnsafeSlow(mostInMemory);
  }

  append(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; ) {
      const used = this.length - this.spilled;
      if (used === this.tail.length) {
        this.spill();
        continue;
      }
      const piece = bytes.subarray(from, from + this.tail.length - used);
      this.tail.set(piece, used);
      this.length += piece.length;
      from += piece.length;
    }
  }

  /** Copies bytes from `position` on into `target`, as many as there are. Returns how many. */
  read(target: Uint8Array, position: number): number {
    const wanted = Math.max(0, Math.min(target.length, this.length - position));
    const fromFile = Math.max(0, Math.min(wanted, this.spilled - position));
    for (let done = 0; done < fromFile; ) {
      const read = this.file === undefined ? 0 : readSync(this.file.handle, target, done, fromFile - done, position + done);
      if (read === 0) throw new LoopToolError('write-failed', `A temporary file in ${this.folder} is shorter than it was. Run the command again.`);
      done += read;
    }
    const inTail = position + fromFile - this.spilled;
    if (wanted > fromFile) target.set(this.tail.subarray(inTail, inTail + wanted - fromFile), fromFile);
    return wanted;
  }

  close(): void {
    if (this.file === undefined) return;
    const { handle, path } = this.file;
    this.file = undefined;
    // Space is given back now, whatever else holds the file.
    ftruncateSync(handle);
    closeSync(handle);
    if (path !== undefined) rmSync(path, { force: true });
  }

  private spill(): void {
    try {
      this.file ??= openNameless(this.folder);
      for (let at = 0; at < this.tail.length; ) at += writeSync(this.file.handle, this.tail, at, this.tail.length - at);
    } catch (cause) {
      throw new LoopToolError('write-failed', `A temporary file in ${this.folder} could not be written: ${describeSystemError(cause)}. Free some space, or name another folder in the environment (TMPDIR; TEMP on Windows).`, { cause });
    }
    this.spilled += this.tail.length;
  }
}

/** `path` is there where the system does not let go of the name of an open file. */
function openNameless(folder: string): { readonly handle: number; readonly path: string | undefined } {
  const path = join(folder, `looptool-${randomBytes(8).toString('hex')}.tmp`);
  const handle = openSync(path, 'wx+', 0o600);
  try {
    rmSync(path);
    return { handle, path: undefined };
  } catch {
    return { handle, path };
  }
}
