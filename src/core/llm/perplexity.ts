import type { CompletionReply } from './completionPort.ts';
import { logProbRegions, type Covers } from './logProbRegions.ts';

export type Perplexity = { readonly ppl: number } | { readonly ppl: null; readonly missing: string };

/** What a reply says of the policy's confidence: over all tokens, over the answer without its reasoning, and over its calls alone. */
export type MeasuredReply = {
  readonly all: Perplexity;
  /** Absent where the server gives no token texts, or no log-probabilities of the answer. */
  readonly answer?: number;
  /** Absent also where the answer calls nothing. */
  readonly call?: number;
  /** Which part of a reply that the server took apart the rows are about; absent where it was not taken apart or cannot be told. */
  readonly covers?: Covers;
};

/** Servers that clamp write this for "no probability". */
const sentinelLogProb = -9999;

type Measured = Pick<CompletionReply, 'logProbs' | 'logProbsMissing' | 'logProbTokens' | 'completionTokens'>;

/**
 * exp of the mean negative log-probability over all generated tokens, reasoning included (paper section 4.2; spec 3.2).
 * Null, with the reason, where the numbers cannot be what they claim to be: a wrong rank is worse than none.
 */
export function perplexity({ logProbs, logProbsMissing, completionTokens }: Measured, covers?: Covers): Perplexity {
  if (logProbs === undefined) return missing(logProbsMissing ?? 'the server gave no log-probabilities');
  const fault = faultOf(logProbs);
  if (fault !== undefined) return missing(fault);
  const leaves = covers === undefined || covers === 'all' ? undefined : leftOut[covers];
  if (completionTokens !== undefined && !areAll(logProbs, completionTokens)) {
    return missing(`${logProbs.length} log-probabilities for ${completionTokens} tokens${leaves === undefined ? '' : `: ${leaves}`}`);
  }
  if (leaves !== undefined) return missing(leaves);
  const ppl = perplexityOf(logProbs);
  return Number.isFinite(ppl) ? { ppl } : missing('the perplexity is not a finite number');
}

/** All three perplexities of a reply, and what its log-probabilities are about. */
export function measureReply(reply: Measured & Pick<CompletionReply, 'content' | 'reasoning' | 'calls'>): MeasuredReply {
  const { logProbs, completionTokens } = reply;
  const found = logProbs === undefined ? undefined : logProbRegions(reply, logProbs.length);
  // Rows of all tokens whose texts are not the reply's: the server writes them in a way of its own, and no part can be found.
  const foreign = logProbs !== undefined && completionTokens !== undefined && areAll(logProbs, completionTokens) && (found?.covers ?? 'all') !== 'all';
  const regions = foreign ? undefined : found;
  const all = perplexity(reply, regions?.covers);
  if (logProbs === undefined || regions === undefined || faultOf(logProbs) !== undefined) return { all };
  const over = (rows: readonly number[]): number | undefined => {
    const ppl = rows.length === 0 ? Number.NaN : perplexityOf(rows.map((row) => logProbs[row] ?? Number.NaN));
    return Number.isFinite(ppl) ? ppl : undefined;
  };
  const answer = over(regions.answer);
  const call = over(regions.call);
  return {
    all,
    ...(answer === undefined ? {} : { answer }),
    ...(call === undefined ? {} : { call }),
    ...(regions.covers === undefined ? {} : { covers: regions.covers }),
  };
}

/** One token apart is the end token, which servers count or do not. */
function areAll(logProbs: readonly number[], completionTokens: number): boolean {
  return Math.abs(completionTokens - logProbs.length) <= 1;
}

const leftOut: Readonly<Record<Exclude<Covers, 'all'>, string>> = {
  withoutReasoning: "the server's log-probabilities leave out the reasoning",
  withoutCalls: "the server's log-probabilities leave out the calls",
  textOnly: "the server's log-probabilities leave out the reasoning and the calls",
};

/** Why rows cannot be the model's own probabilities. */
function faultOf(logProbs: readonly number[]): string | undefined {
  if (logProbs.length === 0) return 'the server gave an empty list of log-probabilities';
  if (logProbs.some((value) => !Number.isFinite(value) || value <= sentinelLogProb)) return 'a token without a probability';
  if (logProbs.some((value) => value > 1e-3)) return 'log-probabilities above zero';
  // At temperature 0 some servers report the probabilities after the temperature: one for whatever was chosen.
  if (logProbs.length > 1 && logProbs.every((value) => value === 0)) return 'all log-probabilities are zero: the server reports them after the temperature';
  // Speculative decoding reports what its draft got right as certain. A policy can be as sure by itself, and then this sample has the least perplexity of all: its place in the ranking is the same.
  if (logProbs.length > 2 && logProbs.slice(1).every((value) => value === 0)) {
    return 'all log-probabilities but the first are zero: the policy is as certain as numbers can say, or the server reports them after the temperature, or those of speculative decoding';
  }
  return undefined;
}

function perplexityOf(logProbs: readonly number[]): number {
  return Math.exp(-logProbs.reduce((sum, value) => sum + value, 0) / logProbs.length);
}

function missing(reason: string): Perplexity {
  return { ppl: null, missing: reason };
}
