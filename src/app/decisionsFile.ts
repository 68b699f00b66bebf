import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LoopToolError } from '../core/errors.ts';
import { stringifyJson } from '../core/json/stringify.ts';
import type { DecisionOperation } from '../core/review/decision.ts';
import { foldDecisions, type DecisionState } from '../core/review/foldDecisions.ts';
import { describeSystemError } from '../node/atomicFile.ts';
import { plainJson } from '../node/plainJson.ts';
import { ProjectFiles } from '../node/projectFiles.ts';
import { followDecisions } from './placedLines.ts';
import type { DecisionLog } from './reviewSession.ts';

/**
 * `.looptool/decisions.jsonl`. Several windows and the command line may append at the same time: each operation is one
 * write of one line to a file opened for appending, and it counts when it is on disk.
 */
export class DecisionsFile implements DecisionLog {
  readonly #lines;

  constructor(private readonly file: string) {
    this.#lines = followDecisions(file);
  }

  async read(): Promise<readonly DecisionOperation[]> {
    await this.#lines.refresh();
    return this.#lines.items;
  }

  /** What cannot be read, by line, as of the last `read`: such lines decide nothing. */
  get warnings(): readonly string[] {
    return this.#lines.unreadable.map((line) => `${this.file}:${line}: unreadable decision; it does not count`);
  }

  async append(operation: DecisionOperation): Promise<void> {
    try {
      await mkdir(dirname(this.file), { recursive: true });
      const handle = await open(this.file, 'a+');
      try {
        const { size } = await handle.stat();
        const last = Buffer.alloc(1);
        const torn = size > 0 && (await handle.read(last, 0, 1, size - 1)).bytesRead === 1 && last[0] !== 0x0a;
        // A line that a crash cut off must not swallow this one.
        await handle.appendFile(`${torn ? '\n' : ''}${stringifyJson(plainJson(operation))}\n`);
        await handle.datasync();
      } finally {
        await handle.close();
      }
    } catch (cause) {
      throw new LoopToolError('write-failed', `The decision could not be written to ${this.file}: ${describeSystemError(cause)}. Check free space and permissions, then decide again.`, { cause });
    }
  }
}

/** People's decisions of the project in a folder, as they stand now, and what could not be read of them. */
export async function readDecisions(directory: string): Promise<{ readonly state: DecisionState; readonly warnings: readonly string[] }> {
  const file = new DecisionsFile(new ProjectFiles(directory).decisions());
  const state = foldDecisions(await file.read());
  return { state, warnings: file.warnings };
}
