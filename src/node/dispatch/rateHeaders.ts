/**
 * How long to leave a server alone by the headers of an answer (OpenAI, Groq, Together, Azure and gateways in between):
 * `x-ratelimit-{limit,remaining,reset}-{requests,tokens}`. 0 while something is left. `reset` is the time until the
 * whole allowance is back, so that one more request is free after its share of it.
 *
 * @param tokens what a request takes, as far as known.
 */
export function rateWaitMs(headers: Headers, tokens: number): number {
  return Math.max(waitFor(headers, 'requests', 1), waitFor(headers, 'tokens', tokens));
}

function waitFor(headers: Headers, what: 'requests' | 'tokens', need: number): number {
  const remaining = Number(headers.get(`x-ratelimit-remaining-${what}`) ?? 'none');
  const reset = durationMs(headers.get(`x-ratelimit-reset-${what}`));
  if (!Number.isFinite(remaining) || reset === undefined || remaining >= need) return 0;
  const limit = Number(headers.get(`x-ratelimit-limit-${what}`) ?? 'none');
  if (!Number.isFinite(limit) || limit <= remaining) return reset;
  return Math.min(reset, (reset * (need - remaining)) / (limit - remaining));
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3600_000, d: 86_400_000 };

/** "6m0s", "20ms", "1.5s"; a bare number is in seconds. */
export function durationMs(text: string | null): number | undefined {
  if (text === null || text.trim() === '') return undefined;
  const trimmed = text.trim();
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed) * 1000;
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(trimmed)) return undefined;
  let total = 0;
  for (const [, amount = '0', , unit = 's'] of trimmed.matchAll(/(\d+(\.\d+)?)(ms|s|m|h|d)/g)) total += Number(amount) * (unitMs[unit] ?? 0);
  return total;
}
