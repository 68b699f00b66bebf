import { stageNames } from '../core/rounds/manifest.ts';
import type { JobRequest } from '../protocol/jobFile.ts';
import type { ProjectView } from './projectView.ts';

/** The words of the command line that does this: how a job is named in its file, and what it is resumed by. */
export function commandOf(action: JobRequest['action']): string {
  if (action.kind === 'run') return `run --rounds ${action.rounds}`;
  const { stage, round, again, repeats } = action;
  return [stage, ...(round === undefined ? [] : [`--round ${round}`]), ...(again === undefined ? [] : [`--again ${again}`]), ...(repeats === undefined ? [] : [`--repeats ${repeats}`])].join(' ');
}

/** What a job of this command line does: `run --rounds 2`, `probe`, `probe --round 1`, `probe --round 1 --again 50 --repeats 4`. Anything else goes on with the first round. */
export function actionOf(command: string): JobRequest['action'] {
  const [, word, round, again, repeats] = /^(\w+)(?: --round (\d+))?(?: --again (\d+))?(?: --repeats (\d+))?$/.exec(command) ?? [];
  const stage = stageNames.find((name) => name === word);
  if (stage) return { kind: 'stage', stage, ...(round === undefined ? {} : { round: Number(round) }), ...(again === undefined ? {} : { again: Number(again) }), ...(repeats === undefined ? {} : { repeats: Number(repeats) }) };
  return { kind: 'run', rounds: Number(/^run --rounds (\d+)$/.exec(command)?.[1] ?? 1) };
}

/** `more` rounds beyond those that are finished: a job is told how many there shall be in all. */
export function runMore(view: ProjectView, more: number): JobRequest['action'] {
  const finished = view.rounds.filter((round) => round.stages.every((s) => s.status === 'done')).length;
  return { kind: 'run', rounds: finished + more };
}
