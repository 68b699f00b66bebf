import * as z from 'zod';
import { labelSchema } from '../core/dataset/sample.ts';
import { expansionGates } from '../core/rounds/journalEntries.ts';
import { expansionResultSchema } from './sampleRequest.ts';

/** The runner's request for a preview of a round's expansions, one JSON line on standard input; it has no file under `.looptool/jobs`. */
export const previewRequestSchema = z.object({
  kind: z.literal('preview'),
  project: z.string(),
  /** The one under way when absent. */
  round: z.number().int().min(1).optional(),
  /** API keys by endpoint origin. Never on the command line or on disk. */
  keys: z.record(z.string(), z.string()),
});
export type PreviewRequest = Readonly<z.infer<typeof previewRequestSchema>>;

/** What became of an expansion: a gate is one that refused it. */
export const expansionOutcomes = ['accepted', 'open', ...expansionGates] as const;
export type ExpansionOutcome = (typeof expansionOutcomes)[number];

/** Expansions of a round with what each was made from: the result of a preview and of a list. */
export const expansionViewSchema = z.object({
  round: z.number().int(),
  /** At most as many as were asked for; `more` is how many are left out. */
  results: z.array(expansionResultSchema).readonly(),
  more: z.number().int().optional(),
  /** By seed id: what the user last said, and the label that counts as right. */
  seeds: z.array(z.object({ id: z.string(), request: z.string(), label: labelSchema })).readonly(),
  /** Gates that are switched on, in their order. */
  gates: z.array(z.enum(expansionGates)).readonly(),
  yields: z.object({ asked: z.number().int(), accepted: z.number().int(), refused: z.partialRecord(z.enum(expansionGates), z.number().int()) }),
  /** Roles whose answers are simulated. */
  simulated: z.array(z.string()).readonly(),
});
export type ExpansionView = Readonly<z.infer<typeof expansionViewSchema>>;
