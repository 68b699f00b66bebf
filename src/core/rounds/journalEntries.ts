import * as z from 'zod';
import { expansionKinds } from '../config/expansionKinds.ts';
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
  /** The same over the answer without its reasoning, and over its calls alone; where the server gives the texts of tokens. */
  pplAnswer: z.number().optional(),
  pplCall: z.number().optional(),
  /** Which tokens of a reply that the server took apart its log-probabilities are about. */
  pplCovers: z.enum(['all', 'withoutReasoning', 'withoutCalls', 'textOnly']).optional(),
  finishReason: z.string().optional(),
  error: z.string().optional(),
  /** A second greedy pass answered otherwise, `verdict`: also with another outcome. Such an entry is the one before it, said again. */
  unstable: z.enum(['verdict', 'answer']).optional(),
});
export type ProbeEntry = Readonly<z.infer<typeof probeEntrySchema>>;

/**
 * One more answer to a probed question, in `repeat.jsonl`. `greedy`: the very same request, for the determinism report;
 * `sampled`: at a temperature, for pass rates. `requestKey` is of the pass and `k` too.
 */
export const repeatEntrySchema = z.object({
  ...entryBase,
  type: z.literal('repeat'),
  pass: z.enum(['greedy', 'sampled']),
  /** From 0; 0 for the greedy one. */
  k: z.number().int().min(0),
  outcome: z.enum(probeOutcomes),
  prediction: predictionSchema.optional(),
  finishReason: z.string().optional(),
  error: z.string().optional(),
});
export type RepeatEntry = Readonly<z.infer<typeof repeatEntrySchema>>;

/**
 * One answer of the judge. `order` LP: the label is answer 1. A vote that could not be read is UNPARSED, a failed request ERROR.
 * `third` is asked where the first two, one in each order, leave the label open.
 */
export const voteEntrySchema = z.object({
  ...entryBase,
  type: z.literal('vote'),
  /** Short name of the pair and of how it was asked about; absent in older entries and in third votes. */
  pair: z.string().optional(),
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

/** In the order in which an expansion passes them; `api` where a request failed. `judge` is the judge as critic. */
export const expansionGates = ['api', 'parse', 'shape', 'schema', 'grounding', 'duplicate', 'nearDuplicate', 'solver', 'judge', 'difficulty'] as const;
export type ExpansionGate = (typeof expansionGates)[number];

/** One expansion asked of the generator: seed `sampleId`, sibling `k`, what came and how far it got before the judge. */
export const generationEntrySchema = z.object({
  ...entryBase,
  type: z.literal('generation'),
  /** Short name of the question: seed, sibling, attempt and how it was asked; absent in older entries. */
  question: z.string().optional(),
  k: z.number().int(),
  variation: z.string(),
  /** Kind of sample that was asked for; absent in entries of before there were kinds. */
  kind: z.enum(expansionKinds).optional(),
  generator: z.string(),
  simulated: z.boolean(),
  promptVersion: z.string(),
  status: z.enum(['candidate', 'api', 'parse', 'shape', 'schema', 'grounding']),
  reason: z.string(),
  /** Of a candidate, and of what a gate after `parse` refused. */
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

/** The judge's own answer to a candidate's request, which it gave without seeing the label, held against it. */
export const solutionEntrySchema = z.object({
  ...entryBase,
  type: z.literal('solution'),
  seedId: z.string(),
  k: z.number().int(),
  judge: z.string(),
  simulated: z.boolean(),
  promptVersion: z.string(),
  outcome: z.enum(['MATCH', 'MATCH_UNVERIFIED', 'MISMATCH', 'UNPARSED', 'ERROR']),
  prediction: predictionSchema.optional(),
  reason: z.string(),
});
export type SolutionEntry = Readonly<z.infer<typeof solutionEntrySchema>>;

/** A candidate that repeats another sample, as the stage found it; for readers alone: the fold finds out anew. */
export const repetitionEntrySchema = z.object({
  ...entryBase,
  type: z.literal('repetition'),
  seedId: z.string(),
  k: z.number().int(),
  gate: z.enum(['duplicate', 'nearDuplicate']),
  of: z.string(),
  reason: z.string(),
});
export type RepetitionEntry = Readonly<z.infer<typeof repetitionEntrySchema>>;

/** Probes among them are of candidates, for the gate difficulty. */
export const expandEntrySchema = z.discriminatedUnion('type', [generationEntrySchema, repetitionEntrySchema, solutionEntrySchema, critiqueEntrySchema, probeEntrySchema]);
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
