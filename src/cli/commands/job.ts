import { atProject } from '../../app/atProject.ts';
import type { JobRequest } from '../../protocol/jobFile.ts';
import { exitCodes, type Command } from '../context.ts';

/** Runs rounds or one stage in this process, registered as a job so that the editor sees it. */
export function jobCommand(project: string, action: JobRequest['action']): Command {
  return async ({ ports, writer, signal, json }) => {
    // Engine and clients come with it: most commands need none of them.
    const { newJobId, runJob } = await import('../../app/runJob.ts');
    const job = { project, id: newJobId(ports.clock.now()), action };
    const outcome = await runJob(ports, job, signal, (event) => {
      // People read failures on standard error; programs find them in the last event.
      if (json || event.type !== 'job-end' || event.status !== 'failed') writer.event(event);
    });
    if (outcome.status === 'failed') {
      if (!json) writer.error(outcome.code ?? 'internal', outcome.message ?? 'failed');
      return exitCodes.failed;
    }
    if (outcome.status === 'stopped') return exitCodes.stopped;
    if (!json && action.kind === 'run') writer.result('run', undefined, nextSteps(project, action.rounds));
    return exitCodes.ok;
  };
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
