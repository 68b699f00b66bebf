import type { TrainRow } from '../../core/dataset/sample.ts';
import { compose, countKinds, type ComposeInput, type Composition } from '../../core/loop/compose.ts';
import { foldExpansions } from '../../core/loop/expansions.ts';
import { lateCorrections } from '../../core/loop/lateCorrections.ts';
import { setFlows, type Flow } from '../../core/loop/setFlows.ts';
import type { DecisionState } from '../../core/review/decisionState.ts';
import { droppedSamples } from '../../core/review/droppedSamples.ts';
import { foldExpand } from '../../core/rounds/fold.ts';
import { expandEntrySchema } from '../../core/rounds/journalEntries.ts';
import { readJournal } from '../../node/appendJournal.ts';
import { readDecisions } from '../decisionsFile.ts';
import { readCorpus, type Corpus } from '../project.ts';
import { createRound } from '../round.ts';
import { expandedSeeds, readRoundResults } from '../roundResults.ts';
import { knownSamples } from './knownSamples.ts';
import type { StageContext, StageResult } from './stage.ts';

type ComposeContext = Pick<StageContext, 'round' | 'project' | 'config' | 'textKinds'>;

/** Makes the next round with its training set: error seeds, expansions, matched and fresh samples (paper equation 5). */
export async function runCompose(context: StageContext): Promise<StageResult> {
  const { round, project, progress } = context;
  progress.start(1, 0);
  const { composition, corpus, left } = await composeRound(context);
  await createRound(project, round.number + 1, composition.rows, corpus.files, context.ports.clock);
  progress.update({ done: 1 });
  const { pplThreshold, rankedBy } = composition;
  const ranked = rankedBy === undefined ? {} : { 'ranked.ppl': rankedBy.ppl, 'ranked.passRate': rankedBy.passRate, 'ranked.seed': rankedBy.seed };
  return {
    counts: { size: composition.size, ...composition.byOrigin, ...(pplThreshold === undefined ? {} : { pplThreshold }), ...ranked },
    notes: left === 0 ? composition.notes : [`${left} samples of this set are in no later one: people dropped them`, ...composition.notes],
  };
}

export type ComposedRound = {
  readonly composition: Composition;
  /** Where every sample of the set, of the expansions and of the corpus goes. */
  readonly flows: readonly Flow[];
  readonly corpus: Corpus;
  /** Samples of the set that people dropped. */
  readonly left: number;
};

/** The next round's set as the journals of this round and the settings have it; writes nothing. */
export async function composeRound(context: ComposeContext): Promise<ComposedRound> {
  const { round, project, config, textKinds } = context;
  const results = await readRoundResults(project, round);
  const seeds = expandedSeeds(results, round, config, textKinds);
  const corpus = await readCorpus(project.files, config);
  const known = await knownSamples(context, results.rows, corpus);
  const { entries } = await readJournal(round.files.journal('expand'), expandEntrySchema);
  const { accepted, yields } = foldExpansions({ round: round.number, seeds, k: config.expand.k, fold: foldExpand(entries), known, gates: config.expand.gates });
  const { state } = await readDecisions(project.files.root);
  const { trained, decided, first } = await pastSets(context, results.rows, state);
  const late = lateCorrections(decided, state, round.number);
  const dropped = droppedSamples(state);
  const input: ComposeInput = {
    round: round.number,
    seed: config.seed,
    settings: config.compose,
    textKinds,
    first,
    buckets: { ...results.buckets, errorSeeds: [...results.buckets.errorSeeds, ...late] },
    expansions: accepted,
    pool: corpus.samples,
    trained,
    dropped,
  };
  const composition = compose(input);
  const left = results.rows.filter(({ id }) => dropped.has(id)).length;
  return { composition, corpus, left, flows: setFlows({ compose: input, composition, rows: results.rows, late, yields }) };
}

type PastSets = { readonly trained: ReadonlySet<string>; readonly decided: readonly (readonly TrainRow[])[]; readonly first: ComposeInput['first'] };

/** Ids of everything that this round or one before it trained on, and from each of these sets, oldest first, the rows that people decided on. `rows`: this round's. */
async function pastSets({ round, project, textKinds }: ComposeContext, rows: readonly TrainRow[], { inForce }: DecisionState): Promise<PastSets> {
  const trained = new Set<string>();
  const decided: (readonly TrainRow[])[] = [];
  let first: ComposeInput['first'] = { size: 0, kinds: {} };
  for (let number = 1; number <= round.number; number += 1) {
    const set = number === round.number ? rows : await project.files.round(number).readTrainRows();
    if (number === 1) first = { size: set.length, kinds: countKinds(set, textKinds) };
    for (const { id } of set) trained.add(id);
    decided.push(set.filter(({ id }) => inForce.has(id)));
  }
  return { trained, decided, first };
}
