import type { ComposeSettings } from '../config/projectConfig.ts';
import type { Occurrence, Sample, SampleOrigin, TrainRow } from '../dataset/sample.ts';
import { Rng } from '../random/rng.ts';
import type { CompiledTextKinds } from '../toolcall/textKinds.ts';
import type { Buckets, MatchedRow } from './buckets.ts';
import { leadingTool, sampleKind } from './sampleKind.ts';
import { cappedByKind, evenSubset, rankByPerplexity } from './selection.ts';

/** A sample of the seed corpus with where it stands; what rounds draw fresh samples from. */
export type PoolSample = { readonly sample: Sample; readonly occurrence?: Occurrence };

export type ComposeInput = {
  /** The round whose results are composed; the set is trained on by the round after it. */
  readonly round: number;
  readonly seed: number;
  readonly settings: ComposeSettings;
  readonly textKinds: CompiledTextKinds;
  /** Rows of the first round's set: its size halves into fresh seeds, its kinds are the proportions of `byKind`. */
  readonly first: { readonly size: number; readonly kinds: Readonly<Record<string, number>> };
  readonly buckets: Buckets;
  /** Accepted expansions of this round. */
  readonly expansions: readonly TrainRow[];
  readonly pool: readonly PoolSample[];
  /** Ids of everything that any round up to this one trained on. */
  readonly trained: ReadonlySet<string>;
  /** Ids of samples that people dropped: in no set, wherever they come from. */
  readonly dropped: ReadonlySet<string>;
};

export type Composition = {
  /** In the order in which they are trained on: seeded. */
  readonly rows: readonly TrainRow[];
  readonly size: number;
  readonly byOrigin: Readonly<Partial<Record<SampleOrigin, number>>>;
  /** Lowest perplexity that was taken into the set. */
  readonly pplThreshold: number | undefined;
  /** Every cut and every fall-back, in words. */
  readonly notes: readonly string[];
};

