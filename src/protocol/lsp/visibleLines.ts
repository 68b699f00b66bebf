import * as z from 'zod';

/** Notification: which lines of a long document the person sees, 0-based, both included. Lenses are made around them. */
export const visibleLinesMethod = 'looptool/visibleLines';

export const visibleLinesSchema = z.object({ uri: z.string(), first: z.number().int().min(0), last: z.number().int().min(0) });
export type VisibleLines = Readonly<z.infer<typeof visibleLinesSchema>>;
