import type { AppliedChange, RemovedRecord } from '../../core/review/applied.ts';
import type { DecisionState } from '../../core/review/decisionState.ts';
import { LoopToolError } from '../../core/errors.ts';
import type { BatchStamp } from './appliedLog.ts';
import type { ChangedBytes, DroppedRecord } from './filePlan.ts';
import { bytesAt } from './rewriteFile.ts';

/** Neighbouring records that go, as one change of the file. */
export type Removal = ChangedBytes & { readonly records: readonly { readonly dropped: DroppedRecord; readonly removed: RemovedRecord }[] };

/** The bytes that go with dropped records: each takes what stands between it and the next record, the last one what stands before it. */
export async function removedBytes(path: string, dropped: readonly DroppedRecord[]): Promise<readonly Removal[]> {
  const removals: Removal[] = [];
  for (const run of runsOf(dropped)) {
    const first = run[0];
    const last = run.at(-1);
    if (first === undefined || last === undefined) continue;
    const atEnd = last.nextStart === undefined;
    const start = atEnd ? (first.previousEnd ?? first.byteOffset) : first.byteOffset;
    const end = last.nextStart ?? last.byteOffset + last.byteLength;
    const bytes = await bytesAt(path, start, end - start);
    const text = bytes.toString('utf8');
    if (!Buffer.from(text).equals(bytes)) throw new LoopToolError('dataset-unreadable', `${path} has bytes that are not UTF-8 beside record ${first.record + 1}. Put them right, then run the command again.`);
    const slice = (from: number, to: number): string => bytes.toString('utf8', from - start, to - start);
    const records = run.map((one) => {
      const from = atEnd ? (one.previousEnd ?? one.byteOffset) : one.byteOffset + one.byteLength;
      const to = atEnd ? one.byteOffset : (one.nextStart ?? from);
      return { dropped: one, removed: { text: one.text, separator: slice(Math.max(from, start), Math.max(to, start)), before: atEnd } };
    });
    removals.push({ byteOffset: start, byteLength: end - start, line: first.line - 1, text, edits: [{ start: 0, end: text.length, newText: '' }], records });
  }
  return removals;
}

function runsOf(dropped: readonly DroppedRecord[]): readonly (readonly DroppedRecord[])[] {
  const runs: DroppedRecord[][] = [];
  for (const one of dropped) {
    const run = runs.at(-1);
    if (run !== undefined && run.at(-1)?.record === one.record - 1) run.push(one);
    else runs.push([one]);
  }
  return runs;
}

export function dropChange(file: string, dropped: DroppedRecord, removed: RemovedRecord, state: Pick<DecisionState, 'inForce'>, { batch, by, at, newId }: BatchStamp): AppliedChange {
  const [sample, ...others] = dropped.samples;
  if (sample === undefined) throw new Error('a dropped record has samples');
  const decision = state.inForce.get(sample.id);
  return {
    v: 1, op: 'change', id: newId(), batch, at: at(), by, file, sampleId: sample.id, others: others.map(({ id }) => id), record: dropped.record, step: sample.step,
    decision: decision?.id, decidedBy: decision?.by, round: decision?.round, source: 'person', oldHash: sample.labelHash, old: sample.label, removed, reason: decision?.note,
  };
}
