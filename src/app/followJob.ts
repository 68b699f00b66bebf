import { hostname } from 'node:os';
import { LoopToolError } from '../core/errors.ts';
import type { Clock } from '../node/clock.ts';
import { isRunning, readJob, readJobs } from '../node/jobs.ts';
import { ProjectFiles } from '../node/projectFiles.ts';
import { roundLockHolder } from '../node/roundLock.ts';
import type { JobFile, JobRequest } from '../protocol/jobFile.ts';
import { runnerEventSchema, type RunnerEvent } from '../protocol/runnerEvents.ts';
import { FollowedLines } from './followedLines.ts';
import { openProject } from './project.ts';
import { newestRound } from './round.ts';
import type { JobOutcome } from './runJob.ts';

const lookEveryMs = 200;
const looksAfterEnd = 5;

/** `round`: the one that the job works on, which is the one that was asked for. */
export type RunningJob = { readonly job: JobFile; readonly round: number };

/**
 * The job of another process that works on the round which this action is about: the action cannot be done now, but the job
 * can be followed. Undefined where nobody holds the round, or somebody that is no job (one sample is asked about).
 */
export async function jobInTheWay(root: string, action: JobRequest['action'], nowMs: number): Promise<RunningJob | undefined> {
  const project = await openProject(root);
  const round = action.kind === 'stage' && action.round !== undefined ? action.round : ((await newestRound(project))?.number ?? 1);
  const holder = await roundLockHolder(project.files.round(round).lock());
  if (holder === undefined || (holder.pid === process.pid && holder.host === hostname())) return undefined;
  const job = (await readJobs(project.files)).findLast((one) => one.pid === holder.pid && one.host === holder.host && isRunning(one, nowMs));
  return job && { job, round };
}

/**
 * Reads along with a job of any process: gives what it has said and will say to `emit`, and resolves when it has ended. Nothing
 * of the job is touched; an abort ends the reading alone. Of the progress that was there before, the last word is given.
 */
export async function followJob(root: string, id: string, clock: Clock, signal: AbortSignal, emit: (event: RunnerEvent) => void): Promise<JobOutcome> {
  const files = new ProjectFiles(root);
  const lines = new FollowedLines<RunnerEvent>(files.jobLog(id), (value) => {
    const parsed = runnerEventSchema.safeParse(value);
    return parsed.success ? parsed.data : undefined;
  });
  let told = 0;
  const tell = async (): Promise<JobOutcome | undefined> => {
    await lines.refresh();
    const events = lines.items.slice(told);
    const catchingUp = told === 0;
    told = lines.items.length;
    for (const [index, event] of events.entries()) {
      if (catchingUp && event.type === 'progress' && index < events.length - 1) continue;
      emit(event);
      if (event.type === 'job-end') return { status: event.status, ...(event.code === undefined ? {} : { code: event.code }), ...(event.message === undefined ? {} : { message: event.message }) };
    }
    return undefined;
  };
  for (let gone = 0; ; ) {
    const job = await readJob(files, id);
    if (job === undefined || !isRunning(job, clock.now())) gone += 1;
    const end = await tell();
    if (end) return end;
    // A job says in its file that it has ended before the last of its log is written.
    if (gone >= looksAfterEnd && job !== undefined && job.status !== 'running') return { status: job.status, ...(job.message === undefined ? {} : { message: job.message }) };
    if (gone >= looksAfterEnd) throw new LoopToolError('job-interrupted', `The job ${id} (process ${job?.pid ?? '?'}) is gone without having said how it ended: it was killed, or its machine is out of reach. Run the same command again: it goes on where it stood.`);
    await clock.sleep(lookEveryMs, signal);
  }
}
