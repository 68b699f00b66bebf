import * as z from 'zod';

/** `.looptool/server.json`: the embedded engine's server that runs for this project, found by every job and window. */
export const serverFileSchema = z.object({
  v: z.literal(1),
  pid: z.number().int(),
  host: z.string(),
  /** The key is sent there, so nothing but this machine will do. */
  baseUrl: z.string().refine(isLoopbackHttp, 'must be http on a loopback address'),
  /** Random, made at start: proves to the server that the caller can read the project folder. */
  key: z.string(),
  startedAt: z.string(),
  /** Hash of the settings it was started with; a job with other settings starts another. */
  settings: z.string().optional(),
});
export type ServerFile = Readonly<z.infer<typeof serverFileSchema>>;

function isLoopbackHttp(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return url.protocol === 'http:' && url.username === '' && url.password === '' && /^(?:127(?:\.\d{1,3}){3}|\[::1\]|localhost)$/.test(url.hostname);
}
