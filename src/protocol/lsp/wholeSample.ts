import * as z from 'zod';

/** Request: one sample as it is, with the policy's last answer to it. Answered with null where there is none. */
export const wholeSampleMethod = 'looptool/wholeSample';

export const wholeSampleParamsSchema = z.object({ uri: z.string(), record: z.number().int(), step: z.number().int() });

/** JSON texts, in which numbers stand as they were written. */
export const wholeSampleSchema = z.object({
  /** Of `sampleSchema`. */
  sample: z.string(),
  /** Of `probeEntrySchema`; absent where the policy was never asked, or about another label. */
  probe: z.string().optional(),
});
export type WholeSample = Readonly<z.infer<typeof wholeSampleSchema>>;
