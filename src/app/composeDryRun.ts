import type { Composition } from '../core/loop/compose.ts';
import type { Flow } from '../core/loop/setFlows.ts';
import { compileTextKinds } from '../core/toolcall/textKinds.ts';
import { LoopToolError } from '../core/errors.ts';
import { openProject } from './project.ts';
import { newestRound, openRound, settingsOf } from './round.ts';
import { composeRound } from './stages/compose.ts';

export type ComposeDryRun = { readonly round: number; readonly flows: readonly Flow[] } & Pick<Composition, 'size' | 'byOrigin' | 'pplThreshold' | 'rankedBy' | 'notes'>;

export type ComposeDryRunOptions = { readonly project: string; readonly round?: number | undefined };

/** What compose would make of a round as its journals are now: writes nothing, takes no lock, and may be asked before the stages before it are done. */
export async function composeDryRun(options: ComposeDryRunOptions): Promise<ComposeDryRun> {
  const project = await openProject(options.project);
  const round = options.round === undefined ? await newestRound(project) : await openRound(project, options.round);
  if (round === undefined) throw new LoopToolError('round-missing', 'There is no round yet. looptool run makes the first one.');
  const config = settingsOf(round, project);
  const { composition, flows } = await composeRound({ round, project, config, textKinds: compileTextKinds(config.textKinds) });
  const { size, byOrigin, pplThreshold, rankedBy, notes } = composition;
  return { round: round.number, size, byOrigin, pplThreshold, ...(rankedBy === undefined ? {} : { rankedBy }), notes, flows };
}
