import { dirname } from 'node:path';
import { isLoopToolError, LoopToolError } from '../core/errors.ts';
import type { DecisionOperation } from '../core/review/decision.ts';
import type { DecisionState } from '../core/review/decisionState.ts';
import { DecisionFold } from '../core/review/foldDecisions.ts';
import { appendLines } from '../node/appendLines.ts';
import { describeSystemError } from '../node/atomicFile.ts';
import { ProjectFiles } from '../node/projectFiles.ts';
import { makeStateFolder } from '../node/stateFolder.ts';
import { watchFile } from '../node/watchFile.ts';
import { followDecisions } from './placedLines.ts';
import type { DecisionLog } from './review/decisionLog.ts';

/**
 * `.looptool/decisions.jsonl`. Several windows and the command line may append at the same time: what is written at once
 * is one write under a lock, and it counts when it is on disk. Each line is read and folded once. The first decision makes the
 * state folder.
 */
export class DecisionsFile implements DecisionLog {
  readonly #lines;
  #fold = new DecisionFold();
  /** What was folded, of these lines; others stand there when the file was replaced. */
  #items: readonly DecisionOperation[];
  #folded = 0;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(private readonly file: string) {
    this.#lines = followDecisions(file);
    this.#items = this.#lines.items;
  }

  get state(): DecisionState {
    return this.#fold;
  }

  /** All operations of the file, as of the last `refresh` or `append`. */
  get operations(): readonly DecisionOperation[] {
    return this.#lines.items;
  }

  get warnings(): readonly string[] {
    return this.#lines.unreadable.map((line) => `${this.file}:${line}: unreadable decision; it does not count`);
  }

  /** Throws system errors where the file is there and cannot be read. */
  refresh(): Promise<ReadonlySet<string>> {
    return this.#inTurn(() => this.#takeIn());
  }

  append(operations: readonly DecisionOperation[]): Promise<ReadonlySet<string>> {
    return this.#inTurn(async () => {
      try {
        if (operations.length > 0 && this.#folded === 0) await makeStateFolder(new ProjectFiles(dirname(dirname(this.file))));
        await appendLines(this.file, operations);
      } catch (cause) {
        if (isLoopToolError(cause)) throw cause;
        throw new LoopToolError('write-failed', `The decision could not be written to ${this.file}: ${describeSystemError(cause)}. Check free space and permissions, then decide again.`, { cause });
      }
      return await this.#takeIn();
    });
  }

  watch(changed: () => void): { dispose(): void } {
    return watchFile(this.file, changed);
  }

  /** One after the other: a reading that began before a write does not stand for what was written. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work, work);
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #takeIn(): Promise<ReadonlySet<string>> {
    await this.#lines.refresh();
    const { items } = this.#lines;
    if (items === this.#items) {
      const added = items.slice(this.#folded);
      this.#folded = items.length;
      return this.#fold.add(added);
    }
    const [before, first] = [this.#fold, this.#folded === 0];
    this.#fold = new DecisionFold();
    const changed = this.#fold.add(items);
    this.#items = items;
    this.#folded = items.length;
    return first ? changed : differences(before, this.#fold);
  }
}

/** Samples that have other standing decisions, or the same with other notes. */
function differences(before: DecisionState, after: DecisionState): ReadonlySet<string> {
  const [old, now] = [bySample(before), bySample(after)];
  return new Set([...old.keys(), ...now.keys()].filter((sampleId) => old.get(sampleId) !== now.get(sampleId)));
}

function bySample({ standing }: DecisionState): ReadonlyMap<string, string> {
  const said = new Map<string, string>();
  for (const { sampleId, id, note } of standing) said.set(sampleId, `${said.get(sampleId) ?? ''}${JSON.stringify([id, note])}`);
  return said;
}

/** People's decisions of the project in a folder, as they stand now, and what could not be read of them. */
export async function readDecisions(directory: string): Promise<{ readonly state: DecisionState; readonly warnings: readonly string[] }> {
  const file = new DecisionsFile(new ProjectFiles(directory).decisions());
  await file.refresh();
  return { state: file.state, warnings: file.warnings };
}
