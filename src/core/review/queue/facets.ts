import { compareTexts } from './preparedItems.ts';
import { decisionOn, type QueueFacts } from './queueFacts.ts';
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
  const { state } = facts;
  const peopleOf = new Map<string, { readonly labelHash: string; readonly by: string }[]>();
  for (const { sampleId, labelHash, by } of state.standing) {
    const said = peopleOf.get(sampleId);
    if (said === undefined) peopleOf.set(sampleId, [{ labelHash, by }]);
    else if (!said.some((other) => other.by === by && other.labelHash === labelHash)) said.push({ labelHash, by });
  }
  const people = new Map<string, number>();
  let [decided, conflict] = [0, 0];
  for (const item of items) {
    for (const { labelHash, by } of peopleOf.get(item.sampleId) ?? []) if (labelHash === item.labelHash) people.set(by, (people.get(by) ?? 0) + 1);
    if (decisionOn(item, facts) !== undefined) decided++;
    if (state.conflicts.has(item.sampleId)) conflict++;
  }
  return { people: facet(people), states: facet(new Map([['undecided', items.length - decided], ['decided', decided], ['conflict', conflict]])) };
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
