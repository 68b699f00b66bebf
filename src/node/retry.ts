/** Full jitter (AWS architecture blog, "Exponential backoff and jitter"), unless the server said when to come back. */
const firstDelayMs = 500;
const longestDelayMs = 30_000;
/** A server that wants to be left alone for longer has run out of quota for our purposes. */
export const longestRetryAfterMs = 10 * 60_000;

/** Delay before the next attempt. `attempt` counts from 1, `random` draws from [0, 1). */
export function retryDelayMs(attempt: number, retryAfterMs: number | undefined, random: () => number): number {
  // A little jitter on top: the server told all waiting requests the same moment.
  if (retryAfterMs !== undefined) return retryAfterMs + random() * Math.min(1000, retryAfterMs / 10);
  return random() * Math.min(longestDelayMs, firstDelayMs * 2 ** (attempt - 1));
}

/** Reads `retry-after-ms` (milliseconds) and `retry-after` (seconds or an HTTP date). */
export function retryAfterMs(headers: Headers | undefined, now: number): number | undefined {
  const milliseconds = Number.parseFloat(headers?.get('retry-after-ms') ?? '');
  if (Number.isFinite(milliseconds) && milliseconds >= 0) return milliseconds;
  const text = headers?.get('retry-after')?.trim();
  if (!text) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Number.parseFloat(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
