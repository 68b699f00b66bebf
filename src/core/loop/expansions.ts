import type { Sample, TrainRow } from '../dataset/sample.ts';
import type { CompletionOutcome, Sampling } from '../llm/completionPort.ts';
import { answerOfLabel } from '../llm/prompts/answer.ts';
import { buildCritiqueRequest, parseCritiqueReply, version } from '../llm/prompts/critique.ts';
import { critiqueKey, siblingKey, type ExpandFold } from '../rounds/fold.ts';
import type { CritiqueEntry, ExpandEntry, ExpansionGate, GenerationEntry } from '../rounds/journalEntries.ts';
import type { ErrorSeed } from './buckets.ts';
import { DuplicateIndex } from './duplicates.ts';
import { answeredBase, failureText } from './journalEntry.ts';
import { requestKey, type ModelIdentity, type ModelRequest } from './requestKey.ts';

/** The gates duplicate and judge of EDDE, and the fold of all gates. Duplicates are settled once all siblings are there, in the order (seed id, k). */

export type CritiqueContext = { readonly judge: ModelIdentity; readonly sampling: Partial<Sampling> };
export type CritiqueAsk = { readonly candidate: Candidate; readonly requestKey: string; readonly request: ModelRequest };
export type CritiquePlan = { readonly asks: readonly CritiqueAsk[]; readonly done: number };

export type Candidate = { readonly seed: ErrorSeed; readonly k: number; readonly sample: Sample; readonly generation: GenerationEntry };

/** What an expansion must not repeat: the round's training set (the seeds with it), the whole seed corpus, every held-out set. */
export type KnownSamples = Iterable<Pick<Sample, 'id' | 'messages'>>;

type Settled = { readonly generation: GenerationEntry; readonly seed: ErrorSeed; readonly k: number; readonly duplicate?: string; readonly sample?: Sample };

/** Every answered sibling with the word of the duplicate gate, in the order (seed id, k). Of equal candidates the first is the original. */
function settle(seeds: readonly ErrorSeed[], k: number, fold: ExpandFold, known: KnownSamples): readonly Settled[] {
  const index = new DuplicateIndex(known);
  for (const { row } of seeds) index.add(row);
  const ordered = [...seeds].sort((a, b) => (a.row.id < b.row.id ? -1 : 1));
  return ordered.flatMap((seed) =>
    Array.from({ length: k }, (_, i): readonly Settled[] => {
      const generation = fold.generations.get(siblingKey(seed.row.id, i));
      if (generation === undefined || generation.labelHash !== seed.row.labelHash) return [];
      const { sample } = generation;
      if (generation.status !== 'candidate' || sample === undefined) return [{ seed, k: i, generation }];
      const duplicate = index.find(sample);
      if (duplicate !== undefined) return [{ seed, k: i, generation, duplicate: `same ${duplicate.by === 'id' ? 'sample' : 'request'} as ${duplicate.of}` }];
      index.add(sample);
      return [{ seed, k: i, generation, sample }];
    }).flat(),
  );
}

/** Candidates that the judge has not spoken on. To be planned when every generation is answered, else a later sibling could still turn out to be the original. */
export function planCritiques(seeds: readonly ErrorSeed[], k: number, fold: ExpandFold, entries: Iterable<ExpandEntry>, known: KnownSamples, context: CritiqueContext): CritiquePlan {
  const finished = new Set<string>();
  for (const entry of entries) if (entry.type === 'critique' && entry.verdict !== 'ERROR') finished.add(`${entry.sampleId} ${entry.requestKey}`);
  const asks: CritiqueAsk[] = [];
  let done = 0;
  for (const { seed, k: sibling, sample, generation } of settle(seeds, k, fold, known)) {
    if (sample === undefined) continue;
    const ask = critiqueAsk({ seed, k: sibling, sample, generation }, context);
    if (ask === undefined || finished.has(`${sample.id} ${ask.requestKey}`)) done++;
    else asks.push(ask);
  }
  return { asks, done };
}

