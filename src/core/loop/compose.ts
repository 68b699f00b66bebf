import type { ComposeSettings } from '../config/projectConfig.ts';
import type { Occurrence, Sample, SampleOrigin, TrainRow } from '../dataset/sample.ts';
import { Rng } from '../random/rng.ts';
import type { CompiledTextKinds } from '../toolcall/textKinds.ts';
import type { Buckets, MatchedRow } from './buckets.ts';
import { matchedByMode, rankOf, type RankedBy } from './highPpl.ts';
import { leadingTool, sampleKind } from './sampleKind.ts';
import { byId, cappedByKind, evenOrder, evenSubset, weightedOrder } from './selection.ts';
import { SetQuota } from './setQuota.ts';

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
  /** What the matched samples of the set were ranked by; absent where they were drawn at random. */
  readonly rankedBy?: RankedBy;
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
 * Equation 5: error seeds, their expansions, fresh seeds, and matched samples of high perplexity; in fill mode up to the size.
 * Where seeds and expansions alone are too many, expansions are cut first (evenly over tools, or by weight), then seeds; where
 * matched samples do not suffice, the set is smaller. The parts are disjoint by id; fresh samples were never trained on before.
 */
export function compose(given: ComposeInput): Composition {
  const notes: string[] = [];
  const input = withoutDropped(given);
  const { settings, round, seed, buckets } = input;
  const size = settings.size ?? input.first.size;
  const quota = new SetQuota(settings.caps, size);
  const errorRows = buckets.errorSeeds.map(({ row }) => row);
  const newExpansions = uniqueRows(input.expansions.filter(({ id }) => !input.trained.has(id)));
  const cappedSeeds = capped(errorRows, 'error seeds', settings.caps.errorSeeds, size, input, notes);
  const cappedExpansions = capped(newExpansions, 'expansions', settings.caps.expansions, size, input, notes);
  const expansionIds = new Set(newExpansions.map(({ id }) => id));
  const fresh = freshRows(input, Math.min(size, freshTarget(input.first.size, settings.freshShare, round)), expansionIds, quota, notes);
  const part = (rows: readonly TrainRow[], taken: number, name: string): readonly TrainRow[] => cut(rows, size - taken, name, input, quota, notes);
  const seeds = part(cappedSeeds, fresh.length, 'error seeds');
  const expansions = part(cappedExpansions, fresh.length + seeds.length, 'expansions');
  const fill = fillRows(input, size - fresh.length - seeds.length - expansions.length, quota, notes);
  const rows = new Rng(seed, 'compose', round, 'order').shuffle([...seeds, ...expansions, ...fill.rows, ...fresh]);
  return { rows, size: rows.length, byOrigin: countOrigins(rows), pplThreshold: fill.threshold, ...(fill.rankedBy === undefined ? {} : { rankedBy: fill.rankedBy }), notes };
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

function cut(rows: readonly TrainRow[], room: number, name: string, input: ComposeInput, quota: SetQuota, notes: string[]): readonly TrainRow[] {
  const rng = new Rng(input.seed, 'compose', input.round, `cut ${name === 'expansions' ? name : 'seeds'}`);
  const left = Math.max(0, room);
  const kept = byId(quota.take(rows.length > left ? cutOrder(rows, input, rng) : byId(rows), left, name, notes));
  if (rows.length > left) notes.push(`${rows.length - kept.length} of ${rows.length} ${name} cut: the set was over-full`);
  return kept;
}

/** In which order rows are kept where not all can be: even over tools, or by the weights of tools and kinds. */
function cutOrder(rows: readonly TrainRow[], { settings, textKinds }: ComposeInput, rng: Rng): readonly TrainRow[] {
  const { tools, kinds } = settings.weights;
  if (Object.keys(tools).length === 0 && Object.keys(kinds).length === 0) return evenOrder(rows, leadingTool, rng);
  const kindOf = (row: TrainRow): string => sampleKind(row, textKinds);
  const weightOf = (row: TrainRow): number => weightIn(tools, leadingTool(row).replace(/^tool /u, '')) * weightIn(kinds, kindOf(row));
  return weightedOrder(rows, (row) => `${leadingTool(row)} ${kindOf(row)}`, weightOf, rng);
}

function weightIn(weights: Readonly<Record<string, number>>, name: string): number {
  return Object.hasOwn(weights, name) ? (weights[name] ?? 1) : 1;
}

function freshRows(input: ComposeInput, wanted: number, expansionIds: ReadonlySet<string>, quota: SetQuota, notes: string[]): readonly TrainRow[] {
  const errorIds = new Set(input.buckets.errorSeeds.map(({ row }) => row.id));
  const unused = drawOrder(input.pool, input.seed).filter(({ sample: { id } }) => !input.trained.has(id) && !expansionIds.has(id) && !errorIds.has(id));
  if (unused.length < wanted) notes.push(`${unused.length} fresh samples remain of ${wanted} wanted: the seed corpus is used up`);
  const rows = quota.take(unused.map((item) => ({ ...item, label: item.sample.label })), wanted, 'fresh samples', notes);
  return rows.map((item) => seedRow(item, input.round + 1));
}

type Filled = { readonly rows: readonly TrainRow[]; readonly threshold: number | undefined; readonly rankedBy?: RankedBy };

function fillRows(input: ComposeInput, places: number, quota: SetQuota, notes: string[]): Filled {
  const { settings, buckets } = input;
  const given = settings.bothCorrect === 'highPpl' ? [...buckets.matched, ...buckets.bothCorrect] : buckets.matched;
  const candidates = given.map((item) => ({ ...item, id: item.row.id, label: item.row.label }));
  const rng = new Rng(input.seed, 'compose', input.round, 'fill');
  const { mode } = settings.highPpl;
  if (mode === 'fill' && candidates.length < places) notes.push(`${candidates.length} matched samples for ${places} places: the set is smaller than wanted`);
  if (settings.selection === 'random') {
    const wanted = mode === 'ratio' ? Math.min(places, Math.ceil(settings.highPpl.ratio * candidates.length)) : places;
    const order = candidates.length <= wanted ? byId(candidates) : evenOrder(candidates, () => '', rng);
    return { rows: byId(quota.take(order, wanted, 'matched samples', notes)).map(({ row }) => ({ ...row, origin: 'matched' })), threshold: undefined };
  }
  const wanted = matchedByMode(candidates, settings.highPpl, rng, notes);
  if (wanted.length > places && mode !== 'fill') notes.push(`${wanted.length - places} of ${wanted.length} matched samples that the mode ${mode} takes have no place in the set`);
  const taken = quota.take(wanted, places, 'matched samples', notes);
  const { notes: ranks, ...rank } = rankOf(taken, settings.highPpl.over);
  notes.push(...ranks);
  return { rows: taken.map(filledRow), ...rank };
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
