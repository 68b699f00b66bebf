import { cellOf } from './cell.ts';
import { coarseShape } from './differenceShape.ts';
import type { QueueItem } from './queueItem.ts';
import { familyHash } from './share.ts';

/** Shapes by number: equal numbers for equal shapes. */
export type ShapeIndex = {
  /** Number of the shape of each item. */
  readonly shapeOf: Uint32Array;
  readonly shapes: readonly string[];
  /** Number of the first line of each shape. */
  readonly coarseOf: Uint32Array;
  readonly coarse: readonly string[];
};

/**
 * What does not depend on decisions, worked out once for an array of items, when it is first asked for: with 50,000 items a
 * queue is then filtered and ordered in a few passes without comparing texts. The array must not be changed afterwards.
 */
export class PreparedItems {
  static readonly #known = new WeakMap<readonly QueueItem[], PreparedItems>();

  static of(items: readonly QueueItem[]): PreparedItems {
    let prepared = PreparedItems.#known.get(items);
    if (prepared === undefined) PreparedItems.#known.set(items, (prepared = new PreparedItems(items)));
    return prepared;
  }

  #byId: Uint32Array | undefined;
  #byFile: Uint32Array | undefined;
  #byPerplexity: Uint32Array | undefined;
  #familyHashes: Uint32Array | undefined;
  #shapes: ShapeIndex | undefined;
  #cells: Uint8Array | undefined;
  #weights: Float64Array | undefined;
  #indexOf: ReadonlyMap<string, number> | undefined;
  #sameShape: ReadonlyMap<string, readonly QueueItem[]> | undefined;

  private constructor(readonly items: readonly QueueItem[]) {}

  /** Indices by sample id. */
  get byId(): Uint32Array {
    return (this.#byId ??= sortedById(this.items));
  }

  /** Indices by file and record; pairs without a place come last. */
  get byFile(): Uint32Array {
    return (this.#byFile ??= sortedByKey(fileKeys(this.items), this.byId));
  }

  /** Indices by perplexity, highest first; unknown ones come last. */
  get byPerplexity(): Uint32Array {
    return (this.#byPerplexity ??= sortedByKey(Float64Array.from(this.items, ({ ppl }) => (ppl === undefined || Number.isNaN(ppl) ? Number.MAX_VALUE : -Math.min(ppl, Number.MAX_VALUE))), this.byId));
  }

  get familyHashes(): Uint32Array {
    return (this.#familyHashes ??= Uint32Array.from(this.items, ({ family }) => familyHash(family)));
  }

  get shapes(): ShapeIndex {
    return (this.#shapes ??= indexShapes(this.items));
  }

  /** Number of the cell of each item; see `wrongChances`. */
  get cells(): Uint8Array {
    return (this.#cells ??= Uint8Array.from(this.items, cellOf));
  }

  get weights(): Float64Array {
    return (this.#weights ??= Float64Array.from(this.items, ({ weight }) => weight));
  }

  /** Indices by sample id; pairs of a source are distinct by sample. */
  get indexOf(): ReadonlyMap<string, number> {
    return (this.#indexOf ??= new Map(this.items.map((item, index) => [item.sampleId, index])));
  }

  /** The index of the pair of a sample with this very label. */
  indexOfPair({ sampleId, labelHash }: Pick<QueueItem, 'sampleId' | 'labelHash'>): number | undefined {
    const index = this.indexOf.get(sampleId);
    return index !== undefined && this.items[index]?.labelHash === labelHash ? index : undefined;
  }

  /** Items by shape, in their order in the array. */
  get sameShape(): ReadonlyMap<string, readonly QueueItem[]> {
    return (this.#sameShape ??= groupByShape(this.items));
  }
}

/** By finite keys, ties in the order of `byId`. It starts from the order of the array, which is often that of the file. */
function sortedByKey(keys: Float64Array, byId: Uint32Array): Uint32Array {
  const rank = new Uint32Array(byId.length);
  byId.forEach((index, place) => (rank[index] = place));
  return Uint32Array.from(Array.from(keys.keys()).sort((i, j) => (keys[i] ?? 0) - (keys[j] ?? 0) || (rank[i] ?? 0) - (rank[j] ?? 0)));
}

/** File, then record: files are too few and records too small to lose a digit. */
function fileKeys(items: readonly QueueItem[]): Float64Array {
  const files = [...new Set(items.map(({ file }) => file))].filter((file) => file !== undefined).sort(compareTexts);
  const numbers = new Map(files.map((file, number) => [file, number]));
  return Float64Array.from(items, ({ file, record }) => (file === undefined ? Number.MAX_VALUE : (numbers.get(file) ?? 0) * 2 ** 32 + Math.min(record ?? 2 ** 32 - 1, 2 ** 32 - 1)));
}

/** Most ids differ in the first digits of their hash; as numbers these are compared much faster than as texts. */
function sortedById(items: readonly QueueItem[]): Uint32Array {
  const starts = Float64Array.from(items, ({ sampleId }) => startOfHash(sampleId));
  const indices = Array.from(items.keys()).sort((i, j) => {
    const difference = (starts[i] ?? 0) - (starts[j] ?? 0);
    if (difference !== 0) return difference;
    const [a, b] = [items[i], items[j]];
    return compareTexts(a?.sampleId ?? '', b?.sampleId ?? '') || compareTexts(a?.labelHash ?? '', b?.labelHash ?? '');
  });
  return Uint32Array.from(indices);
}

/** Its order is that of the texts among ids of the usual form, and the same everywhere among all: -1 for those that have another. */
function startOfHash(sampleId: string): number {
  return /^smp_[0-9a-f]{12}/.test(sampleId) ? Number.parseInt(sampleId.slice(4, 16), 16) : -1;
}

/** By code units: the same order everywhere, whatever the language of the machine. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function indexShapes(items: readonly QueueItem[]): ShapeIndex {
  const [shapes, coarse] = [new Map<string, number>(), new Map<string, number>()];
  const shapeOf = Uint32Array.from(items, ({ shape }) => numberOf(shapes, shape));
  const coarseOf = Uint32Array.from(shapes.keys(), (shape) => numberOf(coarse, coarseShape(shape)));
  return { shapeOf, shapes: [...shapes.keys()], coarseOf, coarse: [...coarse.keys()] };
}

function numberOf(numbers: Map<string, number>, text: string): number {
  const known = numbers.get(text);
  if (known !== undefined) return known;
  numbers.set(text, numbers.size);
  return numbers.size - 1;
}

function groupByShape(items: readonly QueueItem[]): Map<string, QueueItem[]> {
  const groups = new Map<string, QueueItem[]>();
  for (const item of items) {
    const group = groups.get(item.shape);
    if (group === undefined) groups.set(item.shape, [item]);
    else group.push(item);
  }
  return groups;
}
