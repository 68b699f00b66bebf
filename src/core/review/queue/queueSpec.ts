import * as z from 'zod';
import { probeOutcomes } from '../../rounds/journalEntries.ts';
import { finalVerdicts } from '../../rounds/verdict.ts';
import { differenceKinds } from '../../toolcall/difference.ts';
import { rulings } from '../decision.ts';

export const errorKinds = [...differenceKinds, 'truncated', 'invalid', 'empty'] as const;

/** Ranges of perplexity are closed; an absent end is open. */
const range = z.object({ from: z.number().optional(), to: z.number().optional() });

/** Which pairs a queue holds: all conditions together; within a list any of its members. An absent condition lets all pass. */
export const queueFilterSchema = z.object({
  verdicts: z.array(z.enum([...finalVerdicts, 'unjudged'])).optional(),
  outcomes: z.array(z.enum(probeOutcomes)).optional(),
  tools: z.array(z.string()).optional(),
  kinds: z.array(z.enum(errorKinds)).optional(),
  rules: z.array(z.string()).optional(),
  origins: z.array(z.string()).optional(),
  /** Share of the votes for the verdict that stands, 0 to 1. */
  agreement: range.optional(),
  ppl: range.optional(),
  /** `undecided`: no decision in force for this label. `decided`: one is. `conflict`: people disagree. */
  state: z.enum(['undecided', 'decided', 'conflict', 'all']).default('all'),
  rulings: z.array(z.enum(rulings)).optional(),
  /** Decided by this person. */
  decidedBy: z.string().optional(),
  /** Words that must all stand in the text; case does not matter. */
  text: z.string().max(1000).optional(),
  /** Pairs with this difference shape alone. */
  shape: z.string().optional(),
  /** Share `index` (0-based) of `of` reviewers: by a hash of the family, so that dialogues stay together. */
  share: z.object({ index: z.number().int().min(0), of: z.number().int().min(1).max(1000) }).optional(),
});
export type QueueFilter = Readonly<z.infer<typeof queueFilterSchema>>;

export const queueOrders = ['value', 'cluster', 'perplexity', 'file'] as const;
export type QueueOrder = (typeof queueOrders)[number];

export const queueSpecSchema = z.object({
  filter: queueFilterSchema.prefault({}),
  order: z.enum(queueOrders).default('value'),
});
export type QueueSpec = Readonly<z.infer<typeof queueSpecSchema>>;

/** One line of `.looptool/queues.json`: a queue under a name, for everybody who works on the project. */
export const savedQueueSchema = z.object({ name: z.string().min(1).max(80), spec: queueSpecSchema });
export type SavedQueue = Readonly<z.infer<typeof savedQueueSchema>>;
export const queuesFileSchema = z.object({ v: z.literal(1), queues: z.array(savedQueueSchema) });
