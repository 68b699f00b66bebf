import type { TrainRow } from '../../core/dataset/sample.ts';
import { compose, countKinds } from '../../core/loop/compose.ts';
import { foldExpansions } from '../../core/loop/expansions.ts';
import { lateCorrections } from '../../core/loop/lateCorrections.ts';
import type { DecisionState } from '../../core/review/decisionState.ts';
import { droppedSamples } from '../../core/review/droppedSamples.ts';
import { foldExpand } from '../../core/rounds/fold.ts';
import { expandEntrySchema } from '../../core/rounds/journalEntries.ts';
import { readJournal } from '../../node/appendJournal.ts';
import { readDecisions } from '../decisionsFile.ts';
import { readCorpus } from '../project.ts';
import { createRound } from '../round.ts';
import { expandedSeeds, readRoundResults } from '../roundResults.ts';
import { knownSamples } from './expand.ts';
import type { StageContext, StageResult } from './stage.ts';

/** Makes the next round with its training set: error seeds, expansions, matched and fresh samples (paper equation 5). */
export async function runCompose(context: StageContext): Promise<StageResult> {
  const { round, project, config, textKinds, progress } = context;
  progress.start(1, 0);
  const results = await readRoundResults(project, round);
  const seeds = expandedSeeds(results, round, config, textKinds);
  const known = await knownSamples(context, results.rows);
  const { entries } = await readJournal(round.files.journal('expand'), expandEntrySchema);
  const { accepted } = foldExpansions({ round: round.number, seeds, k: config.expand.k, fold: foldExpand(entries), known });
  const corpus = await readCorpus(project.files, config);
  const first = round.number === 1 ? results.rows : await project.files.round(1).readTrainRows();
  const { state } = await readDecisions(project.files.root);
  const { trained, decided } = await pastSets(context, state);
  const late = lateCorrections(decided, state, round.number);
  const dropped = droppedSamples(state);
  const composition = compose({
    round: round.number,
    seed: config.seed,
    settings: config.compose,
    textKinds,
    first: { size: first.length, kinds: countKinds(first, textKinds) },
    buckets: { ...results.buckets, errorSeeds: [...results.buckets.errorSeeds, ...late] },
    expansions: accepted,
    pool: corpus.samples,
    trained,
    dropped,
  });
  await createRound(project, round.number + 1, composition.rows, corpus.files, context.ports.clock);
  progress.update({ done: 1 });
  const { pplThreshold } = composition;
  const left = results.rows.filter(({ id }) => dropped.has(id)).length;
  return {
    counts: { size: composition.size, ...composition.byOrigin, ...(pplThreshold === undefined ? {} : { pplThreshold }) },
    notes: left === 0 ? composition.notes : [`${left} samples of this set are in no later one: people dropped them`, ...composition.notes],
  };
}

/** Ids of everything that this round or one before it trained on, and from each of these sets, oldest first, the rows that people decided on. */
async function pastSets({ round, project }: StageContext, { inForce }: DecisionState): Promise<{ readonly trained: ReadonlySet<string>; readonly decided: readonly (readonly TrainRow[])[] }> {
  const trained = new Set<string>();
  const decided: (readonly TrainRow[])[] = [];
  for (let number = 1; number <= round.number; number += 1) {
    const rows = await project.files.round(number).readTrainRows();
    for (const { id } of rows) trained.add(id);
    decided.push(rows.filter(({ id }) => inForce.has(id)));
  }
  return { trained, decided };
}
