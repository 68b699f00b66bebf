import { countBelow } from '../../core/ascending.ts';
import type { IdentityTable } from './identities.ts';

/** A sample of the old dataset and one of the new, by their numbers. */
export type SamplePair = { readonly before: number; readonly after: number };

/** How two datasets differ, sample by sample. Numbers are those of the samples in their tables. */
export type IdentityDiff = {
  /** Samples with the same context and label in both. */
  readonly same: number;
  /** The fewest of these that would have to be moved to stand in the new order. */
  readonly moved: number;
  readonly added: readonly number[];
  readonly removed: readonly number[];
  /** The same context, another label. */
  readonly relabelled: readonly SamplePair[];
  /** Samples with the same messages, or else of the same dialogue, whose contexts differ. */
  readonly changed: readonly SamplePair[];
  /** Further copies of samples that are in both. */
  readonly copiesAdded: readonly number[];
  readonly copiesRemoved: readonly number[];
};

export function compareIdentities(before: IdentityTable, after: IdentityTable): IdentityDiff {
  const run = new IdentityComparison(before, after);
  run.compare();
  return run.result();
}

class IdentityComparison {
  private readonly added: number[] = [];
  private readonly removed: number[] = [];
  private readonly relabelled: SamplePair[] = [];
  private readonly copiesAdded: number[] = [];
  private readonly copiesRemoved: number[] = [];
  private same = 0;
  /** For each old sample its place in the new dataset plus one, 0 for none. */
  private readonly places: Uint32Array;

  constructor(
    private readonly before: IdentityTable,
    private readonly after: IdentityTable,
  ) {
    this.places = new Uint32Array(before.length);
  }

  compare(): void {
    const { before, after } = this;
    const [old, fresh] = [before.sorted(), after.sorted()];
    for (let i = 0, j = 0; i < old.length || j < fresh.length; ) {
      const [one, other] = [old[i], fresh[j]];
      const order = one === undefined ? 1 : other === undefined ? -1 : before.compareId(one, after, other);
      const endOld = order <= 0 ? groupEnd(before, old, i) : i;
      const endFresh = order >= 0 ? groupEnd(after, fresh, j) : j;
      this.compareGroups(old.subarray(i, endOld), fresh.subarray(j, endFresh));
      [i, j] = [endOld, endFresh];
    }
  }

  result(): IdentityDiff {
    const { same, relabelled, copiesAdded, copiesRemoved } = this;
    const changed = [...this.pairUp((table, sample) => table.messages(sample)), ...this.pairUp((table, sample) => table.family(sample))];
    const inOrder = (list: readonly number[]): readonly number[] => list.toSorted((a, b) => a - b);
    const pairs = (list: readonly SamplePair[]): readonly SamplePair[] => list.toSorted((a, b) => a.before - b.before);
    return {
      same,
      moved: same - longestRising(this.places),
      added: inOrder(this.added),
      removed: inOrder(this.removed),
      relabelled: pairs(relabelled),
      changed: pairs(changed),
      copiesAdded: inOrder(copiesAdded),
      copiesRemoved: inOrder(copiesRemoved),
    };
  }

  /** Samples of one id: equal labels go together, what is left of both sides is another label of the same context. */
  private compareGroups(old: Uint32Array, fresh: Uint32Array): void {
    const left: number[] = [];
    const right: number[] = [];
    // Labels are in order: of all that were found in both, only the last one can come again.
    let matched: number | undefined;
    for (let i = 0, j = 0; i < old.length || j < fresh.length; ) {
      const [one, other] = [old[i], fresh[j]];
      const order = one === undefined ? 1 : other === undefined ? -1 : this.before.compareLabel(one, this.after, other);
      if (one !== undefined && other !== undefined && order === 0) {
        this.same += 1;
        matched = one;
        this.places[one] = other + 1;
        i += 1;
        j += 1;
      } else if (one !== undefined && order < 0) {
        const isCopy = matched !== undefined && this.before.compareLabel(matched, this.before, one) === 0;
        if (isCopy) this.copiesRemoved.push(one);
        else left.push(one);
        i += 1;
      } else if (other !== undefined) {
        const isCopy = matched !== undefined && this.before.compareLabel(matched, this.after, other) === 0;
        if (isCopy) this.copiesAdded.push(other);
        else right.push(other);
        j += 1;
      }
    }
    const pairs = Math.min(left.length, right.length);
    for (let i = 0; i < pairs; i += 1) this.relabelled.push({ before: left[i] ?? 0, after: right[i] ?? 0 });
    for (const sample of left.slice(pairs)) this.removed.push(sample);
    for (const sample of right.slice(pairs)) this.added.push(sample);
  }

  /** Pairs what is removed with what is added where they have the same key, in order, and takes them off both lists. */
  private pairUp(key: (table: IdentityTable, sample: number) => number): readonly SamplePair[] {
    const waiting = new Map<number, number[]>();
    for (const sample of this.added.sort((a, b) => b - a)) {
      const list = waiting.get(key(this.after, sample));
      if (list === undefined) waiting.set(key(this.after, sample), [sample]);
      else list.push(sample);
    }
    const pairs: SamplePair[] = [];
    const taken = new Set<number>();
    const left = this.removed.sort((a, b) => a - b).filter((before) => {
      const after = waiting.get(key(this.before, before))?.pop();
      if (after === undefined) return true;
      pairs.push({ before, after });
      taken.add(after);
      return false;
    });
    replace(this.removed, left);
    replace(this.added, this.added.filter((sample) => !taken.has(sample)));
    return pairs;
  }
}

function replace(list: number[], by: readonly number[]): void {
  list.length = 0;
  for (const one of by) list.push(one);
}

function groupEnd(table: IdentityTable, order: Uint32Array, start: number): number {
  const first = order[start] ?? 0;
  let end = start + 1;
  while (end < order.length && table.compareId(first, table, order[end] ?? 0) === 0) end += 1;
  return end;
}

/** Length of the longest rising subsequence, zeros left out (patience sorting). */
function longestRising(places: Uint32Array): number {
  const tails = new Uint32Array(places.length);
  let length = 0;
  for (const place of places) {
    if (place === 0) continue;
    const at = countBelow(tails, place, length);
    tails[at] = place;
    if (at === length) length += 1;
  }
  return length;
}
