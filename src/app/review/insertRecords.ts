import type { AppliedChange } from '../../core/review/applied.ts';
import type { RawRecord } from '../../core/jsonl/recordSplitter.ts';
import { datasetParts } from '../../node/datasetParts.ts';
import { readRecordBatches } from '../../node/datasetSource.ts';
import type { RefusedCorrection } from './labelChange.ts';
import type { BatchStamp } from './appliedLog.ts';
import type { ChangedBytes } from './filePlan.ts';

/** A record that was taken out and is put back. */
export type Insertion = { readonly change: AppliedChange; readonly changed: ChangedBytes };

/**
 * Where removed records go back to: before the record that stands at their number now, or behind the last one. `all` are the
 * changes of the project, from which the records are known that went before them.
 */
export async function insertedBytes(path: string, removals: readonly AppliedChange[], all: readonly AppliedChange[], signal: AbortSignal): Promise<{ readonly insertions: readonly Insertion[]; readonly refused: readonly RefusedCorrection[] }> {
  if (removals.length === 0) return { insertions: [], refused: [] };
  const wanted = new Map<number, AppliedChange[]>();
  for (const change of [...removals].sort((a, b) => (a.record ?? 0) - (b.record ?? 0))) {
    const together = all.filter(({ batch, file, removed, record }) => batch === change.batch && file === change.file && removed !== undefined && (record ?? 0) < (change.record ?? 0));
    const position = (change.record ?? 0) - together.length;
    wanted.set(position, [...(wanted.get(position) ?? []), change]);
  }
  const { found, last } = await recordsAt(path, new Set(wanted.keys()), signal);
  const insertions: Insertion[] = [];
  const refused: RefusedCorrection[] = [];
  for (const [position, changes] of wanted) {
    const behind = found.get(position);
    const at = behind ?? last;
    for (const change of changes) {
      const { removed, sampleId, record = 0 } = change;
      if (at === undefined || removed === undefined || at.problem !== undefined) refused.push({ sampleId, record, reason: 'unwritable', message: 'There is no record beside which it could be put back. Its text is in .looptool/applied.jsonl.' });
      else insertions.push({ change, changed: { byteOffset: at.byteOffset, byteLength: at.byteLength, line: at.line, text: at.text, edits: [edit(at.text, removed, behind === undefined)] } });
    }
  }
  return { insertions, refused };
}

function edit(text: string, { text: record, separator, before }: NonNullable<AppliedChange['removed']>, atEnd: boolean): { readonly start: number; readonly end: number; readonly newText: string } {
  // What stands between records is the same on both sides of them.
  const between = separator === '' ? '\n' : separator;
  if (atEnd) return { start: text.length, end: text.length, newText: between + record };
  return { start: 0, end: 0, newText: before ? record + between : record + separator };
}

async function recordsAt(path: string, positions: ReadonlySet<number>, signal: AbortSignal): Promise<{ readonly found: ReadonlyMap<number, RawRecord>; readonly last: RawRecord | undefined }> {
  const found = new Map<number, RawRecord>();
  let last: RawRecord | undefined;
  for await (const { records } of readRecordBatches(await datasetParts(path), { signal })) {
    for (const record of records) {
      if (positions.has(record.index)) found.set(record.index, record);
      last = record;
    }
  }
  return { found, last };
}

export function insertChange(file: string, removal: AppliedChange, operations: readonly string[], { batch, by, at, newId }: BatchStamp): AppliedChange {
  const { id, sampleId, others, record, step, decision, decidedBy, round, source, oldHash, old, reason } = removal;
  return { v: 1, op: 'change', id: newId(), batch, at: at(), by, file, sampleId, others, record, step, decision, decidedBy, round, source, oldHash, old, newHash: oldHash, new: old, inserted: true, reason, reverts: [id], operations };
}
