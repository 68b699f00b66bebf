import * as z from 'zod';

/** The prompt behind an entry: its name, the version that it is or was made from, and the hash of its text (docs/prompts.md). */
export const promptRefSchema = z.object({ name: z.string(), version: z.string(), hash: z.string() });
export type PromptRef = Readonly<z.infer<typeof promptRefSchema>>;
