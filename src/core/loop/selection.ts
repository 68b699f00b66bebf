import type { Rng } from '../random/rng.ts';

/** Seeded choices from a set. All give the same answer for the same members in any order: they sort by id first. */

type Identified = { readonly id: string };

export function byId<T extends Identified>(items: readonly T[]): readonly T[] {
  return [...items].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/** `n` of the items, as even over the groups as their sizes allow: every group gives the same number until it is used up. */
export function evenSubset<T extends Identified>(items: readonly T[], n: number, groupOf: (item: T) => string, rng: Rng): readonly T[] {
  return byId(items.length <= n ? items : evenOrder(items, groupOf, rng).slice(0, n));
}

/** All items in such an order that the groups are even, as their sizes allow, in every beginning of it. */
export function evenOrder<T extends Identified>(items: readonly T[], groupOf: (item: T) => string, rng: Rng): readonly T[] {
  const groups = new Map<string, T[]>();
  for (const item of rng.shuffle(byId(items))) {
    const group = groups.get(groupOf(item));
    if (group === undefined) groups.set(groupOf(item), [item]);
    else group.push(item);
  }
  const chosen: T[] = [];
  let open = rng.shuffle([...groups.values()]);
  for (let depth = 0; chosen.length < items.length; depth++) {
    open = open.filter((group) => group.length > depth);
    // The last lap may not be whole: which groups it serves is the seed's choice, made anew for it.
    for (const group of rng.shuffle(open)) chosen.push(...group.slice(depth, depth + 1));
  }
  return chosen;
}

/** The same with a weight for each group: one of weight 2 gives two items where others give one. Groups of weight 0 are left out. */
export function weightedOrder<T extends Identified>(items: readonly T[], groupOf: (item: T) => string, weightOf: (item: T) => number, rng: Rng): readonly T[] {
  const depths = new Map<string, number>();
  const placed = evenOrder(items, groupOf, rng).flatMap((item) => {
    const weight = weightOf(item);
    if (weight <= 0) return [];
    const depth = (depths.get(groupOf(item)) ?? 0) + 1;
    depths.set(groupOf(item), depth);
    return [{ item, at: depth / weight }];
  });
  // Stable: of equal places the even order's own.
  return placed.sort((a, b) => a.at - b.at).map(({ item }) => item);
}

/** Largest-remainder rounding of `total` by the shares; ties go to the group that is named first in the alphabet. */
export function apportion(total: number, shares: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const sum = Object.values(shares).reduce((a, b) => a + b, 0);
  if (sum <= 0) return {};
  const exact = Object.entries(shares)
    .map(([group, share]) => ({ group, exact: (total * share) / sum }))
    .sort((a, b) => (a.group < b.group ? -1 : 1));
  const seats: Record<string, number> = Object.fromEntries(exact.map(({ group, exact: e }) => [group, Math.floor(e)]));
  const left = total - Object.values(seats).reduce((a, b) => a + b, 0);
  const byRemainder = exact.map(({ group, exact: e }) => ({ group, remainder: e - Math.floor(e) })).sort((a, b) => b.remainder - a.remainder);
  for (const { group } of byRemainder.slice(0, left)) seats[group] = (seats[group] ?? 0) + 1;
  return seats;
}

/** At most `n` of the items, and of each kind at most its share of `n`: a cap by kind, never a fill. */
export function cappedByKind<T extends Identified>(items: readonly T[], n: number, kindOf: (item: T) => string, shares: Readonly<Record<string, number>>, rng: Rng): readonly T[] {
  const quota = apportion(Math.min(n, items.length), shares);
  const kept: T[] = [];
  for (const kind of [...new Set(items.map(kindOf))].sort()) {
    kept.push(...rng.shuffle(byId(items.filter((item) => kindOf(item) === kind))).slice(0, quota[kind] ?? 0));
  }
  return byId(kept);
}
