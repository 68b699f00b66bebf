import type { Sample } from '../../core/dataset/sample.ts';
import type { ErrorSeed } from '../../core/loop/buckets.ts';
import { generationOutcome, nextAttempt, planExpansions, type ExpandContext, type GenerationAsk } from '../../core/loop/edde.ts';
import { foldExpansions, judgedCandidates, type Expansions } from '../../core/loop/expansions.ts';
import { askAfter, judgeOutcome, planJudging, type JudgeContext } from '../../core/loop/judgedExpansions.ts';
import { repetitionEntries, settleExpansions, type Settled } from '../../core/loop/settledExpansions.ts';
import { foldExpand } from '../../core/rounds/fold.ts';
import { expandEntrySchema, type ExpandEntry } from '../../core/rounds/journalEntries.ts';
import type { Checkpoint } from '../../core/training/trainerPort.ts';
import { briefEntry } from '../../node/briefEntries.ts';
import { expandedSeeds, readRoundResults } from '../roundResults.ts';
import { askAll } from './askAll.ts';
import { knownSamples } from './knownSamples.ts';
import { policyNow } from './policyNow.ts';
import { askProbes } from './probe.ts';
import { StageJournal } from './stageJournal.ts';
import type { AskContext, Kept, StageContext, StageResult } from './stage.ts';

/** EDDE: new samples after each error seed, through the gates parse, shape, schema, grounding, duplicate, solver, judge and difficulty. */
export async function runExpand(context: StageContext): Promise<StageResult> {
  const { seeds, errorSeeds, simulated, expansions } = await expandRound(context);
  const { yields, results } = expansions;
  const notes: string[] = [];
  if (simulated.length > 0) notes.push(`Simulated: ${simulated.join(' and ')}.`);
  if (seeds < errorSeeds) notes.push(`${seeds} of ${errorSeeds} error seeds were expanded (expand.maxSeeds, evenly over kinds).`);
  const unsure = results.filter(({ status }) => status === 'open').length;
  if (unsure > 0) notes.push(`${unsure} expansions could not be judged: they are not taken.`);
  const refused = Object.fromEntries(Object.entries(yields.refused).map(([gate, count]) => [`refused.${gate}`, count]));
  return { counts: { seeds, asked: yields.asked, accepted: yields.accepted, ...refused }, notes };
}

export type ExpandedRound = { readonly seeds: number; readonly seedRows: readonly ErrorSeed[]; readonly errorSeeds: number; readonly simulated: readonly string[]; readonly expansions: Expansions };

/** Makes what is missing of a round's expansions; with `only`, at most so many of them, spread over the seeds. They are the round's all the same. */
export async function expandRound(context: StageContext, only?: number): Promise<ExpandedRound> {
  const { round, project, config, reporter } = context;
  const results = await readRoundResults(project, round);
  const seeds = expandedSeeds(results, round, config, context.textKinds);
  const known = await knownSamples(context, results.rows);
  const { k, gates } = config.expand;
  const journal = await StageJournal.open(round.files.journal('expand'), expandEntrySchema, reporter, briefEntry(expandEntrySchema));
  let simulated: readonly string[];
  let entries: readonly ExpandEntry[];
  try {
    const policy = gates.difficulty === 'off' ? undefined : policyNow(round);
    simulated = await askExpansions({ ...context, round: round.number, policy, only }, seeds, known, journal);
    entries = await journal.read();
  } finally {
    await journal.close();
  }
  const expansions = foldExpansions({ round: round.number, seeds, k, fold: foldExpand(entries), known, gates });
  return { seeds: seeds.length, seedRows: seeds, errorSeeds: results.buckets.errorSeeds.length, simulated, expansions };
}

/** `round` goes into the draw of variations. */
type ExpandAsk = AskContext & {
  readonly round: number;
  /** For the gate difficulty, which is left out without one. */
  readonly policy?: Checkpoint | undefined;
  readonly only?: number | undefined;
};

