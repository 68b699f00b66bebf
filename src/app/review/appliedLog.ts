import { randomUUID } from 'node:crypto';
import { appliedOperationSchema, foldApplied, type AppliedChange, type AppliedOperation, type AppliedState } from '../../core/review/applied.ts';
import { isLoopToolError, LoopToolError } from '../../core/errors.ts';
import { appendLines } from '../../node/appendLines.ts';
import { describeSystemError } from '../../node/atomicFile.ts';
import type { ProjectFiles } from '../../node/projectFiles.ts';
import { acquireLock, type HeldLock } from '../../node/roundLock.ts';
import { makeStateFolder } from '../../node/stateFolder.ts';
import type { Correction } from './labelChange.ts';
import { FollowedLines } from '../followedLines.ts';
import { userName } from '../userName.ts';

/** Who changes labels, in one go. */
export type BatchStamp = { readonly batch: string; readonly by: string; readonly at: () => string; readonly newId: () => string };

/** `by` is the user of this machine when absent. */
export function batchStamp(now: () => number, by?: string): BatchStamp {
  return { batch: `bat_${randomUUID()}`, by: by ?? userName(), at: () => new Date(now()).toISOString(), newId: randomUUID };
}

/** What was done to the labels of the project's datasets, and which lines of the log cannot be read. */
export async function readApplied(files: ProjectFiles): Promise<{ readonly state: AppliedState; readonly warnings: readonly string[] }> {
  const lines = new FollowedLines(files.applied(), (value) => {
    const parsed = appliedOperationSchema.safeParse(value);
    return parsed.success ? parsed.data : undefined;
  });
  await lines.refresh();
  return { state: foldApplied(lines.items), warnings: lines.unreadable.map((line) => `${files.applied()}:${line}: unreadable; it does not count`) };
}

/** Resolves when the lines are on the disk. Throws LoopToolError `write-failed`. */
export async function appendApplied(files: ProjectFiles, operations: readonly AppliedOperation[]): Promise<void> {
  if (operations.length === 0) return;
  await makeStateFolder(files);
  try {
    await appendLines(files.applied(), operations);
  } catch (cause) {
    throw new LoopToolError('write-failed', `${files.applied()} could not be written: ${describeSystemError(cause)}. Check free space and permissions, then run the command again.`, { cause });
  }
}

/** Taken by whoever writes labels into dataset files from outside of an editor. */
export async function lockApplied(files: ProjectFiles, command: string, now: () => number): Promise<HeldLock> {
  try {
    return await acquireLock(files.appliedLock(), command, now);
  } catch (error) {
    if (!isLoopToolError(error, 'round-locked')) throw error;
    throw new LoopToolError('round-locked', `Another process writes labels into the datasets of this project (${files.appliedLock()}). Wait for it, then run the command again.`, { cause: error });
  }
}

/** The line of a correction. It is written before the file is: see `AppliedWriting`. */
export function changeOf(file: string, correction: Correction & { readonly newSampleId?: string }, { batch, by, at, newId }: BatchStamp): AppliedChange {
  const { sampleId, newSampleId, record, step, old, oldHash, newHash, change, back, answers } = correction;
  const { decision, decidedBy, round, source, judge, promptVersion, reason, reverts, operations } = change.origin;
  return { v: 1, op: 'change', id: newId(), batch, at: at(), by, file, answers: answers?.file, sampleId, newSampleId, record, step, decision, decidedBy, round, source, judge, promptVersion, oldHash, old, newHash, new: correction.new, back, reason, reverts, operations };
}

/**
 * The audit of one batch of changes, for every host: `intend` before a file is written, `done` when it is on the disk, and
 * `failed` where it was not written after all. A process that ends in between leaves an open batch, which the next apply settles
 * by looking at the labels.
 */
export class AppliedWriting {
  constructor(
    private readonly files: ProjectFiles,
    readonly stamp: BatchStamp,
  ) {}

  async intend(changes: readonly AppliedChange[]): Promise<void> {
    await appendApplied(this.files, changes);
  }

  /** `answers` is the file beside the dataset that was written in its place. */
  async done(file: string, answers?: string): Promise<void> {
    await this.end('done', file, answers);
  }

  async failed(file: string, answers?: string): Promise<void> {
    await this.end('void', file, answers);
  }

  private async end(op: 'done' | 'void', file: string, answers: string | undefined): Promise<void> {
    const { batch, by, at } = this.stamp;
    await appendApplied(this.files, [{ v: 1, op, batch, at: at(), by, file, answers }]);
  }
}
