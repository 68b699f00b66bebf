import { compileTextKinds } from '../core/toolcall/textKinds.ts';
import type { TrainRow } from '../core/dataset/sample.ts';
import type { Composition } from '../core/loop/compose.ts';
import { foldExpansions } from '../core/loop/expansions.ts';
import { foldEvaluate, foldExpand } from '../core/rounds/fold.ts';
import { evaluateEntrySchema, expandEntrySchema, type ExpandEntry, type VerifyEntry } from '../core/rounds/journalEntries.ts';
import type { RoundManifest } from '../core/rounds/manifest.ts';
import { repeatsReport } from '../core/rounds/repeatsReport.ts';
import { roundReport } from '../core/rounds/report.ts';
import type { RoundReport } from '../core/rounds/roundReport.ts';
import { readJournal } from '../node/appendJournal.ts';
import type { Project } from './project.ts';
import { readHeldOut } from './project.ts';
import { settingsOf, type Round } from './round.ts';
import { expandedSeeds, readRoundResults } from './roundResults.ts';
import { knownSamples } from './stages/knownSamples.ts';
import { countBy } from './stages/counts.ts';
import { readTruth } from './truth.ts';

/** What a round did so far, from its files. */
export async function makeReport(project: Project, round: Round): Promise<RoundReport> {
  const config = settingsOf(round, project);
  const textKinds = compileTextKinds(config.textKinds);
  const results = await readRoundResults(project, round);
  const seeds = expandedSeeds(results, round, config, textKinds);
  const { entries: expandEntries } = await readJournal(round.files.journal('expand'), expandEntrySchema);
  const known = expandEntries.length === 0 ? [] : await knownSamples({ project, config }, results.rows);
  const fold = foldExpand(expandEntries);
  // A round that has not come to expanding has asked for nothing yet.
  const { yields } = foldExpansions({ round: round.number, seeds: expandEntries.length === 0 ? [] : seeds, k: config.expand.k, fold, known, gates: config.expand.gates });
  const heldOut = await readHeldOut(project.files, config);
  const { entries: evaluateEntries } = await readJournal(round.files.journal('evaluate'), evaluateEntrySchema);
  return roundReport({
    round: round.number,
    seed: config.seed,
    textKinds,
    rows: results.rows,
    training: training(round.manifest),
    probes: results.probes,
    repeats: repeatsReport(results.rows, results.probes, results.repeatEntries, { round: round.number, config }),
    judgements: results.judgements,
    gate: round.manifest.gate,
    expansions: yields,
    composition: await composition(project, round),
    heldOut: heldOut.map(({ name, samples }) => ({ set: name, samples: samples.length })),
    evaluation: foldEvaluate(evaluateEntries),
    truth: await readTruth(project.files, config),
    simulated: simulatedModels(results.verifyEntries, expandEntries),
  });
}

function training({ stages }: RoundManifest): { steps: number; reward?: number; deadGroups?: number; notes: readonly string[] } {
  const { counts, notes } = stages.train;
  const { steps = 0, reward, deadGroups } = counts;
  return { steps, notes, ...(reward === undefined ? {} : { reward }), ...(deadGroups === undefined ? {} : { deadGroups }) };
}

/** What compose wrote, read back: the decisions of today may lead to another set than those of the day. */
async function composition(project: Project, round: Round): Promise<Composition | undefined> {
  const state = round.stage('compose');
  if (state.status !== 'done') return undefined;
  const rows: readonly TrainRow[] = await project.files.round(round.number + 1).readTrainRows();
  return { rows, size: rows.length, byOrigin: countBy(rows, ({ origin }) => origin), pplThreshold: state.counts['pplThreshold'], ...rankedBy(state.counts), notes: state.notes };
}

/** Sets that were composed before ranks were counted have none. */
function rankedBy(counts: Readonly<Record<string, number>>): Pick<Composition, 'rankedBy'> {
  const { 'ranked.ppl': ppl, 'ranked.passRate': passRate, 'ranked.seed': seed } = counts;
  return ppl === undefined || passRate === undefined || seed === undefined ? {} : { rankedBy: { ppl, passRate, seed } };
}

function simulatedModels(verify: readonly VerifyEntry[], expand: readonly ExpandEntry[]): readonly string[] {
  const names = new Set<string>();
  for (const entry of verify) if (entry.type === 'vote' && entry.simulated) names.add(entry.judge);
  for (const entry of expand) {
    if (entry.type === 'generation' && entry.simulated) names.add(entry.generator);
    if ((entry.type === 'critique' || entry.type === 'solution') && entry.simulated) names.add(entry.judge);
  }
  return [...names].sort();
}
