import { compareTexts, PreparedItems, type ShapeIndex } from './preparedItems.ts';
import { marksOfDecided, type QueueFacts } from './queueFacts.ts';
import type { QueueItem } from './queueItem.ts';
import type { QueueOrder } from './queueSpec.ts';
import { wrongChances } from './wrongChances.ts';

/** Indices of the items with a 1 in the mask, in an order. Ties go by sample id, so that every window shows the same. */
export function orderedIndices(items: readonly QueueItem[], mask: Uint8Array, order: QueueOrder, facts: QueueFacts): Uint32Array {
  const prepared = PreparedItems.of(items);
  const passes = (index: number): boolean => mask[index] === 1;
  switch (order) {
    case 'file':
      return prepared.byFile.filter(passes);
    case 'perplexity':
      return prepared.byPerplexity.filter(passes);
    case 'cluster':
      return byCluster(prepared.byId.filter(passes), prepared.shapes);
    case 'value':
      return byValue(prepared.byId.filter(passes), items, facts);
  }
}

/**
 * Pairs that another look is worth most for come first. What is decided comes last, since another look is worth nothing,
 * except where people disagree. Few values are distinct (chances go by cell), so the pairs are dealt out, not compared.
 */
function byValue(indices: Uint32Array, items: readonly QueueItem[], facts: QueueFacts): Uint32Array {
  const chances = wrongChances(items, facts).map(({ chance }) => chance);
  const cells = PreparedItems.of(items).cells;
  const settled = marksOfDecided(items, facts, ({ sampleId }) => !facts.state.conflicts.has(sampleId));
  const weights = PreparedItems.of(items).weights;
  const piles = new Map<number, number[]>();
  for (const index of indices) {
    const value = settled[index] === 1 ? -1 : (chances[cells[index] ?? 0] ?? 0) * (weights[index] ?? 1);
    const pile = piles.get(value);
    if (pile === undefined) piles.set(value, [index]);
    else pile.push(index);
  }
  return Uint32Array.from([...piles].sort(([a], [b]) => b - a).flatMap(([, pile]) => pile));
}

/** The biggest cluster of what is shown first; within it pairs with the same relation of values together, most first. */
function byCluster(indices: Uint32Array, { shapeOf, shapes, coarseOf, coarse }: ShapeIndex): Uint32Array {
  const [sizes, coarseSizes] = [new Uint32Array(shapes.length), new Uint32Array(coarse.length)];
  for (const index of indices) {
    const shape = shapeOf[index] ?? 0;
    sizes[shape] = (sizes[shape] ?? 0) + 1;
    const group = coarseOf[shape] ?? 0;
    coarseSizes[group] = (coarseSizes[group] ?? 0) + 1;
  }
  const at = (list: Uint32Array, i: number): number => list[i] ?? 0;
  const bySize = Array.from(sizes.keys())
    .filter((shape) => at(sizes, shape) > 0)
    .sort((a, b) => {
      const [left, right] = [at(coarseOf, a), at(coarseOf, b)];
      if (left !== right) return at(coarseSizes, right) - at(coarseSizes, left) || compareTexts(coarse[left] ?? '', coarse[right] ?? '');
      return at(sizes, b) - at(sizes, a) || compareTexts(shapes[a] ?? '', shapes[b] ?? '');
    });
  const next = new Uint32Array(shapes.length);
  let start = 0;
  for (const shape of bySize) {
    next[shape] = start;
    start += at(sizes, shape);
  }
  const out = new Uint32Array(indices.length);
  for (const index of indices) {
    const shape = at(shapeOf, index);
    const place = at(next, shape);
    out[place] = index;
    next[shape] = place + 1;
  }
  return out;
}
