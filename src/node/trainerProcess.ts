import { mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { LoopToolError } from '../core/errors.ts';
import { describeSystemError } from './atomicFile.ts';
import type { Clock } from './clock.ts';
import { groupLives, isAlive, processMark, signalGroup } from './processes.ts';
import { readText } from './projectFiles.ts';

const pollMs = 50;
const killAfterMs = 10_000;
const recordSchema = z.object({ pid: z.number().int().positive(), host: z.string(), mark: z.string().optional() });

/**
 * `process.json` in the train folder: the trainer that runs, by the group that it leads. A job that was killed leaves its
 * trainer behind; two that write to one result folder would spoil it.
 */
export class TrainerProcess {
  private readonly path: string;

  constructor(private readonly directory: string) {
    this.path = join(directory, 'process.json');
  }

  /** In one go with the start of the process: a job that is killed in between would not know of it. Ends what it cannot record. */
  record(pid: number, end: () => void): void {
    const mark = processMark(pid);
    try {
      mkdirSync(this.directory, { recursive: true });
      writeFileSync(this.path, `${JSON.stringify({ pid, host: hostname(), ...(mark === undefined ? {} : { mark }) })}\n`);
    } catch (cause) {
      end();
      throw new LoopToolError('write-failed', `${this.path} could not be written: ${describeSystemError(cause)}. Check free space and permissions, then run the command again.`, { cause });
    }
  }

  async forget(): Promise<void> {
    await rm(this.path, { force: true });
  }

  /** Ends what a job that was killed has left running, or says why it must not be ended from here. */
  async endFormer(clock: Clock, signal: AbortSignal): Promise<void> {
    const former = this.parse(await readText(this.path));
    if (former?.host === hostname() && process.platform !== 'win32') {
      const mark = processMark(former.pid);
      // Another process has the pid by now; the group is gone, since no new process gets the number of a group that lives.
      const isAnother = mark !== undefined && mark !== former.mark;
      if (!isAnother && former.mark === undefined && isAlive(former.pid)) throw this.mayStillRun(former.pid, 'this computer');
      if (!isAnother) await endGroup(former.pid, clock, signal);
    } else if (former !== undefined && (former.host !== hostname() || isAlive(former.pid))) throw this.mayStillRun(former.pid, former.host);
    await this.forget();
  }

  private parse(text: string | undefined): z.infer<typeof recordSchema> | undefined {
    try {
      return recordSchema.parse(JSON.parse(text ?? ''));
    } catch {
      return undefined;
    }
  }

  private mayStillRun(pid: number, host: string): LoopToolError {
    return new LoopToolError('trainer-failed', `The trainer that a former job started (process ${pid} on ${host}) may still run. End it if it does, remove ${this.path}, and run the command again.`);
  }
}

async function endGroup(group: number, clock: Clock, signal: AbortSignal): Promise<void> {
  for (const name of ['SIGTERM', 'SIGKILL'] as const) {
    signalGroup(group, name);
    const until = clock.now() + killAfterMs;
    while (groupLives(group) && clock.now() < until) await clock.sleep(pollMs, signal);
  }
}
