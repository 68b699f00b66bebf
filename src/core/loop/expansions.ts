import type { ExpandGates } from '../config/projectConfig.ts';
import type { Sample, TrainRow } from '../dataset/sample.ts';
import { critiqueKey, type ExpandFold } from '../rounds/fold.ts';
import type { ExpansionGate, GenerationEntry, ProbeEntry } from '../rounds/journalEntries.ts';
import { isMatch } from '../toolcall/outcome.ts';
import { agrees } from './judgedExpansions.ts';
import { settleExpansions, type Settled, type SettleInput } from './settledExpansions.ts';

/** The fold of all gates of EDDE. */

/** What became of one sibling: the gate that refused it, or nothing when it was accepted or is still to be judged. */
export type ExpansionResult = {
  readonly seedId: string;
  readonly k: number;
  readonly variation: string;
  /** Kind that was asked for. */
  readonly kind?: string;
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

export type FoldInput = Omit<SettleInput, 'nearDuplicate'> & { readonly round: number; readonly gates: ExpandGates };

export function foldExpansions({ round, gates, ...parts }: FoldInput): Expansions {
  const { seeds, k, fold } = parts;
  const settled = settleExpansions({ ...parts, nearDuplicate: gates.nearDuplicate }).map((one) => ({ one, result: resultOf(one, fold, gates) }));
  const refused: Partial<Record<ExpansionGate, number>> = {};
  for (const { gate } of settled.map(({ result }) => result)) if (gate !== undefined) refused[gate] = (refused[gate] ?? 0) + 1;
  const accepted = settled.flatMap(({ one, result }) => (result.status === 'accepted' && one.passed ? [expansionRow(one.sample, one.generation, round)] : []));
  return { results: settled.map(({ result }) => result), accepted, yields: { asked: seeds.length * k, accepted: accepted.length, refused } };
}

/** Candidates that all gates before difficulty let through. */
export function judgedCandidates(settled: readonly Settled[], fold: ExpandFold, gates: ExpandGates): readonly Sample[] {
  return settled.flatMap((one) => (one.passed && resultOf(one, fold, { ...gates, difficulty: 'off' }).status === 'accepted' ? [one.sample] : []));
}

function resultOf(settled: Settled, fold: ExpandFold, gates: ExpandGates): ExpansionResult {
  const { seed, k, generation } = settled;
  const { sample } = generation;
  const base = {
    seedId: seed.row.id,
    k,
    variation: generation.variation,
    ...(generation.kind === undefined ? {} : { kind: generation.kind }),
    ...(sample === undefined ? {} : { sample }),
  };
  const refuse = (gate: ExpansionGate, reason: string): ExpansionResult => ({ ...base, status: 'refused', gate, reason });
  if (generation.status !== 'candidate') return refuse(generation.status, generation.reason);
  if (settled.repetition !== undefined) return refuse(settled.repetition.gate, settled.repetition.reason);
  if (!settled.passed) return refuse('parse', 'the entry has no sample');
  const word = judgedWord(settled.sample, fold, gates);
  if (word === 'open') return { ...base, status: 'open', reason: '' };
  return 'gate' in word ? refuse(word.gate, word.reason) : { ...base, status: 'accepted', reason: word.reason };
}

type Word = 'open' | { readonly gate: ExpansionGate; readonly reason: string } | { readonly reason: string };

/** A critique without a solution is of before there was a solver: it stands alone. */
function judgedWord({ id, labelHash }: Sample, { solutions, critiques, probes }: ExpandFold, gates: ExpandGates): Word {
  const key = critiqueKey(id, labelHash);
  const [solution, critique] = [solutions.get(key), critiques.get(key)];
  if (gates.solver && solution === undefined && critique === undefined) return 'open';
  if (gates.solver && solution !== undefined && !agrees(solution)) return { gate: solution.outcome === 'ERROR' ? 'api' : 'solver', reason: solution.reason };
  if (gates.critic && critique === undefined) return 'open';
  if (gates.critic && critique !== undefined && critique.verdict !== 'CORRECT') return { gate: critique.verdict === 'ERROR' ? 'api' : 'judge', reason: critique.analysis };
  return difficultyWord(probes.get(key), gates) ?? { reason: critique?.analysis ?? '' };
}

/** What the gate difficulty says; undefined where it lets pass. Without a perplexity nobody can say that the policy is sure. */
export function difficultyWord(probe: ProbeEntry | undefined, { difficulty, unsurePpl }: Pick<ExpandGates, 'difficulty' | 'unsurePpl'>): Word | undefined {
  if (difficulty === 'off') return undefined;
  if (probe === undefined) return 'open';
  if (probe.outcome === 'ERROR') return { gate: 'api', reason: probe.error ?? 'the policy did not answer' };
  if (!isMatch(probe.outcome)) return undefined;
  if (difficulty === 'wrong') return { gate: 'difficulty', reason: 'the policy answers it right' };
  return probe.ppl === null || probe.ppl >= unsurePpl ? undefined : { gate: 'difficulty', reason: `the policy answers it right and is sure: perplexity ${probe.ppl.toFixed(3)}` };
}

function expansionRow(sample: Sample, { sampleId, k, attempt, variation, kind, generator, promptVersion, prompt, requestKey }: GenerationEntry, round: number): TrainRow {
  const made = { round, k, attempt, variation, ...(kind === undefined ? {} : { kind }), generator, promptVersion, ...(prompt === undefined ? {} : { prompt }), requestKey };
  return { ...sample, v: 1, origin: 'expansion', parents: [sampleId], since: round + 1, made };
}
