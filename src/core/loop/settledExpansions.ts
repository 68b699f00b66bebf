import type { Sample } from '../dataset/sample.ts';
import { siblingKey, type ExpandFold } from '../rounds/fold.ts';
import type { GenerationEntry, RepetitionEntry } from '../rounds/journalEntries.ts';
import type { ErrorSeed } from './buckets.ts';
import { DuplicateIndex } from './duplicates.ts';
import { unaskedBase } from './journalEntry.ts';
import { nearestKnown, NearDuplicates } from './nearDuplicates.ts';
import { noRequest } from './requestKey.ts';

/** The gates duplicate and nearDuplicate of EDDE. They are settled once all siblings are there, in the order (seed id, k). */

/** What an expansion must not repeat: the round's training set (the seeds with it), the whole seed corpus, held-out sets and benchmarks. */
export type KnownSamples = readonly Sample[];

type Repetition = { readonly gate: 'duplicate' | 'nearDuplicate'; readonly of: string; readonly reason: string };
export type Settled = { readonly generation: GenerationEntry; readonly seed: ErrorSeed; readonly k: number } & (
  | { readonly repetition: Repetition; readonly sample: Sample; readonly passed: false }
  /** What a gate before these refused. */
  | { readonly passed: false; readonly repetition?: undefined; readonly sample?: undefined }
  | { readonly passed: true; readonly sample: Sample; readonly repetition?: undefined }
);

export type SettleInput = {
  readonly seeds: readonly ErrorSeed[];
  readonly k: number;
  readonly fold: ExpandFold;
  readonly known: KnownSamples;
  /** Likeness from which a sample repeats another one; false: only what says the same. */
  readonly nearDuplicate: number | false;
};

/** Every answered sibling with the word of the two gates. Of equal candidates the first is the original. */
export function settleExpansions({ seeds, k, fold, known, nearDuplicate }: SettleInput): readonly Settled[] {
  const ordered = [...seeds].sort((a, b) => (a.row.id < b.row.id ? -1 : 1));
  const answered = ordered.flatMap((seed) =>
    Array.from({ length: k }, (_, i) => ({ seed, k: i, generation: fold.generations.get(siblingKey(seed.row.id, i)) })).flatMap(({ generation, ...rest }) =>
      generation?.labelHash === seed.row.labelHash ? [{ ...rest, generation }] : [],
    ),
  );
  const candidates = answered.flatMap(({ generation: { status, sample } }) => (status === 'candidate' && sample !== undefined ? [sample] : []));
  const gate = new RepetitionGate(seeds, known, candidates, nearDuplicate);
  return answered.map(({ generation, ...place }): Settled => {
    const { status, sample } = generation;
    if (status !== 'candidate' || sample === undefined) return { ...place, generation, passed: false };
    const repetition = gate.repetitionOf(sample);
    return repetition === undefined ? { ...place, generation, sample, passed: true } : { ...place, generation, sample, repetition, passed: false };
  });
}

class RepetitionGate {
  private readonly exact: DuplicateIndex;
  private readonly near: NearDuplicates | undefined;
  private readonly nearest: ReturnType<typeof nearestKnown>;

  constructor(seeds: readonly ErrorSeed[], known: KnownSamples, candidates: readonly Sample[], threshold: number | false) {
    this.exact = new DuplicateIndex(known);
    for (const { row } of seeds) this.exact.add(row);
    this.near = threshold === false ? undefined : new NearDuplicates(threshold);
    const all = [...known, ...seeds.map(({ row }) => row)];
    this.nearest = threshold === false || candidates.length === 0 ? new Map() : nearestKnown(candidates, all, threshold);
  }

  /** What passes is an original that those after it must not repeat. */
  repetitionOf(sample: Sample): Repetition | undefined {
    const same = this.exact.find(sample);
    if (same !== undefined) return { gate: 'duplicate', of: same.of, reason: `same ${same.by === 'id' ? 'sample' : 'request'} as ${same.of}` };
    const alike = this.nearest.get(sample.id) ?? this.near?.nearest(sample);
    if (alike !== undefined) return { gate: 'nearDuplicate', of: alike.of, reason: `${Math.round(alike.likeness * 100)} % of its word triples are those of ${alike.of}` };
    this.exact.add(sample);
    this.near?.add(sample);
    return undefined;
  }
}

/** For the journal: repetitions that it does not have yet. */
export function repetitionEntries(settled: readonly Settled[], entries: Iterable<{ readonly type: string; readonly sampleId: string }>, at: string): readonly RepetitionEntry[] {
  const told = new Set<string>();
  for (const entry of entries) if (entry.type === 'repetition') told.add(repetitionKey(entry as RepetitionEntry)); // by its type
  return settled.flatMap(({ repetition, sample, seed, k }) => {
    if (repetition === undefined) return [];
    const entry = { ...unaskedBase(at), type: 'repetition' as const, sampleId: sample.id, labelHash: sample.labelHash, requestKey: noRequest, seedId: seed.row.id, k, ...repetition };
    return told.has(repetitionKey(entry)) ? [] : [entry];
  });
}

function repetitionKey({ seedId, k, sampleId, labelHash, reason }: RepetitionEntry): string {
  return [seedId, k, sampleId, labelHash, reason].join(' ');
}
