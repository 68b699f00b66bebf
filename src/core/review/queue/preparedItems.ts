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
  #itemOf: ReadonlyMap<string, QueueItem> | undefined;
  #sameShape: ReadonlyMap<string, readonly QueueItem[]> | undefined;

  private constructor(readonly items: readonly QueueItem[]) {}

  /** Indices by sample id. */
  get byId(): Uint32Array {
    return (this.#byId ??= sorted(Uint32Array.from(this.items.keys()), this.items, (a, b) => compareTexts(a.sampleId, b.sampleId) || compareTexts(a.labelHash, b.labelHash)));
  }

  /** Indices by file and record; pairs without a place come last. */
  get byFile(): Uint32Array {
    return (this.#byFile ??= sorted(this.byId, this.items, (a, b) => compareOptional(a.file, b.file, compareTexts) || compareOptional(a.record, b.record, (left, right) => left - right)));
  }

  /** Indices by perplexity, highest first; unknown ones come last. */
  get byPerplexity(): Uint32Array {
    return (this.#byPerplexity ??= sorted(this.byId, this.items, (a, b) => compareOptional(a.ppl, b.ppl, (left, right) => right - left)));
  }

  get familyHashes(): Uint32Array {
    return (this.#familyHashes ??= Uint32Array.from(this.items, ({ family }) => familyHash(family)));
  }

  get shapes(): ShapeIndex {
    return (this.#shapes ??= indexShapes(this.items));
  }

  /** By sample id; pairs of a source are distinct by sample. */
  get itemOf(): ReadonlyMap<string, QueueItem> {
    return (this.#itemOf ??= new Map(this.items.map((item) => [item.sampleId, item])));
  }

  /** Items by shape, in their order in the array. */
  get sameShape(): ReadonlyMap<string, readonly QueueItem[]> {
    return (this.#sameShape ??= groupByShape(this.items));
  }
}

function sorted(start: Uint32Array, items: readonly QueueItem[], compare: (a: QueueItem, b: QueueItem) => number): Uint32Array {
  // The casts: indices come from the array itself.
  return Uint32Array.from(Array.from(start).sort((i, j) => compare(items[i] as QueueItem, items[j] as QueueItem)));
}

/** By code units: the same order everywhere, whatever the language of the machine. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareOptional<T>(a: T | undefined, b: T | undefined, compare: (a: T, b: T) => number): number {
  if (a === undefined || b === undefined) return (a === undefined ? 1 : 0) - (b === undefined ? 1 : 0);
  return compare(a, b);
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
