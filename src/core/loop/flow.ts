import * as z from 'zod';

/** So many samples go from one place to another. Places: see `setFlows`. */
export const flowSchema = z.object({ from: z.string(), to: z.string(), count: z.number().int() });
export type Flow = Readonly<z.infer<typeof flowSchema>>;
