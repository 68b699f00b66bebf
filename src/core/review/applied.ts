import * as z from 'zod';
import { labelSchema } from '../dataset/sample.ts';

const stamp = { v: z.literal(1), batch: z.string(), at: z.string(), by: z.string() };

/** A record that was taken out of a file, as text, with what stood between it and its neighbour (`before` it, or behind it), so that it can be put back. */
const removedSchema = z.object({ text: z.string(), separator: z.string(), before: z.boolean() });
export type RemovedRecord = Readonly<z.infer<typeof removedSchema>>;

const backSchema = z.object({ sha256: z.string(), edits: z.array(z.object({ start: z.number().int(), end: z.number().int(), newText: z.string() })).readonly() });
export type WayBack = Readonly<z.infer<typeof backSchema>>;

/**
 * One line of `.looptool/applied.jsonl`: what was done to the labels of dataset files, append-only.
 * A `change` is written before its file is; it counts from `done` on (of its batch, file and `answers`), and never did happen where `void` says so.
 */
export const appliedOperationSchema = z.discriminatedUnion('op', [
  z.object({
    ...stamp,
    op: z.literal('change'),
    id: z.string(),
    /** As in looptool.json; absent where a decision was taken back whose label stood in no dataset. Such a change counts at once. */
    file: z.string().optional(),
    /** Of a label that stands beside its dataset: the file with the possible answers, relative to the dataset's folder. */
    answers: z.string().optional(),
    sampleId: z.string(),
    /** Of a removed record, the other samples that stood in it. */
    others: z.array(z.string()).readonly().optional(),
    /** Id that the sample has since: another label of the same record, which is part of its context, was changed with it. */
    newSampleId: z.string().optional(),
    /** 0-based record and step, as they were then. */
    record: z.number().int().optional(),
    step: z.number().int().optional(),
    /** The decision that was applied, or taken back. */
    decision: z.string().optional(),
    decidedBy: z.string().optional(),
    round: z.number().int().optional(),
    /** `person`, `judge`, `rule:<id>`, `rules`. */
    source: z.string(),
    /** Model and prompt version of the judge. */
    judge: z.string().optional(),
    promptVersion: z.string().optional(),
    oldHash: z.string(),
    old: labelSchema,
    /** Absent where the record was removed. */
    newHash: z.string().optional(),
    new: labelSchema.optional(),
    removed: removedSchema.optional(),
    /** What gives the record back as it was, byte for byte, as long as its text is the one with this SHA-256. UTF-16 offsets of the record. */
    back: backSchema.optional(),
    /** The person's note, or the judge's analysis. */
    reason: z.string().optional(),
    /** The changes that this one takes back. */
    reverts: z.array(z.string()).readonly().optional(),
    /** A record that was taken out stands there again. */
    inserted: z.boolean().optional(),
    /** The operations of decisions.jsonl that went with it, so that they can be taken back with it. */
    operations: z.array(z.string()).readonly().optional(),
  }),
  z.object({ ...stamp, op: z.literal('done'), file: z.string(), answers: z.string().optional() }),
  z.object({ ...stamp, op: z.literal('void'), file: z.string(), answers: z.string().optional() }),
]);
export type AppliedOperation = Readonly<z.infer<typeof appliedOperationSchema>>;
export type AppliedChange = Extract<AppliedOperation, { op: 'change' }>;

export type AppliedState = {
  /** Changes that happened, oldest first. */
  readonly changes: readonly AppliedChange[];
  /** Those of them that were not taken back. */
  readonly standing: readonly AppliedChange[];
  /** Nobody said whether they happened: their process was ended between the two lines. By batch and file that was to be written. */
  readonly open: readonly { readonly batch: string; readonly file: string; readonly answers?: string; readonly changes: readonly AppliedChange[] }[];
};

export function foldApplied(operations: readonly AppliedOperation[]): AppliedState {
  const ended = new Map<string, 'done' | 'void'>();
  for (const operation of operations) {
    if (operation.op === 'change') continue;
    const key = fileKey(operation.batch, operation.file, operation.answers);
    // An editor may have saved after another process had found that it had not yet.
    if (operation.op === 'done' || !ended.has(key)) ended.set(key, operation.op);
  }
  const changes = new Map<string, AppliedChange>();
  const open = new Map<string, { batch: string; file: string; answers?: string; changes: AppliedChange[] }>();
  for (const operation of operations) {
    if (operation.op !== 'change') continue;
    const { batch, file, answers } = operation;
    const end = file === undefined ? 'done' : ended.get(fileKey(batch, file, answers));
    if (end === 'done' && !changes.has(operation.id)) changes.set(operation.id, operation);
    if (end !== undefined || file === undefined) continue;
    const key = fileKey(batch, file, answers);
    const waiting = open.get(key) ?? { batch, file, ...(answers === undefined ? {} : { answers }), changes: [] };
    waiting.changes.push(operation);
    open.set(key, waiting);
  }
  const happened = [...changes.values()];
  const reverted = new Set<string>();
  // Backwards: whether a revert counts is known from the reverts after it.
  for (const change of [...happened].reverse()) if (!reverted.has(change.id)) change.reverts?.forEach((id) => reverted.add(id));
  return { changes: happened, standing: happened.filter(({ id }) => !reverted.has(id)), open: [...open.values()] };
}

function fileKey(batch: string, file: string, answers = ''): string {
  return `${batch} ${file}\n${answers}`;
}
