import type { ExpandGates } from '../core/config/projectConfig.ts';
import type { ErrorSeed } from '../core/loop/buckets.ts';
import { foldExpansions, type Expansions } from '../core/loop/expansions.ts';
import { foldExpand } from '../core/rounds/fold.ts';
import { expandEntrySchema, expansionGates, type ExpansionGate } from '../core/rounds/journalEntries.ts';
import { compileTextKinds } from '../core/toolcall/textKinds.ts';
import { LoopToolError } from '../core/errors.ts';
import { readJournal } from '../node/appendJournal.ts';
import type { ExpansionOutcome, ExpansionView } from '../protocol/expansionView.ts';
import { openProject } from './project.ts';
import { newestRound, openRound, settingsOf } from './round.ts';
import { expandedSeeds, readRoundResults } from './roundResults.ts';
import { knownSamples } from './stages/knownSamples.ts';

export type ListExpansionsOptions = {
  readonly project: string;
  /** The newest one when absent. */
  readonly round?: number | undefined;
  /** What became of them; all when absent. */
  readonly outcome?: ExpansionOutcome | undefined;
  readonly limit?: number | undefined;
};

const mostListed = 200;

/** What became of a round's expansions, as its journal is now: asks for nothing, writes nothing and takes no lock. */
export async function listExpansions({ outcome, limit = mostListed, ...options }: ListExpansionsOptions): Promise<ExpansionView> {
  const project = await openProject(options.project);
  const round = options.round === undefined ? await newestRound(project) : await openRound(project, options.round);
  if (round === undefined) throw new LoopToolError('round-missing', 'There is no round yet. looptool run makes the first one.');
  const config = settingsOf(round, project);
  const results = await readRoundResults(project, round);
  const seeds = expandedSeeds(results, round, config, compileTextKinds(config.textKinds));
  const { entries } = await readJournal(round.files.journal('expand'), expandEntrySchema);
  const known = entries.length === 0 ? [] : await knownSamples({ project, config }, results.rows);
  const { k, gates } = config.expand;
  const expansions = foldExpansions({ round: round.number, seeds, k, fold: foldExpand(entries), known, gates });
  const simulated = [
    ...(entries.some((entry) => entry.type === 'generation' && entry.simulated) ? ['generator'] : []),
    ...(entries.some((entry) => (entry.type === 'solution' || entry.type === 'critique') && entry.simulated) ? ['judge'] : []),
  ];
  const wanted = expansions.results.filter(({ status, gate }) => outcome === undefined || (gate ?? status) === outcome);
  const view = expansionView({ round: round.number, seeds, gates, simulated, expansions: { ...expansions, results: wanted.slice(0, limit) } });
  return wanted.length > limit ? { ...view, more: wanted.length - limit } : view;
}

type ViewInput = { readonly round: number; readonly seeds: readonly ErrorSeed[]; readonly gates: ExpandGates; readonly simulated: readonly string[]; readonly expansions: Pick<Expansions, 'results' | 'yields'> };

export function expansionView({ round, seeds, gates, simulated, expansions }: ViewInput): ExpansionView {
  const { results, yields } = expansions;
  const shown = new Set(results.map(({ seedId }) => seedId));
  const used = seeds.filter(({ row }) => shown.has(row.id));
  return {
    round,
    results,
    seeds: used.map(({ row }) => ({ id: row.id, request: row.messages.findLast(({ role }) => role === 'user')?.content ?? '', label: row.label })),
    gates: gatesOf(gates),
    yields: { asked: yields.asked, accepted: yields.accepted, refused: { ...yields.refused } },
    simulated,
  };
}

function gatesOf({ grounding, nearDuplicate, solver, critic, difficulty }: ExpandGates): readonly ExpansionGate[] {
  const off: Readonly<Partial<Record<ExpansionGate, boolean>>> = { api: true, grounding: !grounding, nearDuplicate: nearDuplicate === false, solver: !solver, judge: !critic, difficulty: difficulty === 'off' };
  return expansionGates.filter((gate) => off[gate] !== true);
}
