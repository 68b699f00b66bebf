import * as z from 'zod';
import { labelSchema } from '../dataset/sample.ts';

/** What a person may say of a label and a prediction. */
export const reviewRulings = ['keepLabel', 'takePrediction', 'bothCorrect', 'bothWrong'] as const;
export type ReviewRuling = (typeof reviewRulings)[number];
/** `edit`: the person put another label in the dataset's file and saved it. */
export const rulings = [...reviewRulings, 'edit'] as const;
export type Ruling = (typeof rulings)[number];

/**
 * One line of `.looptool/decisions.jsonl`: append-only operations, the state is their fold.
 * `undo` takes back the operation with that id; an undone `undo` is a redo.
 */
export const decisionOperationSchema = z.discriminatedUnion('op', [
  z.object({
    v: z.literal(1),
    op: z.literal('decide'),
    id: z.string(),
    at: z.string(),
    by: z.string(),
    sampleId: z.string(),
    /** Label that the person saw: a decision never applies to another one. */
    labelHash: z.string(),
    round: z.number().int().optional(),
    ruling: z.enum(rulings),
    /** The label that the ruling leads to: the prediction for takePrediction, an alternative for bothCorrect, what was saved for edit. */
    label: labelSchema.optional(),
    /** Of labels that were saved in a file: the one that stood there before, with the hash `labelHash`. */
    replaced: labelSchema.optional(),
    /** Of labels that were saved in a file, where they come from: `rule:<id>` for a fix of a rule, `rules` for several, `prediction`, `both` for one that took the prediction in as an alternative, `review`, or `edit` for anything else. */
    source: z.string().optional(),
    note: z.string().optional(),
    elapsedMs: z.number().optional(),
  }),
  z.object({ v: z.literal(1), op: z.literal('undo'), id: z.string(), at: z.string(), by: z.string(), target: z.string() }),
]);
export type DecisionOperation = Readonly<z.infer<typeof decisionOperationSchema>>;
export type Decision = Extract<DecisionOperation, { op: 'decide' }>;
