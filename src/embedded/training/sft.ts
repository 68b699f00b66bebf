import type { Sequence } from '../model/sequence.ts';
import type { Team } from '../team.ts';

export type SftSettings = {
  readonly learningRate: number;
  readonly decay?: number;
  /** Weight of tokens before the answer, as a share of an answer token's. */
  readonly contextWeight?: number;
  readonly maxGradientNorm?: number;
  /** Muon on hidden matrices, AdamW on the rest, unless told otherwise. */
  readonly optimiser?: 'adamw' | 'muon';
};

export type SftStep = { readonly loss: number; readonly gradientNorm: number; readonly tokens: number; readonly answerTokens: number; readonly correct: number };

/**
 * One supervised step: mean negative log-likelihood per answer token (`lossFrom` on), plus `contextWeight` of the rest.
 * The segments' own weights are ignored. Several requests over one tool block are one sequence: the block is computed once.
 */
export async function sftStep(team: Team, sequences: readonly Sequence[], s: SftSettings): Promise<SftStep> {
  const answerTokens = sequences.reduce((a, q) => a + q.segments.reduce((b, g) => b + g.tokens.length - g.lossFrom, 0), 0);
  const weight = 1 / Math.max(1, answerTokens);
  const contextWeight = (s.contextWeight ?? 0) * weight;
  const weighted = sequences.map((q) => ({
    prefix: q.prefix, segments: q.segments.map((g) => ({ tokens: g.tokens, lossFrom: g.lossFrom, weight, contextWeight })),
  }));
  const stats = await team.gradients(weighted);
  const gradientNorm = await team.update({
    optimiser: s.optimiser ?? 'muon', learningRate: s.learningRate, decay: s.decay ?? 0, maxGradientNorm: s.maxGradientNorm ?? 1,
  });
  return { loss: stats.loss, gradientNorm, tokens: stats.tokens, answerTokens, correct: stats.correct };
}
