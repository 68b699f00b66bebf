import type { Label, SampleOrigin, TrainRow } from '../dataset/sample.ts';

/** One round's set as far as lineage is concerned. */
export type RoundRows = { readonly round: number; readonly rows: readonly TrainRow[] };

export type LineageStep = { readonly round: number; readonly origin: SampleOrigin; readonly label: Label; readonly replaced: boolean };
export type Lineage = {
  /** The rounds that trained on the sample, in order, with the label of each. */
  readonly steps: readonly LineageStep[];
  /** From parent to root: the samples that it was expanded from. */
  readonly ancestors: readonly string[];
};

/** Where a sample comes from and what became of it; undefined for a sample that no round trained on. */
export function lineageOf(sampleId: string, rounds: readonly RoundRows[]): Lineage | undefined {
  const inOrder = [...rounds].sort((a, b) => a.round - b.round);
  const steps = inOrder.flatMap(({ round, rows }) => {
    const row = rows.find(({ id }) => id === sampleId);
    return row === undefined ? [] : [{ round, origin: row.origin, label: row.label, replaced: row.replaced !== undefined }];
  });
  return steps.length === 0 ? undefined : { steps, ancestors: ancestorsOf(sampleId, inOrder) };
}

function ancestorsOf(sampleId: string, rounds: readonly RoundRows[]): readonly string[] {
  const parentOf = new Map<string, string>();
  for (const { rows } of rounds) for (const { id, parents } of rows) if (parents[0] !== undefined) parentOf.set(id, parents[0]);
  const ancestors: string[] = [];
  for (let at = parentOf.get(sampleId); at !== undefined && !ancestors.includes(at); at = parentOf.get(at)) ancestors.push(at);
  return ancestors;
}
