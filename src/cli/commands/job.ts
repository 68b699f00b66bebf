import { atProject } from '../../app/atProject.ts';
import { commandOf } from '../../app/jobAction.ts';
import type { RunningJob } from '../../app/followJob.ts';
import type { JobOutcome } from '../../app/runJob.ts';
import { isLoopToolError } from '../../core/errors.ts';
import type { JobRequest } from '../../protocol/jobFile.ts';
import type { RunnerEvent } from '../../protocol/runnerEvents.ts';
import { exitCodes, type CliContext, type Command } from '../context.ts';

/**
 * Runs rounds or one stage in this process, registered as a job so that the editor sees it. Where another process works on
 * the round already, that one is followed.
 */
export function jobCommand(project: string, action: JobRequest['action'], { follow }: { readonly follow: boolean }): Command {
  return async (context) => {
    const { writer, json } = context;
    const outcome = (follow ? await followed(context, project, action) : undefined) ?? (await ran(context, project, action));
    if (outcome.status === 'failed') {
      if (!json) writer.error(outcome.code ?? 'internal', outcome.message ?? 'failed');
      return exitCodes.failed;
    }
    if (outcome.status === 'stopped') return exitCodes.stopped;
    if (!json && action.kind === 'run') writer.result('run', undefined, nextSteps(project, action.rounds));
    return exitCodes.ok;
  };
}

async function ran(context: CliContext, project: string, action: JobRequest['action']): Promise<JobOutcome> {
  // Engine and clients come with it: most commands need none of them.
  const { newJobId, runJob } = await import('../../app/runJob.ts');
  return await runJob(context.ports, { project, id: newJobId(context.ports.clock.now()), action }, context.signal, emitTo(context));
}

/** People read failures on standard error; programs find them in the last event. */
function emitTo({ writer, json }: CliContext): (event: RunnerEvent) => void {
  return (event) => {
    if (json || event.type !== 'job-end' || event.status !== 'failed') writer.event(event);
  };
}

/** How the job that is in the way ended; undefined where none is. */
async function followed(context: CliContext, project: string, action: JobRequest['action']): Promise<JobOutcome | undefined> {
  const { app, ports, writer } = context;
  // A project that cannot be opened is the job's to tell.
  const other = await app.jobInTheWay(project, action).catch(() => undefined);
  if (other === undefined) return undefined;
  writer.event({ at: new Date(ports.clock.now()).toISOString(), type: 'note', message: followingText(other, action) });
  context.sayOnStop(`No longer following. The job goes on in process ${other.job.pid}.`);
  try {
    return await app.followJob(project, other.job.id, context.signal, emitTo(context));
  } catch (error) {
    if (!isLoopToolError(error, 'job-interrupted')) throw error;
    return { status: 'failed', code: error.code, message: error.userMessage };
  }
}

function followingText({ job, round }: RunningJob, action: JobRequest['action']): string {
  const wanted = commandOf(action);
  const same = job.command === wanted ? '' : ` It does "looptool ${job.command}"; run "looptool ${wanted}" again when it has ended.`;
  return `Round ${round} is being worked on already, by process ${job.pid} (job ${job.id}): following it. Ctrl-C ends the following, not the job; --no-follow does without.${same}`;
}

function nextSteps(project: string, rounds: number): string {
  const at = atProject(project);
  return [
    'What next:',
    `  looptool status${at}                 rounds, stages and counts`,
    `  looptool run --rounds ${rounds + 1}${at}         one more round`,
    '  in VS Code: open the folder, then "LoopTool: Open Review" for the samples that need a person',
    `  looptool review apply${at}           carry decisions into the datasets (shows the changes first)`,
  ].join('\n');
}
