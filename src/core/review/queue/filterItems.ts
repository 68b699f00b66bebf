import { PreparedItems } from './preparedItems.ts';
import { marksOf, marksOfDecided, type QueueFacts } from './queueFacts.ts';
import type { QueueItem } from './queueItem.ts';
import type { QueueFilter } from './queueSpec.ts';
import { searchForm } from './queueText.ts';

type Condition = (item: QueueItem, index: number) => boolean;

/** Tells by index which pairs of `items` pass all conditions of a filter: 1 for those that do. */
export function filterMask(items: readonly QueueItem[], filter: QueueFilter, facts: QueueFacts): Uint8Array {
  const conditions = [...conditionsOnPair(filter), ...conditionsOnDecisions(items, filter, facts), ...shareCondition(items, filter), ...textCondition(filter)];
  const mask = new Uint8Array(items.length).fill(1);
  // One condition after the other, in the order of the array: that reads memory in the order in which it lies.
  for (const condition of conditions) items.forEach((item, index) => mask[index] === 1 && !condition(item, index) && (mask[index] = 0));
  return mask;
}

/** Votes for the verdict that stands, of all; undefined where nobody voted: no judge, or a check before it. */
export function agreementOf({ votes, agreeing }: QueueItem): number | undefined {
  return votes === 0 ? undefined : agreeing / votes;
}

function conditionsOnPair({ verdicts, outcomes, tools, kinds, rules, origins, agreement, ppl, shape }: QueueFilter): Condition[] {
  const conditions: Condition[] = [];
  if (shape !== undefined) conditions.push((item) => item.shape === shape);
  if (verdicts !== undefined) conditions.push(oneOf(verdicts, ({ verdict }) => verdict ?? 'unjudged'));
  if (outcomes !== undefined) conditions.push(oneOf(outcomes, ({ outcome }) => outcome));
  if (origins !== undefined) conditions.push(oneOf(origins, ({ origin }) => origin));
  if (tools !== undefined) conditions.push(anyOf(tools, (item) => item.tools));
  if (kinds !== undefined) conditions.push(anyOf<string>(kinds, (item) => item.kinds));
  if (rules !== undefined) conditions.push(anyOf(rules, (item) => item.rules));
  if (agreement !== undefined) conditions.push(within(agreement, agreementOf));
  if (ppl !== undefined) conditions.push(within(ppl, (item) => item.ppl));
  return conditions;
}

function conditionsOnDecisions(items: readonly QueueItem[], { state, rulings, decidedBy }: QueueFilter, facts: QueueFacts): Condition[] {
  const conditions: Condition[] = [];
  const marked = (marks: Uint8Array, wanted = 1): number => conditions.push((_, index) => marks[index] === wanted);
  if (state === 'conflict') conditions.push(({ sampleId }) => facts.state.conflicts.has(sampleId));
  else if (state !== 'all') marked(marksOfDecided(items, facts), state === 'decided' ? 1 : 0);
  if (rulings !== undefined) {
    const wanted = new Set(rulings);
    marked(marksOfDecided(items, facts, ({ ruling }) => wanted.has(ruling)));
  }
  if (decidedBy !== undefined) marked(marksOf(items, facts.state.standing, ({ by }) => by === decidedBy));
  return conditions;
}

function shareCondition(items: readonly QueueItem[], { share }: QueueFilter): Condition[] {
  if (share === undefined || share.of === 1) return [];
  const hashes = PreparedItems.of(items).familyHashes;
  return [(_, index) => Math.floor(((hashes[index] ?? 0) / 4294967296) * share.of) === share.index];
}

/** A word that is the start of a sample's id finds the sample too. */
function textCondition({ text }: QueueFilter): Condition[] {
  const words = searchForm(text ?? '').split(/\s+/).filter((word) => word !== '');
  return words.map((word) => (word.startsWith('smp_') ? (item) => item.sampleId.startsWith(word) || item.text.includes(word) : (item) => item.text.includes(word)));
}

function oneOf<T>(wanted: readonly T[], of: (item: QueueItem) => T): Condition {
  const set = new Set<T>(wanted);
  return (item) => set.has(of(item));
}

function anyOf<T>(wanted: readonly T[], of: (item: QueueItem) => readonly T[]): Condition {
  const set = new Set<T>(wanted);
  return (item) => of(item).some((value) => set.has(value));
}

/** What has no figure is in no range, except in one that is open on both sides. */
function within({ from, to }: { readonly from?: number | undefined; readonly to?: number | undefined }, of: (item: QueueItem) => number | undefined): Condition {
  if (from === undefined && to === undefined) return () => true;
  const [low, high] = [from ?? -Infinity, to ?? Infinity];
  return (item) => {
    const value = of(item);
    return value !== undefined && value >= low && value <= high;
  };
}
