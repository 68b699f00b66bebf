import { compareTexts, PreparedItems } from './preparedItems.ts';
import { marksOfDecided, type QueueFacts } from './queueFacts.ts';
import type { QueueItem } from './queueItem.ts';

/** How many pairs have each value, most first, then by code units; at most 200. */
export type Facet = readonly { readonly value: string; readonly count: number }[];

/** What the filters of a queue can be set to. A pair counts once under each of its values; those in conflict are decided too. */
export type Facets = {
  readonly verdicts: Facet;
  readonly outcomes: Facet;
  readonly tools: Facet;
  readonly kinds: Facet;
  readonly rules: Facet;
  readonly origins: Facet;
  readonly people: Facet;
  readonly states: Facet;
};

const mostValues = 200;

type FixedFacets = Omit<Facets, 'people' | 'states'>;
const known = new WeakMap<readonly QueueItem[], FixedFacets>();

/** Facets of all pairs of a source. What does not depend on decisions is counted once for an array. */
export function facetsOf(items: readonly QueueItem[], facts: QueueFacts): Facets {
  let fixed = known.get(items);
  if (fixed === undefined) known.set(items, (fixed = fixedFacets(items)));
  return { ...fixed, ...facetsOfDecisions(items, facts) };
}

function fixedFacets(items: readonly QueueItem[]): FixedFacets {
  return {
    verdicts: facetOf(items, ({ verdict }) => verdict ?? 'unjudged'),
    outcomes: facetOf(items, ({ outcome }) => outcome),
    tools: facetOfLists(items, ({ tools }) => tools),
    kinds: facetOfLists(items, ({ kinds }) => kinds),
    rules: facetOfLists(items, ({ rules }) => rules),
    origins: facetOf(items, ({ origin }) => origin),
  };
}

function facetsOfDecisions(items: readonly QueueItem[], facts: QueueFacts): Pick<Facets, 'people' | 'states'> {
  const { standing, conflicts } = facts.state;
  const prepared = PreparedItems.of(items);
  const decidedBy = new Map<string, Set<number>>();
  for (const decision of standing) {
    const index = prepared.indexOfPair(decision);
    if (index === undefined) continue;
    const known = decidedBy.get(decision.by);
    if (known === undefined) decidedBy.set(decision.by, new Set([index]));
    else known.add(index);
  }
  const decided = marksOfDecided(items, facts).reduce((sum, mark) => sum + mark, 0);
  let conflict = 0;
  for (const sampleId of conflicts) if (prepared.indexOf.has(sampleId)) conflict++;
  return {
    people: facet(new Map([...decidedBy].map(([by, indices]) => [by, indices.size]))),
    states: facet(new Map([['undecided', items.length - decided], ['decided', decided], ['conflict', conflict]])),
  };
}

function facetOf(items: readonly QueueItem[], of: (item: QueueItem) => string): Facet {
  const counts = new Map<string, number>();
  for (const item of items) {
    const value = of(item);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return facet(counts);
}

function facetOfLists(items: readonly QueueItem[], of: (item: QueueItem) => readonly string[]): Facet {
  const counts = new Map<string, number>();
  for (const item of items) for (const value of of(item)) counts.set(value, (counts.get(value) ?? 0) + 1);
  return facet(counts);
}

function facet(counts: ReadonlyMap<string, number>): Facet {
  return [...counts]
    .filter(([, count]) => count > 0)
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || compareTexts(a.value, b.value))
    .slice(0, mostValues);
}
