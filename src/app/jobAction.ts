import { stageNames } from '../core/rounds/manifest.ts';
import type { JobRequest } from '../protocol/jobFile.ts';
import type { ProjectView } from './projectView.ts';

/** What a job of this command line does: `run --rounds 2`, or a stage by its name. Anything else goes on with the first round. */
export function actionOf(command: string): JobRequest['action'] {
  const stage = stageNames.find((name) => name === command);
  if (stage) return { kind: 'stage', stage };
  return { kind: 'run', rounds: Number(/^run --rounds (\d+)$/.exec(command)?.[1] ?? 1) };
}

/** `more` rounds beyond those that are finished: a job is told how many there shall be in all. */
export function runMore(view: ProjectView, more: number): JobRequest['action'] {
  const finished = view.rounds.filter((round) => round.stages.every((s) => s.status === 'done')).length;
  return { kind: 'run', rounds: finished + more };
}