/** How often each kind occurs; the proportions that `byKind` keeps. */
export function countKinds(samples: readonly Pick<Sample, 'messages' | 'label'>[], textKinds: CompiledTextKinds): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const sample of samples) {
    const kind = sampleKind(sample, textKinds);
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

/** The seed corpus in the order in which rounds use it up: each sample once, the same for every order of the files. */
function drawOrder(pool: readonly PoolSample[], seed: number): readonly PoolSample[] {
  const unique = new Map<string, PoolSample>();
  for (const item of pool) if (!unique.has(item.sample.id)) unique.set(item.sample.id, item);
  const sorted = [...unique.values()].sort((a, b) => (a.sample.id < b.sample.id ? -1 : 1));
  return new Rng(seed, 'seed order').shuffle(sorted);
}

/** D1: the first `roundSize` samples of the draw order; all of them when absent. */
export function firstSet(pool: readonly PoolSample[], options: { readonly seed: number; readonly roundSize?: number | undefined }): readonly TrainRow[] {
  return drawOrder(pool, options.seed)
    .slice(0, options.roundSize)
    .map((item) => seedRow(item, 1));
}

function seedRow({ sample, occurrence }: PoolSample, since: number): TrainRow {
  return { ...sample, v: 1, origin: 'seed', parents: [], since, ...(occurrence === undefined ? {} : { occurrence }) };
}

/** Fresh seeds for the round after `round`: a share of the first round's size, halved with every round (paper Table 3: 4/13, 2/13, 1/13). */
export function freshTarget(firstSize: number, freshShare: number, round: number): number {
  return Math.round((firstSize * freshShare) / 2 ** (round - 1));
}

/**
 * Equation 5 in fill mode: error seeds, their expansions, fresh seeds, and matched samples of high perplexity up to the size.
 * Where seeds and expansions alone are too many, expansions are cut first (evenly over tools), then seeds; where matched
 * samples do not suffice, the set is smaller. The parts are disjoint by id; fresh samples were never trained on before.
 */
export function compose(given: ComposeInput): Composition {
  const notes: string[] = [];
  const input = withoutDropped(given);
  const { settings, round, seed, buckets } = input;
  const size = settings.size ?? input.first.size;
  const errorRows = buckets.errorSeeds.map(({ row }) => row);
  const newExpansions = uniqueRows(input.expansions.filter(({ id }) => !input.trained.has(id)));
  const cappedSeeds = capped(errorRows, 'error seeds', settings.caps.errorSeeds, size, input, notes);
  const cappedExpansions = capped(newExpansions, 'expansions', settings.caps.expansions, size, input, notes);
  const expansionIds = new Set(newExpansions.map(({ id }) => id));
  const fresh = freshRows(input, Math.min(size, freshTarget(input.first.size, settings.freshShare, round)), expansionIds, notes);
  const seeds = cut(cappedSeeds, size - fresh.length, 'error seeds', new Rng(seed, 'compose', round, 'cut seeds'), notes);
  const expansions = cut(cappedExpansions, size - fresh.length - seeds.length, 'expansions', new Rng(seed, 'compose', round, 'cut expansions'), notes);
  const fill = fillRows(input, size - fresh.length - seeds.length - expansions.length, notes);
  const rows = new Rng(seed, 'compose', round, 'order').shuffle([...seeds, ...expansions, ...fill.rows, ...fresh]);
  return { rows, size: rows.length, byOrigin: countOrigins(rows), pplThreshold: fill.threshold, notes };
}

function withoutDropped(input: ComposeInput): ComposeInput {
  const { buckets, expansions, pool, dropped } = input;
  if (dropped.size === 0) return input;
  const isKept = ({ row }: { readonly row: TrainRow }): boolean => !dropped.has(row.id);
  return {
    ...input,
    buckets: { ...buckets, matched: buckets.matched.filter(isKept), bothCorrect: buckets.bothCorrect.filter(isKept), errorSeeds: buckets.errorSeeds.filter(isKept) },
    expansions: expansions.filter(({ id }) => !dropped.has(id)),
    pool: pool.filter(({ sample }) => !dropped.has(sample.id)),
  };
}

/** The configured caps: the largest share of the set, and of it each kind's part in the first set. */
function capped(rows: readonly TrainRow[], name: string, share: number | undefined, size: number, input: ComposeInput, notes: string[]): readonly TrainRow[] {
  const { settings, textKinds, first } = input;
  const limit = share === undefined ? rows.length : Math.floor(share * size);
  const rng = new Rng(input.seed, 'compose', input.round, 'cap', name);
  const kept = settings.byKind
    ? cappedByKind(rows, limit, (row) => sampleKind(row, textKinds), first.kinds, rng)
    : evenSubset(rows, limit, leadingTool, rng);
  if (kept.length < rows.length) {
    const why = settings.byKind ? 'the cap by kind' : `the cap of ${percent(share ?? 1)}`;
    notes.push(`${rows.length - kept.length} of ${rows.length} ${name} left out by ${why}`);
  }
  return kept;
}

function cut(rows: readonly TrainRow[], room: number, name: string, rng: Rng, notes: string[]): readonly TrainRow[] {
  const kept = evenSubset(rows, Math.max(0, room), leadingTool, rng);
  if (kept.length < rows.length) notes.push(`${rows.length - kept.length} of ${rows.length} ${name} cut: the set was over-full`);
  return kept;
}

function freshRows(input: ComposeInput, wanted: number, expansionIds: ReadonlySet<string>, notes: string[]): readonly TrainRow[] {
  const unused = drawOrder(input.pool, input.seed).filter(({ sample }) => !input.trained.has(sample.id) && !expansionIds.has(sample.id));
  if (unused.length < wanted) notes.push(`${unused.length} fresh samples remain of ${wanted} wanted: the seed corpus is used up`);
  return unused.slice(0, wanted).map((item) => seedRow(item, input.round + 1));
}

function fillRows(input: ComposeInput, wanted: number, notes: string[]): { readonly rows: readonly TrainRow[]; readonly threshold: number | undefined } {
  const { settings, buckets } = input;
  const rows = settings.bothCorrect === 'highPpl' ? [...buckets.matched, ...buckets.bothCorrect] : buckets.matched;
  const candidates = rows.map((item) => ({ ...item, id: item.row.id }));
  const rng = new Rng(input.seed, 'compose', input.round, 'fill');
  if (candidates.length < wanted) notes.push(`${candidates.length} matched samples for ${wanted} places: the set is smaller than wanted`);
  if (settings.selection === 'random') {
    return { rows: evenSubset(candidates, wanted, () => '', rng).map(({ row }) => ({ ...row, origin: 'matched' })), threshold: undefined };
  }
  const taken = rankByPerplexity(candidates, rng).slice(0, wanted);
  const unranked = taken.filter(({ ppl }) => ppl === null).length;
  if (unranked > 0) notes.push(`${unranked} of ${taken.length} matched samples have no perplexity: taken in a seeded order`);
  return { rows: taken.map(filledRow), threshold: taken.findLast(({ ppl }) => ppl !== null)?.ppl ?? undefined };
}

function filledRow({ row, ppl }: MatchedRow): TrainRow {
  return { ...row, origin: ppl === null ? 'matched' : 'highPpl' };
}

function uniqueRows(rows: readonly TrainRow[]): readonly TrainRow[] {
  return [...new Map(rows.map((row) => [row.id, row])).values()];
}

function countOrigins(rows: readonly TrainRow[]): Readonly<Partial<Record<SampleOrigin, number>>> {
  const counts: Partial<Record<SampleOrigin, number>> = {};
  for (const { origin } of rows) counts[origin] = (counts[origin] ?? 0) + 1;
  return counts;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}
