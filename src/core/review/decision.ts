import * as z from 'zod';
import { labelSchema } from '../dataset/sample.ts';

export const rulings = ['keepLabel', 'takePrediction', 'bothCorrect', 'bothWrong'] as const;
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
    /** The label that the ruling leads to: the prediction for takePrediction, an alternative for bothCorrect. */
    label: labelSchema.optional(),
    note: z.string().optional(),
    elapsedMs: z.number().optional(),
  }),
  z.object({ v: z.literal(1), op: z.literal('undo'), id: z.string(), at: z.string(), by: z.string(), target: z.string() }),
]);
export type DecisionOperation = Readonly<z.infer<typeof decisionOperationSchema>>;
export type Decision = Extract<DecisionOperation, { op: 'decide' }>;
