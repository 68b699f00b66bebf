import type { Sample } from '../../core/dataset/sample.ts';
import type { ErrorSeed } from '../../core/loop/buckets.ts';
import { generationOutcome, nextAttempt, planExpansions, type ExpandContext } from '../../core/loop/edde.ts';
import { critiqueOutcome, foldExpansions, planCritiques, type CritiqueContext } from '../../core/loop/expansions.ts';
import { foldExpand } from '../../core/rounds/fold.ts';
import { expandEntrySchema, type ExpandEntry } from '../../core/rounds/journalEntries.ts';
import { AppendJournal } from '../../node/appendJournal.ts';
import { readDatasetFile } from '../../node/datasetFiles.ts';
import { readCorpus, readHeldOut, type Corpus } from '../project.ts';
import { expandedSeeds, readRoundResults } from '../roundResults.ts';
import { askAll } from './askAll.ts';
import type { AskContext, Kept, StageContext, StageResult } from './stage.ts';

/** EDDE: new samples after each error seed, through the gates parse, schema, duplicate and judge. */
export async function runExpand(context: StageContext): Promise<StageResult> {
  const { round, project, config, reporter } = context;
  const results = await readRoundResults(project, round);
  const seeds = expandedSeeds(results, round, config, context.textKinds);
  const known = await knownSamples(context, results.rows);
  const { k } = config.expand;
  const { journal, reading } = await AppendJournal.open(round.files.journal('expand'), expandEntrySchema);
  const entries: ExpandEntry[] = [...reading.entries];
  const keep = async (entry: ExpandEntry) => {
    await journal.append(entry);
    entries.push(entry);
  };
  let simulated: readonly string[];
  try {
    reading.warnings.forEach((warning) => reporter.warning(warning));
    simulated = await askExpansions({ ...context, round: round.number }, seeds, known, { entries, keep });
  } finally {
    await journal.close();
  }
  const { yields } = foldExpansions({ round: round.number, seeds, k, fold: foldExpand(entries), known });
  const notes: string[] = [];
  if (simulated.length > 0) notes.push(`Simulated: ${simulated.join(' and ')}.`);
  const { errorSeeds } = results.buckets;
  if (seeds.length < errorSeeds.length) notes.push(`${seeds.length} of ${errorSeeds.length} error seeds were expanded (expand.maxSeeds, evenly over kinds).`);
  const refused = Object.fromEntries(Object.entries(yields.refused).map(([gate, count]) => [`refused.${gate}`, count]));
  return { counts: { seeds: seeds.length, asked: yields.asked, accepted: yields.accepted, ...refused }, notes };
}

/** `round` goes into the draw of variations. */
type ExpandAsk = AskContext & { readonly round: number };

/** Asks for what of these seeds has no expansion among the entries, and has candidates judged. Resolves to which roles are simulated. */
export async function askExpansions(context: ExpandAsk, seeds: readonly ErrorSeed[], known: readonly Sample[], kept: Kept<ExpandEntry>): Promise<readonly string[]> {
  const generator = await generate(context, seeds, kept);
  const judge = await critique(context, seeds, known, kept);
  return [...(generator ? ['generator'] : []), ...(judge ? ['judge'] : [])];
}

/** True when the generator is simulated. */
async function generate(context: ExpandAsk, seeds: readonly ErrorSeed[], { entries, keep }: Kept<ExpandEntry>): Promise<boolean> {
  const { round, config, connections, signal, progress } = context;
  const connection = await connections.generator(signal);
  const expand: ExpandContext = {
    round,
    seed: config.seed,
    generator: connection.identity,
    sampling: connection.sampling,
    textKinds: context.textKinds,
    k: config.expand.k,
    attempts: config.expand.attempts,
    maxSeeds: config.expand.maxSeeds,
  };
  const generations = entries.filter((entry) => entry.type === 'generation');
  const plan = planExpansions(seeds, generations, expand);
  // Every sibling may have to be judged as well: the total shrinks when the gates have spoken.
  progress.start(seeds.length * config.expand.k * 2, plan.done);
  progress.update({ detail: 'generating' });
  await askAll(context, { role: 'generator', port: connection.port }, plan.asks, (ask, outcome, startedAt) => {
    const entry = generationOutcome(ask, outcome, expand, startedAt);
    return { written: keep(entry), next: nextAttempt(ask, entry, expand) };
  });
  return connection.identity.simulated;
}

/** True when the judge is simulated. */
async function critique(context: AskContext, seeds: readonly ErrorSeed[], known: readonly Sample[], { entries, keep }: Kept<ExpandEntry>): Promise<boolean> {
  const { config, connections, signal, progress } = context;
  const connection = await connections.judge(signal);
  const critic: CritiqueContext = { judge: connection.identity, sampling: connection.sampling };
  const { k } = config.expand;
  const plan = planCritiques(seeds, k, foldExpand(entries), entries, known, critic);
  progress.update({ total: seeds.length * k + plan.asks.length + plan.done, done: seeds.length * k + plan.done, detail: 'judging' });
  await askAll(context, { role: 'judge', port: connection.port }, plan.asks, (ask, outcome, startedAt) => ({
    written: keep(critiqueOutcome(ask, outcome, critic, startedAt)),
  }));
  return connection.identity.simulated;
}

/** What an expansion must not repeat: the round's set, the seed corpus, held-out sets and benchmarks. `corpus` where it was read already. */
export async function knownSamples({ project, config }: Pick<StageContext, 'project' | 'config'>, rows: readonly Sample[], corpus?: Corpus): Promise<readonly Sample[]> {
  const { samples } = corpus ?? (await readCorpus(project.files, config));
  const heldOut = await readHeldOut(project.files, config);
  const benchmarks = await Promise.all(config.lint.benchmarks.map((path) => readDatasetFile(project.files.absolute(path), { path, steps: 'all' })));
  return [
    ...rows,
    ...samples.map(({ sample }) => sample),
    ...heldOut.flatMap((set) => set.samples),
    ...benchmarks.flatMap(({ reading }) => reading.samples.map(({ sample }) => sample)),
  ];
}
