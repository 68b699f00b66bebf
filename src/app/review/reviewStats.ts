import type { Ruling } from '../../core/review/decision.ts';
import type { DecisionState } from '../../core/review/decisionState.ts';
import type { Measurement } from '../../core/review/measure/measurement.ts';
import { readDecisions } from '../decisionsFile.ts';
import { readApplied } from './appliedLog.ts';
import { allItems, chooseSource, type SourceChoice } from './chooseSource.ts';
import { measureItems } from './measureItems.ts';
import { openReviewFolder, type ReviewFolder } from './reviewFolder.ts';

export type Counted = { readonly name: string; readonly count: number };

/** What people decided, counted. Days are those of UTC. */
export type ReviewStats = {
  /** Decisions that stand, and those of them that are in force. */
  readonly decisions: number;
  readonly inForce: number;
  /** Samples whose standing decisions differ between people. */
  readonly conflicts: number;
  readonly byRuling: readonly { readonly name: Ruling; readonly count: number }[];
  readonly byPerson: readonly Counted[];
  readonly byDay: readonly Counted[];
  readonly byWay: readonly Counted[];
  /** Labels that were changed in files and not changed back, by source. */
  readonly applied: readonly Counted[];
  /** Of the judge, over the pairs of the source; absent where nothing was probed. */
  readonly measurement?: Measurement;
  readonly warnings: readonly string[];
};

export type StatsOptions = SourceChoice & { readonly project: string };

export async function reviewStats(options: StatsOptions): Promise<ReviewStats> {
  const folder = await openReviewFolder(options.project, options);
  const { files } = folder;
  const { state, warnings } = await readDecisions(files.root);
  const applied = await readApplied(files);
  const { standing } = state;
  const byCount = <T extends string>(names: readonly T[]): readonly { readonly name: T; readonly count: number }[] => counted(names).sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
  const measurement = await measured(folder, options, state);
  return {
    ...(measurement === undefined ? {} : { measurement }),
    decisions: standing.length,
    inForce: state.inForce.size,
    conflicts: state.conflicts.size,
    byRuling: byCount(standing.map(({ ruling }) => ruling)),
    byPerson: byCount(standing.map(({ by }) => by)),
    byDay: counted(standing.map(({ at }) => at.slice(0, 10))).sort((a, b) => (a.name < b.name ? -1 : 1)),
    byWay: byCount(standing.map(({ way, source }) => way ?? (source === undefined ? 'single' : 'file'))),
    applied: byCount(applied.state.standing.filter(({ file, reverts }) => file !== undefined && reverts === undefined).map(({ source }) => source)),
    warnings: [...warnings, ...applied.warnings],
  };
}

async function measured(folder: ReviewFolder, options: StatsOptions, state: DecisionState): Promise<Measurement | undefined> {
  const source = await chooseSource(folder, options);
  if (source === undefined) return undefined;
  try {
    return await measureItems(folder.files, folder.config, { items: await allItems(source), round: source.round, state });
  } finally {
    source.dispose();
  }
}

function counted<T extends string>(names: readonly T[]): { name: T; count: number }[] {
  const counts = new Map<T, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => ({ name, count }));
}