function critiqueAsk(candidate: Candidate, { judge, sampling }: CritiqueContext): CritiqueAsk | undefined {
  const { tools, messages, label } = candidate.sample;
  const answer = answerOfLabel(label);
  if (answer === undefined) return undefined;
  const request = buildCritiqueRequest({ tools, messages, answer, sampling });
  return { candidate, request, requestKey: requestKey({ ...judge, request }) };
}

export function critiqueOutcome(ask: CritiqueAsk, outcome: CompletionOutcome, { judge }: CritiqueContext, startedAt: string): CritiqueEntry {
  const { seed, k, sample } = ask.candidate;
  const base = {
    ...answeredBase(outcome, startedAt),
    type: 'critique' as const,
    sampleId: sample.id,
    labelHash: sample.labelHash,
    requestKey: ask.requestKey,
    seedId: seed.row.id,
    k,
    judge: judge.model,
    simulated: judge.simulated,
    promptVersion: version,
  };
  if (!outcome.ok) return { ...base, verdict: 'ERROR', analysis: failureText(outcome.failure) };
  const reply = parseCritiqueReply(outcome.reply.content);
  return 'unparsed' in reply ? { ...base, verdict: 'UNPARSED', analysis: reply.unparsed } : { ...base, verdict: reply.word, analysis: reply.analysis };
}

/** What became of one sibling: the gate that refused it, or nothing when it was accepted or is still to be judged. */
export type ExpansionResult = {
  readonly seedId: string;
  readonly k: number;
  readonly variation: string;
  readonly status: 'accepted' | 'refused' | 'open';
  readonly gate?: ExpansionGate;
  readonly reason: string;
  readonly sample?: Sample;
};

export type ExpansionYield = { readonly asked: number; readonly accepted: number; readonly refused: Readonly<Partial<Record<ExpansionGate, number>>> };
export type Expansions = {
  /** In the order (seed id, k). */
  readonly results: readonly ExpansionResult[];
  /** Rows for the set of the round after `round`. */
  readonly accepted: readonly TrainRow[];
  readonly yields: ExpansionYield;
};

export function foldExpansions(parts: { readonly round: number; readonly seeds: readonly ErrorSeed[]; readonly k: number; readonly fold: ExpandFold; readonly known: KnownSamples }): Expansions {
  const { round, seeds, k, fold, known } = parts;
  const results = settle(seeds, k, fold, known).map((settled) => resultOf(settled, fold));
  const refused: Partial<Record<ExpansionGate, number>> = {};
  for (const { gate } of results) if (gate !== undefined) refused[gate] = (refused[gate] ?? 0) + 1;
  const accepted = results.flatMap(({ status, sample, seedId }) => (status === 'accepted' && sample !== undefined ? [expansionRow(sample, seedId, round)] : []));
  return { results, accepted, yields: { asked: seeds.length * k, accepted: accepted.length, refused } };
}

function resultOf({ seed, k, generation, duplicate, sample }: Settled, fold: ExpandFold): ExpansionResult {
  const base = { seedId: seed.row.id, k, variation: generation.variation };
  const refuse = (gate: ExpansionGate, reason: string): ExpansionResult => ({
    ...base,
    status: 'refused',
    gate,
    reason,
    ...(generation.sample === undefined ? {} : { sample: generation.sample }),
  });
  if (generation.status !== 'candidate') return refuse(generation.status, generation.reason);
  if (duplicate !== undefined) return refuse('duplicate', duplicate);
  if (sample === undefined) return refuse('parse', 'the entry has no sample');
  const critique = fold.critiques.get(critiqueKey(sample.id, sample.labelHash));
  if (critique === undefined) return { ...base, status: 'open', reason: '', sample };
  if (critique.verdict === 'CORRECT') return { ...base, status: 'accepted', reason: critique.analysis, sample };
  if (critique.verdict === 'ERROR') return refuse('api', critique.analysis);
  return refuse('judge', critique.analysis);
}

function expansionRow(sample: Sample, seedId: string, round: number): TrainRow {
  return { ...sample, v: 1, origin: 'expansion', parents: [seedId], since: round + 1 };
}
