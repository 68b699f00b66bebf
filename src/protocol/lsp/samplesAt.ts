import * as z from 'zod';
import { sampleStatusSchema } from './sampleLens.ts';

/** Request: the samples of a record, named by its number or by a place in it. Answered with null where there is no record. */
export const samplesAtMethod = 'looptool/samplesAt';

export const samplesAtParamsSchema = z.object({
  uri: z.string(),
  at: z.union([z.object({ record: z.number().int() }), z.object({ line: z.number().int().min(0), character: z.number().int().min(0) })]),
});
export type SamplesAtParams = Readonly<z.infer<typeof samplesAtParamsSchema>>;

export const samplesAtSchema = z.object({
  record: z.number().int(),
  /** Step of the sample that the place belongs to, where it belongs to one. */
  current: z.number().int().optional(),
  samples: z.array(z.object({ step: z.number().int(), sampleId: z.string(), /** What the user last said, in one line. */ title: z.string(), status: sampleStatusSchema })).readonly(),
});
export type SamplesAt = Readonly<z.infer<typeof samplesAtSchema>>;
