import type { TrainRow } from '../dataset/sample.ts';
import type { ComposeInput, Composition } from './compose.ts';
import type { ErrorSeed } from './buckets.ts';
import type { ExpansionYield } from './expansions.ts';
import type { Flow } from './flow.ts';

export type FlowInput = {
  readonly compose: ComposeInput;
  readonly composition: Composition;
  /** The set that the round trained on. */
  readonly rows: readonly TrainRow[];
  /** Corrections of samples that are not in the set; among the error seeds too. */
  readonly late: readonly ErrorSeed[];
  readonly yields: ExpansionYield;
};

/**
 * Where every sample goes between two sets, as the links of a Sankey diagram, without those of no sample.
 *
 * From `set` to `matched`, `bothCorrect`, `errorSeeds`, `labelRefined`, or to where it ends (`dropped: <why>`); from `corrections`
 * to the last of these; from each of them, from `accepted` and from `corpus` to `next: <origin>` or to where it ends (`left out`,
 * `cut`, `trained before`, `dropped by people`, `not drawn`); from `asked` to `accepted`, `refused: <gate>` or `open`.
 * It looks up in the composition where a sample went, and not how the composition was made: the sums check it.
 */
export function setFlows({ compose, composition, rows, late, yields }: FlowInput): readonly Flow[] {
  const { buckets, expansions, pool, trained, dropped } = compose;
  const next = new Map(composition.rows.map((row) => [row.id, row]));
  const flows = new FlowCount();
  const onward = (from: string, items: readonly { readonly id: string }[], end: (id: string) => string, isTaken: (row: TrainRow) => boolean = () => true): void => {
    for (const { id } of items) {
      const row = next.get(id);
      flows.add(from, dropped.has(id) ? 'dropped by people' : row !== undefined && isTaken(row) ? `next: ${row.origin}` : end(id));
    }
  };
  const lateIds = new Set(late.map(({ row }) => row.id));
  const ids = (items: readonly { readonly row: TrainRow }[]): readonly TrainRow[] => items.map(({ row }) => row);
  const seeds = ids(buckets.errorSeeds);
  const refined = seeds.filter(({ origin }) => origin === 'labelRefined');
  const wrong = seeds.filter(({ origin }) => origin !== 'labelRefined');
  flows.add('set', 'matched', buckets.matched.length);
  flows.add('set', 'bothCorrect', buckets.bothCorrect.length);
  flows.add('set', 'errorSeeds', wrong.filter(({ id }) => !lateIds.has(id)).length);
  flows.add('set', 'labelRefined', refined.filter(({ id }) => !lateIds.has(id)).length);
  for (const [reason, count] of Object.entries(buckets.dropped)) flows.add('set', `dropped: ${reason}`, count);
  flows.add('corrections', 'labelRefined', late.length);
  onward('matched', ids(buckets.matched), () => 'left out');
  onward('bothCorrect', ids(buckets.bothCorrect), () => 'left out');
  onward('errorSeeds', wrong, () => 'cut');
  onward('labelRefined', refined, () => 'cut');
  flows.add('asked', 'accepted', yields.accepted);
  for (const [gate, count] of Object.entries(yields.refused)) flows.add('asked', `refused: ${gate}`, count);
  flows.add('asked', 'open', yields.asked - yields.accepted - Object.values(yields.refused).reduce((sum, count) => sum + count, 0));
  onward('accepted', expansions, (id) => (trained.has(id) ? 'trained before' : 'cut'), ({ origin }) => origin === 'expansion');
  const inSet = new Set(rows.map(({ id }) => id));
  const corpus = [...new Set(pool.map(({ sample }) => sample.id))].filter((id) => !inSet.has(id)).map((id) => ({ id }));
  onward('corpus', corpus, (id) => (trained.has(id) ? 'trained before' : 'not drawn'), ({ origin }) => origin === 'seed');
  return flows.list();
}

class FlowCount {
  private readonly counts = new Map<string, Flow>();

  add(from: string, to: string, count = 1): void {
    if (count <= 0) return;
    const key = `${from} > ${to}`;
    this.counts.set(key, { from, to, count: (this.counts.get(key)?.count ?? 0) + count });
  }

  list(): readonly Flow[] {
    return [...this.counts.values()];
  }
}
