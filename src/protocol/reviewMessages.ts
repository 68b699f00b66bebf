import * as z from 'zod';
import { labelSchema, messageSchema, occurrenceSchema, toolDefinitionSchema } from '../core/dataset/sample.ts';
import { reviewRulings, rulings } from '../core/review/decision.ts';
import { probeOutcomes } from '../core/rounds/journalEntries.ts';
import { finalVerdicts } from '../core/rounds/verdict.ts';
import { comparisonSchema } from '../core/toolcall/difference.ts';
import { predictionSchema } from '../core/toolcall/prediction.ts';

/** One sample of the queue, whole: the page keeps nothing of its own but the scroll position. */
export const reviewItemSchema = z.object({
  sampleId: z.string(),
  labelHash: z.string(),
  occurrence: occurrenceSchema.optional(),
  origin: z.string(),
  tools: z.array(toolDefinitionSchema).readonly(),
  messages: z.array(messageSchema).readonly(),
  label: labelSchema,
  prediction: predictionSchema,
  comparison: comparisonSchema.optional(),
  outcome: z.enum(probeOutcomes),
  ppl: z.number().nullable(),
  /** Schema violations of either side, as sentences. */
  labelProblems: z.array(z.string()).readonly(),
  predictionProblems: z.array(z.string()).readonly(),
  judgement: z
    .object({
      verdict: z.enum(finalVerdicts),
      analysis: z.string(),
      approach: z.string(),
      votes: z.number().int(),
      agreeing: z.number().int(),
      judge: z.string(),
      simulated: z.boolean(),
      replaced: z.boolean(),
    })
    .optional(),
  ruling: z.enum(rulings).optional(),
  /** False where the prediction is no answer at all (cut off, empty, unreadable) and cannot become a label. */
  takeable: z.boolean(),
});
export type ReviewItem = Readonly<z.infer<typeof reviewItemSchema>>;

/** What the host sends: whole snapshots, never deltas, so that a lost or repeated one does no harm. */
export const reviewSnapshotSchema = z.object({
  type: z.literal('snapshot'),
  /** The request that this answers; absent for a push. */
  requestId: z.number().int().optional(),
  round: z.number().int(),
  /** 0-based place in the queue; equal to `total` when the end is reached. */
  position: z.number().int(),
  total: z.number().int(),
  undecided: z.number().int(),
  canUndo: z.boolean(),
  /** Decisions that would change a label and are not applied yet. */
  toApply: z.number().int(),
  item: reviewItemSchema.optional(),
  /** Said aloud and shown for a moment: what has just been stored or taken back. */
  announcement: z.string().optional(),
});
export type ReviewSnapshot = Readonly<z.infer<typeof reviewSnapshotSchema>>;

export const reviewFailureSchema = z.object({ type: z.literal('failure'), requestId: z.number().int(), message: z.string() });
export const hostMessageSchema = z.discriminatedUnion('type', [reviewSnapshotSchema, reviewFailureSchema]);
export type HostMessage = Readonly<z.infer<typeof hostMessageSchema>>;

const request = { requestId: z.number().int() };

/** What the page sends. Every request is answered by a snapshot or a failure with its id. */
export const reviewRequestSchema = z.discriminatedUnion('type', [
  z.object({ ...request, type: z.literal('ready') }),
  z.object({ ...request, type: z.literal('decide'), sampleId: z.string(), labelHash: z.string(), ruling: z.enum(reviewRulings), elapsedMs: z.number().min(0) }),
  z.object({ ...request, type: z.literal('undo') }),
  z.object({ ...request, type: z.literal('move'), to: z.enum(['next', 'previous', 'nextUndecided']) }),
  z.object({ ...request, type: z.literal('openSource'), sampleId: z.string() }),
  z.object({ ...request, type: z.literal('apply') }),
]);
export type ReviewRequest = Readonly<z.infer<typeof reviewRequestSchema>>;

