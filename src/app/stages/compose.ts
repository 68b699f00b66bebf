import { compose, countKinds } from '../../core/loop/compose.ts';
import { foldExpansions } from '../../core/loop/expansions.ts';
import { foldExpand } from '../../core/rounds/fold.ts';
import { expandEntrySchema } from '../../core/rounds/journalEntries.ts';
import { readJournal } from '../../node/appendJournal.ts';
import { readCorpus } from '../project.ts';
import { createRound } from '../round.ts';
import { expandedSeeds, readRoundResults } from '../roundResults.ts';
import { knownSamples } from './expand.ts';
import type { StageContext, StageResult } from './stage.ts';

/** Makes the next round with its training set: error seeds, expansions, matched and fresh samples (paper equation 5). */
export async function runCompose(context: StageContext): Promise<StageResult> {
  const { round, project, config, textKinds, progress } = context;
  progress.start(1, 0);
  const results = await readRoundResults(project, round, config);
  const seeds = expandedSeeds(results, round, config, textKinds);
  const known = await knownSamples(context, results.rows);
  const { entries } = await readJournal(round.files.journal('expand'), expandEntrySchema);
  const { accepted } = foldExpansions({ round: round.number, seeds, k: config.expand.k, fold: foldExpand(entries), known });
  const corpus = await readCorpus(project.files, config);
  const first = round.number === 1 ? results.rows : await project.files.round(1).readTrainRows();
  const composition = compose({
    round: round.number,
    seed: config.seed,
    settings: config.compose,
    textKinds,
    first: { size: first.length, kinds: countKinds(first, textKinds) },
    buckets: results.buckets,
    expansions: accepted,
    pool: corpus.samples,
    trained: await trainedSamples(context),
  });
  await createRound(project, round.number + 1, composition.rows, corpus.files, context.ports.clock);
  progress.update({ done: 1 });
  const { pplThreshold } = composition;
  return {
    counts: { size: composition.size, ...composition.byOrigin, ...(pplThreshold === undefined ? {} : { pplThreshold }) },
    notes: composition.notes,
  };
}

/** Everything that this round or one before it trained on. */
async function trainedSamples({ round, project }: StageContext): Promise<ReadonlySet<string>> {
  const trained = new Set<string>();
  for (let number = 1; number <= round.number; number += 1) for (const { id } of await project.files.round(number).readTrainRows()) trained.add(id);
  return trained;
}
