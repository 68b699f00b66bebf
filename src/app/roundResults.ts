import type { TrainRow } from '../core/dataset/sample.ts';
import { sortRows, type Buckets } from '../core/loop/buckets.ts';
import { seedsToExpand } from '../core/loop/edde.ts';
import type { ErrorSeed } from '../core/loop/buckets.ts';
import { verifyCases, type VerifyCase } from '../core/loop/jglv.ts';
import { foldJudgement, overruledMatch } from '../core/loop/judgement.ts';
import type { ProjectConfig } from '../core/config/projectConfig.ts';
import { relabelRule } from '../core/review/measure/gate.ts';
import { foldProbe, foldVerify } from '../core/rounds/fold.ts';
import { probeEntrySchema, repeatEntrySchema, verifyEntrySchema, type Judgement, type ProbeEntry, type RepeatEntry, type VerifyEntry } from '../core/rounds/journalEntries.ts';
import { passRates } from '../core/rounds/repeatsReport.ts';
import { isMatch } from '../core/toolcall/outcome.ts';
import type { CompiledTextKinds } from '../core/toolcall/textKinds.ts';
import { readJournal } from '../node/appendJournal.ts';
import { readDecisions } from './decisionsFile.ts';
import type { Project } from './project.ts';
import type { Round } from './round.ts';

/** What probe, verification and people's decisions say about a round's set, folded from the journals. */
export type RoundResults = {
  readonly rows: readonly TrainRow[];
  readonly probes: ReadonlyMap<string, ProbeEntry>;
  readonly cases: readonly VerifyCase[];
  readonly repeatEntries: readonly RepeatEntry[];
  readonly verifyEntries: readonly VerifyEntry[];
  /** Of the mismatches. */
  readonly judgements: ReadonlyMap<string, Judgement>;
  readonly buckets: Buckets;
};

export async function readRoundResults(project: Project, round: Round): Promise<RoundResults> {
  const rows = await round.files.readTrainRows();
  const probes = foldProbe((await readJournal(round.files.journal('probe'), probeEntrySchema)).entries, rows);
  const cases = verifyCases(rows, probes);
  const { entries: verifyEntries } = await readJournal(round.files.journal('verify'), verifyEntrySchema);
  const judgements = await judge(project, round, cases, verifyEntries);
  const { inForce } = (await readDecisions(project.files.root)).state;
  const ruled = new Map(judgements);
  for (const row of rows) {
    const probe = probes.get(row.id);
    const decision = inForce.get(row.id);
    const overruled = probe && isMatch(probe.outcome) && overruledMatch({ sample: row, probe }, { round: round.number, relabel: relabelRule(round.manifest), decision });
    if (overruled) ruled.set(row.id, overruled);
  }
  const { entries: repeatEntries } = await readJournal(round.files.journal('repeat'), repeatEntrySchema);
  const ranking = { over: round.manifest.config.compose.highPpl.over, passRates: passRates(rows, repeatEntries) };
  return { rows, probes, cases, repeatEntries, verifyEntries, judgements, buckets: sortRows(rows, probes, ruled, round.number, ranking) };
}

/** By sample id: a person's decision where there is one, else what the judge's votes come to. */
export async function judge(
  project: Project,
  round: Round,
  cases: readonly VerifyCase[],
  entries: readonly VerifyEntry[],
): Promise<ReadonlyMap<string, Judgement>> {
  const folds = foldVerify(entries);
  const { inForce } = (await readDecisions(project.files.root)).state;
  const judgements = new Map<string, Judgement>();
  for (const one of cases) {
    const context = { round: round.number, relabel: relabelRule(round.manifest), decision: inForce.get(one.sample.id) };
    const judgement = foldJudgement(one, folds.get(one.sample.id), context);
    if (judgement !== undefined) judgements.set(one.sample.id, judgement);
  }
  return judgements;
}

/** The error seeds that are expanded in this round. */
export function expandedSeeds(results: RoundResults, round: Round, config: ProjectConfig, textKinds: CompiledTextKinds): readonly ErrorSeed[] {
  return seedsToExpand(results.buckets.errorSeeds, { round: round.number, seed: config.seed, textKinds, maxSeeds: config.expand.maxSeeds });
}
