import * as z from 'zod';
import { stageNameSchema } from '../core/rounds/manifest.ts';
import { roundReportSchema } from '../core/rounds/roundReport.ts';

const base = { at: z.string() };

/** Everything that a job says: NDJSON on the standard output of `looptool … --json` and of the runner, kept in `jobs/<id>.log`. */
export const runnerEventSchema = z.discriminatedUnion('type', [
  z.object({ ...base, type: z.literal('job-start'), jobId: z.string(), project: z.string(), command: z.string() }),
  z.object({ ...base, type: z.literal('stage-start'), round: z.number().int(), stage: stageNameSchema, total: z.number().int(), done: z.number().int() }),
  z.object({
    ...base,
    type: z.literal('progress'),
    round: z.number().int(),
    stage: stageNameSchema,
    done: z.number().int(),
    total: z.number().int(),
    /** Items a second over the last moments, and seconds left at that rate. */
    rate: z.number(),
    secondsLeft: z.number().optional(),
    detail: z.string().optional(),
    metrics: z.record(z.string(), z.number()).optional(),
  }),
  z.object({
    ...base,
    type: z.literal('stage-end'),
    round: z.number().int(),
    stage: stageNameSchema,
    status: z.enum(['done', 'failed', 'stopped']),
    /** With `done`: a part of the stage is done, the rest comes later in the round (the held-out sets before training). */
    partial: z.boolean().optional(),
    counts: z.record(z.string(), z.number()),
    notes: z.array(z.string()),
  }),
  /** Files are read: bytes of all of them, `total` absent for a stream. */
  z.object({ ...base, type: z.literal('reading'), done: z.number(), total: z.number().optional() }),
  z.object({ ...base, type: z.literal('note'), message: z.string() }),
  z.object({ ...base, type: z.literal('warning'), message: z.string() }),
  z.object({ ...base, type: z.literal('round-report'), report: roundReportSchema }),
  z.object({ ...base, type: z.literal('result'), command: z.string(), data: z.unknown() }),
  z.object({ ...base, type: z.literal('job-end'), status: z.enum(['done', 'failed', 'stopped']), code: z.string().optional(), message: z.string().optional() }),
]);
export type RunnerEvent = Readonly<z.infer<typeof runnerEventSchema>>;
