import * as z from 'zod';
import { jsonValueSchema } from '../../core/json/value.ts';
import { labelSchema, messageSchema, occurrenceSchema, toolDefinitionSchema } from '../../core/dataset/sample.ts';
import { decisionPasses, rulings } from '../../core/review/decision.ts';
import { probeOutcomes } from '../../core/rounds/journalEntries.ts';
import { finalVerdicts } from '../../core/rounds/verdict.ts';
import { severities } from '../../core/rules/finding.ts';
import { comparisonSchema } from '../../core/toolcall/difference.ts';
import { predictionSchema } from '../../core/toolcall/prediction.ts';

const voteSchema = z.object({
  order: z.enum(['LP', 'PL', 'none']),
  third: z.literal(true).optional(),
  verdict: z.string(),
  judge: z.string(),
  promptVersion: z.string(),
  simulated: z.boolean(),
  analysis: z.string(),
  approach: z.string(),
  error: z.string().optional(),
});

/** A finding of a rule on one side; `call` is the 0-based call that it is about, `argument` its parameter. */
const sideFindingSchema = z.object({ rule: z.string(), severity: z.enum(severities), message: z.string(), call: z.number().int().optional(), argument: z.string().optional() });
export type SideFinding = Readonly<z.infer<typeof sideFindingSchema>>;

/**
 * Where a scalar of an argument comes from in the conversation. `said` with UTF-16 offsets into the message's text where it
 * stands there word for word. `path` leads from the call's arguments.
 */
const sourceLinkSchema = z.object({
  side: z.enum(['label', 'prediction']),
  call: z.number().int(),
  path: z.array(z.union([z.string(), z.number().int()])).readonly(),
  kind: z.enum(['said', 'default', 'derivable', 'otherName', 'listed', 'unknown']),
  value: jsonValueSchema,
  message: z.number().int().optional(),
  start: z.number().int().optional(),
  end: z.number().int().optional(),
});
export type SourceLink = Readonly<z.infer<typeof sourceLinkSchema>>;

/** A standing decision on the sample, for the history at its foot. */
const pastDecisionSchema = z.object({
  id: z.string(),
  at: z.string(),
  by: z.string(),
  ruling: z.enum(rulings),
  pass: z.enum(decisionPasses),
  note: z.string().optional(),
  inForce: z.boolean(),
});
export type PastDecision = Readonly<z.infer<typeof pastDecisionSchema>>;

/** One pair of the queue, whole: the page keeps nothing of its own but the scroll position and what is being typed. */
export const reviewItemSchema = z.object({
  sampleId: z.string(),
  labelHash: z.string(),
  occurrence: occurrenceSchema.optional(),
  origin: z.string(),
  parents: z.array(z.string()).readonly(),
  tools: z.array(toolDefinitionSchema).readonly(),
  messages: z.array(messageSchema).readonly(),
  label: labelSchema,
  prediction: predictionSchema,
  /** The prediction as a label, to take or to pick from; absent where it is no complete answer. */
  predictionLabel: labelSchema.optional(),
  comparison: comparisonSchema.optional(),
  outcome: z.enum(probeOutcomes),
  ppl: z.number().optional(),
  /** The answer as it came, cut where it is very long. */
  reply: z.string().optional(),
  raw: z.string(),
  labelFindings: z.array(sideFindingSchema).readonly(),
  predictionFindings: z.array(sideFindingSchema).readonly(),
  sources: z.array(sourceLinkSchema).readonly(),
  judgement: z
    .object({ verdict: z.enum(finalVerdicts), votes: z.array(voteSchema).readonly(), agreeing: z.number().int(), simulated: z.boolean(), replaced: z.boolean(), refused: z.string().optional() })
    .optional(),
  /** Why the queue shows it where it does: chance that the label is wrong, and rows that stem from it. */
  value: z.object({ chance: z.number(), weight: z.number(), reason: z.string() }).optional(),
  decisions: z.array(pastDecisionSchema).readonly(),
  /** Undecided others of this queue with the same shape of difference, the offer after a decision. */
  similar: z.number().int(),
});
export type ReviewItem = Readonly<z.infer<typeof reviewItemSchema>>;
