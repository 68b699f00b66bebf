import * as z from 'zod';
import { labelSchema, sampleSchema } from '../dataset/sample.ts';
import { comparisonSchema } from '../toolcall/difference.ts';
import { predictionSchema } from '../toolcall/prediction.ts';
import { finalVerdicts, verdicts } from './verdict.ts';

/** What every entry of every journal carries. Timing, attempt and tokens are left out when two journals are compared. */
const entryBase = {
  v: z.literal(1),
  sampleId: z.string(),
  labelHash: z.string(),
  /** Hash of model, fingerprint, messages, tools and sampler; `none` where nothing was sent. */
  requestKey: z.string(),
  attempt: z.number().int(),
  startedAt: z.string(),
  elapsedMs: z.number(),
  promptTokens: z.number().int().optional(),
  completionTokens: z.number().int().optional(),
  /** The reply as it came, reasoning included. */
  reply: z.string().optional(),
};

export const probeOutcomes = ['MATCH', 'MATCH_UNVERIFIED', 'MISMATCH', 'TRUNCATED', 'INVALID', 'EMPTY', 'ERROR'] as const;
export type ProbeOutcome = (typeof probeOutcomes)[number];

export const probeEntrySchema = z.object({
  ...entryBase,
  type: z.literal('probe'),
  outcome: z.enum(probeOutcomes),
  prediction: predictionSchema.optional(),
  comparison: comparisonSchema.optional(),
  /** exp of the mean negative log-probability of all generated tokens, reasoning included; null with `pplMissing` saying why. */
  ppl: z.number().nullable(),
  pplMissing: z.string().optional(),
  finishReason: z.string().optional(),
  error: z.string().optional(),
});
export type ProbeEntry = Readonly<z.infer<typeof probeEntrySchema>>;

/**
 * One answer of the judge. `order` LP: the label is answer 1. A vote that could not be read is UNPARSED, a failed request ERROR.
 * `third` is asked where the first two, one in each order, leave the label open.
 */
export const voteEntrySchema = z.object({
  ...entryBase,
  type: z.literal('vote'),
  judge: z.string(),
  simulated: z.boolean(),
  promptVersion: z.string(),
  order: z.enum(['LP', 'PL']),
  third: z.literal(true).optional(),
  verdict: z.enum([...verdicts, 'UNPARSED', 'ERROR']),
  analysis: z.string(),
  approach: z.string(),
  error: z.string().optional(),
});
export type VoteEntry = Readonly<z.infer<typeof voteEntrySchema>>;

/** Decided without the judge: a side that cannot be right, or both. */
export const preCheckEntrySchema = z.object({
  ...entryBase,
  type: z.literal('preCheck'),
  verdict: z.enum([...finalVerdicts]),
  reason: z.string(),
});
export type PreCheckEntry = Readonly<z.infer<typeof preCheckEntrySchema>>;
export const verifyEntrySchema = z.discriminatedUnion('type', [voteEntrySchema, preCheckEntrySchema]);
export type VerifyEntry = Readonly<z.infer<typeof verifyEntrySchema>>;

/** The fold of a sample's verify entries. `relabel` holds the label to take when the rules allow it. */
export const judgementSchema = z.object({
  sampleId: z.string(),
  labelHash: z.string(),
  verdict: z.enum(finalVerdicts),
  analysis: z.string(),
  approach: z.string(),
  votes: z.number().int(),
  agreeing: z.number().int(),
  simulated: z.boolean(),
  /** Who decided, and by name: the judge's model, the pre-check's reason, the person. */
  by: z.enum(['judge', 'preCheck', 'person']),
  source: z.string(),
  relabel: labelSchema.optional(),
  /** Why a LABEL_WRONG verdict did not lead to a replacement. */
  refused: z.string().optional(),
  /** Nothing but the setting `verify.relabel` and its gate stood against it. */
  held: z.literal(true).optional(),
  /** NO_CONSENSUS, but two votes hold the label right: they differ over the prediction alone, and the sample keeps its label. */
  labelStands: z.literal(true).optional(),
});
export type Judgement = Readonly<z.infer<typeof judgementSchema>>;

export const expansionGates = ['api', 'parse', 'schema', 'duplicate', 'judge'] as const;
export type ExpansionGate = (typeof expansionGates)[number];

/** One expansion asked of the generator: seed `sampleId`, sibling `k`, what came and how far it got before the judge. */
export const generationEntrySchema = z.object({
  ...entryBase,
  type: z.literal('generation'),
  k: z.number().int(),
  variation: z.string(),
  generator: z.string(),
  simulated: z.boolean(),
  promptVersion: z.string(),
  status: z.enum(['candidate', 'api', 'parse', 'schema']),
  reason: z.string(),
  sample: sampleSchema.optional(),
});
export type GenerationEntry = Readonly<z.infer<typeof generationEntrySchema>>;

/** The judge's word on one candidate, by the candidate's sample id. */
export const critiqueEntrySchema = z.object({
  ...entryBase,
  type: z.literal('critique'),
  seedId: z.string(),
  k: z.number().int(),
  judge: z.string(),
  simulated: z.boolean(),
  promptVersion: z.string(),
  verdict: z.enum(['CORRECT', 'INCORRECT', 'UNPARSED', 'ERROR']),
  analysis: z.string(),
});
export type CritiqueEntry = Readonly<z.infer<typeof critiqueEntrySchema>>;
export const expandEntrySchema = z.discriminatedUnion('type', [generationEntrySchema, critiqueEntrySchema]);
export type ExpandEntry = Readonly<z.infer<typeof expandEntrySchema>>;

/** One held-out sample answered by one checkpoint. `phase` before is the policy that the round started from. */
export const evaluateEntrySchema = z.object({
  ...entryBase,
  type: z.literal('evaluation'),
  set: z.string(),
  phase: z.enum(['before', 'after']),
  outcome: z.enum(probeOutcomes),
  prediction: predictionSchema.optional(),
  error: z.string().optional(),
});
export type EvaluateEntry = Readonly<z.infer<typeof evaluateEntrySchema>>;
