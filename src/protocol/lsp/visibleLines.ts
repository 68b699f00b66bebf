import * as z from 'zod';

/** Which lines of a document the person sees, 0-based, both included. */
export const visibleLinesSchema = z.object({ uri: z.string(), first: z.number().int().min(0), last: z.number().int().min(0) });
export type VisibleLines = Readonly<z.infer<typeof visibleLinesSchema>>;
