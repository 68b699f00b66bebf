import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { LoopToolError } from '../core/errors.ts';
import { describeSystemError, syncFolder } from './atomicFile.ts';

/** Where text or bytes go, piece by piece; a piece is taken when its promise resolves. */
export interface Output {
  write(piece: string | Uint8Array): Promise<void>;
}

/**
 * A file that is written piece by piece and takes its name when all of it is on disk: a reader, or a crash at any moment,
 * sees what was there before or the whole new file. Throws LoopToolError `write-failed`.
 */
export class OutputFile implements Output {
  private waiting: string[] = [];
  private waitingLength = 0;

  private constructor(
    private readonly path: string,
    /** The file under its name for the time being, for what writes it by itself. */
    readonly temporary: string,
    private readonly handle: FileHandle,
  ) {}

  static async create(path: string): Promise<OutputFile> {
    const temporary = join(dirname(path), `.${randomBytes(6).toString('hex')}.tmp`);
    try {
      await mkdir(dirname(path), { recursive: true });
      return new OutputFile(path, temporary, await open(temporary, 'wx', 0o644));
    } catch (cause) {
      throw failed(path, cause);
    }
  }

  async write(piece: string | Uint8Array): Promise<void> {
    if (typeof piece === 'string') {
      this.waiting.push(piece);
      this.waitingLength += piece.length;
      if (this.waitingLength >= 1 << 18) await this.flush();
      return;
    }
    await this.flush();
    await this.writeAll(piece);
  }

  async commit(): Promise<void> {
    await this.flush();
    try {
      await this.handle.sync();
      await this.handle.close();
      await rename(this.temporary, this.path);
      await syncFolder(dirname(this.path));
    } catch (cause) {
      throw failed(this.path, cause);
    }
  }

  /** Leaves nothing behind; does nothing after `commit`. */
  async discard(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    await rm(this.temporary, { force: true });
  }

  async flush(): Promise<void> {
    if (this.waitingLength === 0) return;
    const bytes = Buffer.from(this.waiting.join(''));
    this.waiting = [];
    this.waitingLength = 0;
    await this.writeAll(bytes);
  }

  private async writeAll(bytes: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < bytes.length; ) at += (await this.handle.write(bytes, at)).bytesWritten;
    } catch (cause) {
      throw failed(this.path, cause);
    }
  }
}

/** A stream as output; waits while its reader is behind. A reader that has gone ends it with an AbortError. */
export function streamOutput(stream: Writable, signal: AbortSignal): Output {
  return {
    async write(piece) {
      if (stream.destroyed || stream.writableEnded) throw new DOMException('the reader has gone', 'AbortError');
      if (stream.write(piece)) return;
      const settled = new AbortController();
      const either = AbortSignal.any([signal, settled.signal]);
      try {
        await Promise.race([once(stream, 'drain', { signal: either }), once(stream, 'close', { signal: either })]);
      } finally {
        settled.abort();
      }
    },
  };
}

function failed(path: string, cause: unknown): LoopToolError {
  return new LoopToolError('write-failed', `${path} could not be written: ${describeSystemError(cause)}. Check free space and permissions, then run the command again.`, { cause });
}
