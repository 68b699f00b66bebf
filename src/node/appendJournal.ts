import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ZodType } from 'zod';
import { LoopToolError } from '../core/errors.ts';
import { stringifyJson } from '../core/json/stringify.ts';
import { describeSystemError, syncFolder } from './atomicFile.ts';
import { wholeBrief } from './briefEntries.ts';
import type { BriefLine } from './briefLine.ts';
import { parseLine } from './jsonLine.ts';
import { plainJson } from './plainJson.ts';
import { wholeEntry } from './probeLines.ts';
import { scanLines } from './scanLines.ts';

const batchDelayMs = 50;
const batchEntries = 64;

export type JournalReading<T> = {
  readonly entries: readonly T[];
  /** One per line that could not be read; what such a line recorded is done again. */
  readonly warnings: readonly string[];
  /** Length of the whole lines; what follows is a torn last line. */
  readonly wholeBytes: number;
  readonly endsTorn: boolean;
};

/** Reads a journal without touching it. A missing file is an empty journal; a torn last line is left out. */
export async function readJournal<T>(path: string, schema: ZodType<T>, brief?: BriefLine<T>): Promise<JournalReading<T>> {
  const entries: T[] = [];
  const warnings: string[] = [];
  const { wholeBytes, endsTorn } = await scanLines(path, (line, number, end) => {
    const known = brief?.(line, { path, end });
    if (known !== undefined) return void entries.push(known);
    const text = line.toString('utf8');
    if (text.trim() === '') return;
    const parsed = parseLine(text);
    const entry = parsed.ok ? schema.safeParse(parsed.value) : undefined;
    if (entry?.success) return void entries.push(entry.data);
    const why = parsed.ok ? (entry?.error?.issues[0]?.message ?? 'unknown entry') : parsed.message;
    warnings.push(`${path}:${number}: unreadable entry (${why}); its request is made again`);
  });
  return { entries, warnings, wholeBytes, endsTorn };
}

/**
 * Append-only JSONL. Entries are written in batches, at least every 50 ms or 64 entries, and each batch is fsync'd:
 * an entry counts as written only when `append` resolves. One process at a time (see roundLock.ts).
 */
export class AppendJournal {
  private waiting: { readonly line: string; readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  private busy = false;
  private failure: LoopToolError | undefined;

  private constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
  ) {}

  /** Opens for appending, cuts off a torn last line, and returns what the journal already holds. */
  static async open<T>(path: string, schema: ZodType<T>, brief?: BriefLine<T>): Promise<{ readonly journal: AppendJournal; readonly reading: JournalReading<T> }> {
    try {
      await mkdir(dirname(path), { recursive: true });
      const reading = await readJournal(path, schema, brief);
      const handle = await open(path, 'a');
      if (reading.endsTorn) await handle.truncate(reading.wholeBytes);
      await handle.sync();
      await syncFolder(dirname(path));
      return { journal: new AppendJournal(path, handle), reading };
    } catch (cause) {
      if (cause instanceof LoopToolError) throw cause;
      throw new LoopToolError('journal-unreadable', `The journal ${path} could not be opened: ${describeSystemError(cause)}. Check permissions and free space.`, { cause });
    }
  }

  /** Resolves when the entry is on disk. */
  append(entry: object): Promise<void> {
    if (this.failure) return Promise.reject(this.failure);
    const line = `${stringifyJson(plainJson(wholeBrief(wholeEntry(entry))))}\n`;
    return new Promise((resolve, reject) => {
      this.waiting.push({ line, resolve, reject });
      if (this.waiting.length >= batchEntries) this.flush();
      else this.timer ??= setTimeout(() => this.flush(), batchDelayMs);
    });
  }

  async close(): Promise<void> {
    while (this.busy || this.waiting.length > 0) {
      this.flush();
      await this.writing;
    }
    clearTimeout(this.timer);
    await this.handle.close();
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const batch = this.waiting;
    if (batch.length === 0) return;
    // A disk that is slower than the entries come gets larger batches, not more of them.
    if (this.busy) return;
    this.waiting = [];
    this.busy = true;
    this.writing = this.write(batch).finally(() => {
      this.busy = false;
      if (this.waiting.length >= batchEntries) this.flush();
      else if (this.waiting.length > 0) this.timer ??= setTimeout(() => this.flush(), batchDelayMs);
    });
  }

  private async write(batch: AppendJournal['waiting']): Promise<void> {
    try {
      if (this.failure) throw this.failure;
      await this.handle.appendFile(batch.map((entry) => entry.line).join(''));
      await this.handle.datasync();
      for (const entry of batch) entry.resolve();
    } catch (cause) {
      this.failure ??= new LoopToolError('write-failed', `The journal ${this.path} could not be written: ${describeSystemError(cause)}. Free space and run the command again: it goes on where it stood.`, { cause });
      for (const entry of batch) entry.reject(this.failure);
    }
  }
}
