import * as z from 'zod';
import { stageNameSchema } from '../core/rounds/manifest.ts';

/** `.looptool/jobs/<id>.json`, atomically replaced: how a window finds a job that runs, wherever it was started. */
export const jobFileSchema = z.object({
  v: z.literal(1),
  id: z.string(),
  pid: z.number().int(),
  host: z.string(),
  command: z.string(),
  startedAt: z.string(),
  /** Renewed at least every 5 s while the job lives. */
  heartbeatAt: z.string(),
  status: z.enum(['running', 'done', 'failed', 'stopped']),
  round: z.number().int().optional(),
  stage: stageNameSchema.optional(),
  done: z.number().int().optional(),
  total: z.number().int().optional(),
  rate: z.number().optional(),
  secondsLeft: z.number().optional(),
  message: z.string().optional(),
  /** Of the end: `budget-spent` where a budget stopped it. */
  code: z.string().optional(),
  /** What the job has used, and what is estimated for the part under way (`used.tokens`, `estimate.requests`, …), as of the last progress. */
  metrics: z.record(z.string(), z.number()).optional(),
  /** Where it has to stop: budgets of looptool.json as the job goes by them. */
  budgets: z.object({ tokens: z.number().optional(), money: z.number().optional(), minutes: z.number().optional() }).optional(),
});
export type JobFile = Readonly<z.infer<typeof jobFileSchema>>;

/** What the runner reads from standard input, one JSON line. Keys are never on the command line or on disk. */
export const jobRequestSchema = z.object({
  project: z.string(),
  id: z.string(),
  action: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('run'), rounds: z.number().int().min(1) }),
    z.object({
      kind: z.literal('stage'),
      stage: stageNameSchema,
      /** The one under way when absent: the first that is not finished. */
      round: z.number().int().min(1).optional(),
      /** With `probe`: ask so many samples greedily a second time, also where the stage is done. */
      again: z.number().int().min(1).optional(),
      /** With `probe`: so many sampled answers to each sample (`probe.repeats.samples` of them), also where the stage is done. */
      repeats: z.number().int().min(1).max(256).optional(),
    }),
  ]),
  /** API keys by endpoint origin (scheme, host, port). */
  keys: z.record(z.string(), z.string()),
});
export type JobRequest = Readonly<z.infer<typeof jobRequestSchema>>;