/** Asks for what of these seeds has no expansion among the entries, and has candidates judged. Resolves to which roles are simulated. */
export async function askExpansions(context: ExpandAsk, seeds: readonly ErrorSeed[], known: readonly Sample[], kept: Kept<ExpandEntry>): Promise<readonly string[]> {
  const generator = await generate(context, seeds, kept);
  const { k, gates } = context.config.expand;
  const settled = settleExpansions({ seeds, k, fold: foldExpand(await kept.read()), known, nearDuplicate: gates.nearDuplicate });
  // Of a preview a later sibling may still turn out to be the original.
  if (context.only === undefined) for (const entry of repetitionEntries(settled, await kept.read(), new Date(context.ports.clock.now()).toISOString())) await kept.keep(entry);
  const judge = await judgeCandidates(context, settled, seeds.length * k, kept);
  if (context.policy !== undefined) await probeCandidates(context, context.policy, settled, kept);
  return [...(generator ? ['generator'] : []), ...(judge ? ['judge'] : [])];
}

/** True when the generator is simulated. */
async function generate(context: ExpandAsk, seeds: readonly ErrorSeed[], { read, keep }: Kept<ExpandEntry>): Promise<boolean> {
  const { round, config, connections, signal, progress } = context;
  const connection = await connections.generator(signal);
  const { k, attempts, maxSeeds, kinds, gates } = config.expand;
  const expand: ExpandContext = {
    round,
    seed: config.seed,
    generator: connection.identity,
    sampling: connection.sampling,
    textKinds: context.textKinds,
    k,
    attempts,
    maxSeeds,
    kinds,
    grounding: gates.grounding,
  };
  const generations = (await read()).filter((entry) => entry.type === 'generation');
  const plan = planExpansions(seeds, generations, expand);
  const asks = context.only === undefined ? plan.asks : spread(plan.asks, Math.max(0, context.only - generatedSiblings(generations)));
  // Every sibling may have to be judged as well: the total shrinks when the gates have spoken.
  progress.start((context.only === undefined ? seeds.length * k : asks.length) * 2, context.only === undefined ? plan.done : 0);
  progress.update({ detail: 'generating' });
  await askAll(context, { role: 'generator', port: connection.port }, asks, (ask, outcome, startedAt) => {
    const entry = generationOutcome(ask, outcome, expand, startedAt);
    return { written: keep(entry), next: nextAttempt(ask, entry, expand) };
  });
  return connection.identity.simulated;
}

function generatedSiblings(generations: readonly { readonly sampleId: string; readonly k: number }[]): number {
  return new Set(generations.map(({ sampleId, k }) => `${sampleId} ${k}`)).size;
}

/** `n` asks at even distances: of as many seeds, and of different siblings. */
function spread(asks: readonly GenerationAsk[], n: number): readonly GenerationAsk[] {
  if (asks.length <= n) return asks;
  return Array.from({ length: n }, (_, i) => asks[Math.floor(((i + 0.5) * asks.length) / n)]).filter((ask) => ask !== undefined);
}

/** True when the judge is simulated. */
async function judgeCandidates(context: AskContext, settled: readonly Settled[], asked: number, { read, keep }: Kept<ExpandEntry>): Promise<boolean> {
  const { config, connections, signal, progress, textKinds } = context;
  const { gates } = config.expand;
  if (!gates.solver && !gates.critic) return false;
  const connection = await connections.judge(signal);
  const judging: JudgeContext = { judge: connection.identity, sampling: connection.sampling, textKinds, gates };
  const plan = planJudging(settled, await read(), judging);
  progress.update({ total: asked + plan.asks.length + plan.done, done: asked + plan.done, detail: 'judging' });
  await askAll(context, { role: 'judge', port: connection.port }, plan.asks, (ask, outcome, startedAt) => {
    const entry = judgeOutcome(ask, outcome, judging, startedAt);
    return { written: keep(entry), next: askAfter(ask, entry, judging) };
  });
  return connection.identity.simulated;
}

/** The policy answers what all other gates let through: what it masters needs no further samples. */
async function probeCandidates(context: AskContext, checkpoint: Checkpoint, settled: readonly Settled[], { read, keep }: Kept<ExpandEntry>): Promise<void> {
  const { connections, signal, progress } = context;
  const policy = await connections.policy(checkpoint, signal);
  progress.update({ detail: 'probing' });
  const candidates = judgedCandidates(settled, foldExpand(await read()), context.config.expand.gates);
  await askProbes(context, policy, candidates, { read: async () => (await read()).filter((entry) => entry.type === 'probe'), keep });
}
