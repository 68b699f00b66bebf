import type { CompletionReply } from './completionPort.ts';

export type Perplexity = { readonly ppl: number } | { readonly ppl: null; readonly missing: string };

/** Servers that clamp write this for "no probability". */
const sentinelLogProb = -9999;

/**
 * exp of the mean negative log-probability over all generated tokens, reasoning included (paper section 4.2; spec 3.2).
 * Null, with the reason, where the numbers cannot be what they claim to be: a wrong rank is worse than none.
 */
export function perplexity(reply: Pick<CompletionReply, 'logProbs' | 'logProbsMissing' | 'completionTokens'>): Perplexity {
  const { logProbs, completionTokens } = reply;
  if (logProbs === undefined) return missing(reply.logProbsMissing ?? 'the server gave no log-probabilities');
  if (logProbs.length === 0) return missing('the server gave an empty list of log-probabilities');
  // One token apart is the end token, which servers count or do not.
  if (completionTokens !== undefined && Math.abs(completionTokens - logProbs.length) > 1) {
    return missing(`${logProbs.length} log-probabilities for ${completionTokens} tokens`);
  }
  if (logProbs.some((value) => !Number.isFinite(value) || value <= sentinelLogProb)) return missing('a token without a probability');
  if (logProbs.some((value) => value > 1e-3)) return missing('log-probabilities above zero');
  // At temperature 0 some servers report the probabilities after the temperature: one for whatever was chosen.
  if (logProbs.length > 1 && logProbs.every((value) => value === 0)) return missing('all log-probabilities are zero: the server reports them after the temperature');
  const mean = logProbs.reduce((sum, value) => sum + value, 0) / logProbs.length;
  const ppl = Math.exp(-mean);
  return Number.isFinite(ppl) ? { ppl } : missing('the perplexity is not a finite number');
}

function missing(reason: string): Perplexity {
  return { ppl: null, missing: reason };
}
