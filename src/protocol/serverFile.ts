import * as z from 'zod';

/** `.looptool/server.json`: the embedded engine's server that runs for this project, found by every job and window. */
export const serverFileSchema = z.object({
  v: z.literal(1),
  pid: z.number().int(),
  host: z.string(),
  baseUrl: z.string(),
  /** Random, made at start: proves to the server that the caller can read the project folder. */
  key: z.string(),
  startedAt: z.string(),
  /** Hash of the settings it was started with; a job with other settings starts another. */
  settings: z.string().optional(),
});
export type ServerFile = Readonly<z.infer<typeof serverFileSchema>>;
