import type { ProjectStatus } from '../../app/status.ts';
import { exitCodes, type Command } from '../context.ts';
import { duration } from '../progressLine.ts';
import { formatTable } from '../table.ts';
import { reportText } from '../writers/reportTable.ts';

export function statusCommand(project: string): Command {
  return async ({ app, writer }) => {
    const status = await app.status(project);
    writer.result('status', status, statusText(status));
    return exitCodes.ok;
  };
}

function statusText(status: ProjectStatus): string {
  const lines = [`${status.name} (${status.project})`];
  for (const { round, stages, report } of status.rounds) {
    lines.push('', `Round ${round}: ${stages.map(({ stage, status: state }) => `${stage} ${state}`).join(', ')}`);
    for (const { stage, error } of stages) if (error !== undefined) lines.push(`  ${stage}: ${error}`);
    if (stages.some(({ stage, status: state }) => stage === 'probe' && state === 'done')) lines.push(reportText(report).trimEnd());
  }
  if (status.rounds.length === 0) lines.push('No round yet.');
  const jobs = status.jobs.map(({ id, command, pid, stage, done, total, secondsLeft }) => [
    `job ${id}`,
    command,
    `process ${pid}`,
    stage === undefined ? '' : `${stage} ${done ?? 0}/${total ?? 0}`,
    secondsLeft === undefined ? '' : `${duration(secondsLeft)} left`,
  ]);
  if (jobs.length > 0) lines.push('', 'Running:', formatTable(jobs, { rightFrom: 9 }));
  if (status.server) lines.push('', `Embedded server: ${status.server.baseUrl} (process ${status.server.pid})`);
  lines.push('', `Next: ${status.next}`);
  return lines.join('\n');
}
