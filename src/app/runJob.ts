import { randomBytes } from 'node:crypto';
import { isAbort, isLoopToolError } from '../core/errors.ts';
import type { JobRequest } from '../protocol/jobFile.ts';
import type { RunnerEvent } from '../protocol/runnerEvents.ts';
import { JobRecord } from '../node/jobs.ts';
import { ProjectFiles } from '../node/projectFiles.ts';
import { commandOf } from './jobAction.ts';
import type { AppPorts } from './ports.ts';
import { openProject } from './project.ts';
import { Reporter } from './reporter.ts';
import { runOneStage, runRounds } from './runRounds.ts';

export type JobOutcome = { readonly status: 'done' | 'failed' | 'stopped'; readonly code?: string; readonly message?: string };

/** Runs rounds or a stage as a job: with its file and log under `.looptool/jobs`, and every event given to `emit`. */
export async function runJob(
  ports: AppPorts,
  job: { readonly project: string; readonly id: string; readonly action: JobRequest['action'] },
  signal: AbortSignal,
  emit: (event: RunnerEvent) => void,
): Promise<JobOutcome> {
  const command = commandOf(job.action);
  // A folder that is no project must not get a .looptool folder.
  const opened = await openProject(job.project).catch((error: unknown) => outcomeOf(error));
  if (!('files' in opened)) {
    new Reporter(ports.clock, emit).jobEnd(opened.status, opened.code, opened.message);
    return opened;
  }
  const files = new ProjectFiles(opened.files.root);
  const record = await JobRecord.start(files, job.id, command, ports.clock, opened.config.budgets);
  const reporter = new Reporter(ports.clock, (event) => {
    record.record(event);
    emit(event);
  });
  let outcome: JobOutcome;
  try {
    reporter.jobStart(job.id, files.root, command);
    const options = { project: files.root, signal, reporter };
    if (job.action.kind === 'run') await runRounds(ports, { ...options, rounds: job.action.rounds });
    else await runOneStage(ports, { ...options, stage: job.action.stage, round: job.action.round, again: job.action.again, repeats: job.action.repeats });
    outcome = { status: 'done' };
  } catch (error) {
    outcome = outcomeOf(error);
  }
  reporter.jobEnd(outcome.status, outcome.code, outcome.message);
  await record.end();
  return outcome;
}

export function outcomeOf(error: unknown): JobOutcome {
  if (isAbort(error)) return { status: 'stopped', message: 'Stopped. Run the same command again: it goes on where it stood.' };
  if (isLoopToolError(error)) return { status: error.code === 'budget-spent' ? 'stopped' : 'failed', code: error.code, message: error.userMessage };
  return { status: 'failed', code: 'internal', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

/** Sortable by time, unique among jobs of one project. */
export function newJobId(now: number): string {
  return `${new Date(now).toISOString().replace(/[-:]/g, '').slice(0, 15)}-${randomBytes(3).toString('hex')}`;
}
