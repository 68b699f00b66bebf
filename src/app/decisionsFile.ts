import { LoopToolError } from '../core/errors.ts';
import type { DecisionOperation } from '../core/review/decision.ts';
import { foldDecisions, type DecisionState } from '../core/review/foldDecisions.ts';
import { appendLine } from '../node/appendLine.ts';
import { describeSystemError } from '../node/atomicFile.ts';
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
      await appendLine(this.file, operation);
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
