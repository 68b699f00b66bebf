import type { ModelConfig } from './config.ts';
import { attentionSlots, type Limits } from './limits.ts';

/** One continuation of a prefix; it sees the prefix and itself only. */
export type Segment = {
  readonly tokens: readonly number[];
  /** First token that is predicted with a loss. */
  readonly lossFrom: number;
  /** Weight of each predicted token; tokens before `lossFrom` get `contextWeight`. */
  readonly weight: number;
  readonly contextWeight?: number;
  /** Log-probabilities when sampled, one per token; with them the policy loss is used, `weight` being the advantage. */
  readonly oldLogProbs?: readonly number[];
};

/** A shared prefix with segments: a prompt with its answers. The prefix is computed once. */
export type Sequence = { readonly prefix: readonly number[]; readonly segments: readonly Segment[] };

export function sequenceTokens(s: Sequence): number {
  return s.segments.reduce((n, g) => n + g.tokens.length, s.prefix.length);
}

export function sequenceSlots(s: Sequence): number {
  const p = s.prefix.length;
  return s.segments.reduce((n, g) => n + attentionSlots(p, g.tokens.length), attentionSlots(0, p));
}

/** Whether a prompt and one answer of the given lengths fit into the context and into one pass. */
export function fits(c: ModelConfig, limits: Limits, prefix: number, segment: number): boolean {
  const tokens = prefix + segment;
  return tokens <= c.context && tokens <= limits.tokens && attentionSlots(0, tokens) <= limits.attentionSlots;
}

/**
 * Cuts a sequence that exceeds one pass into several with the same prefix. The loss and its gradient are sums over segments,
 * so they stay the same. Undefined when the prefix with a single segment does not fit.
 */
export function splitToFit(c: ModelConfig, limits: Limits, s: Sequence): Sequence[] | undefined {
  const p = s.prefix.length;
  if (s.segments.some((g) => !fits(c, limits, p, g.tokens.length))) return undefined;
  if (sequenceTokens(s) <= limits.tokens && sequenceSlots(s) <= limits.attentionSlots) return [s];
  const out: Sequence[] = [];
  const prefixSlots = attentionSlots(0, p);
  let part: Segment[] = [];
  let tokens = p;
  let slots = prefixSlots;
  for (const g of s.segments) {
    const own = attentionSlots(p, g.tokens.length);
    if (part.length > 0 && (tokens + g.tokens.length > limits.tokens || slots + own > limits.attentionSlots)) {
      out.push({ prefix: s.prefix, segments: part });
      part = [];
      tokens = p;
      slots = prefixSlots;
    }
    part.push(g);
    tokens += g.tokens.length;
    slots += own;
  }
  out.push({ prefix: s.prefix, segments: part });
  return out;
}
