import { encodeSegments, END_OF_TURN, parseSegments } from '../embedded/chat/segments.ts';
import { renderAnswerSegments, renderTools } from '../embedded/chat/template.ts';
import type { Segment, Sequence } from '../embedded/model/sequence.ts';
import type { Team } from '../embedded/team.ts';
import type { ByteLevelBpe } from '../embedded/tokenizer/byteLevelBpe.ts';
import { promptIds } from './accuracy.ts';
import { drawPretrainBatch } from './pretrainData.ts';
import type { DemoSample } from './world.ts';

export type PretrainSettings = {
  readonly seed: number;
  /** Number of the first batch: a continued training sees new ones. */
  readonly firstStep: number;
  readonly steps: number;
  /** Tool blocks per step, and requests over each. */
  readonly groups: number;
  readonly groupSize: number;
  /** Highest rate; reached after the warm-up, kept for `steadyShare` of the steps, then brought down to `finalShare` of it. */
  readonly learningRate: number;
  readonly warmupSteps: number;
  readonly steadyShare: number;
  readonly finalShare: number;
  readonly decay: number;
  /** Weight of the users' words beside that of an answer's tokens. */
  readonly contextWeight: number;
};

/** The making of the initial checkpoint. */
export const initialSettings: PretrainSettings = {
  seed: 1, firstStep: 0, steps: 2400, groups: 8, groupSize: 4, learningRate: 4e-3, warmupSteps: 100, steadyShare: 0.7, finalShare: 0.05, decay: 0.02, contextWeight: 0.1,
};

/**
 * The control of docs/experiment.md: what the minutes that two rounds of training take would give as further pre-training, from
 * the initial checkpoint on. Warmed up again to a quarter of the first rate.
 */
export function continuedSettings(seed: number): PretrainSettings {
  return { ...initialSettings, seed, firstStep: initialSettings.steps, steps: 500, learningRate: initialSettings.learningRate / 4, warmupSteps: 20 };
}

export type PretrainStep = { readonly step: number; readonly loss: number; readonly gradientNorm: number; readonly tokens: number };

export function learningRateAt(step: number, s: PretrainSettings): number {
  const progress = step / s.steps;
  const falling = progress < s.steadyShare ? 1 : s.finalShare + ((1 - s.finalShare) * (1 - progress)) / (1 - s.steadyShare);
  return s.learningRate * Math.min(1, (step + 1) / s.warmupSteps) * falling;
}

/** Supervised training on drawn requests in the base wording, with the truth as answer. Equal settings give equal weights on any number of threads. */
export async function pretrain(
  team: Team, tokenizer: ByteLevelBpe, s: PretrainSettings, onStep: (step: PretrainStep) => void | Promise<void>, signal: AbortSignal,
): Promise<void> {
  for (let step = 0; step < s.steps; step++) {
    signal.throwIfAborted();
    const stats = await team.gradients(batchSequences(tokenizer, s, s.firstStep + step));
    const gradientNorm = await team.update({ optimiser: 'muon', learningRate: learningRateAt(step, s), decay: s.decay, maxGradientNorm: 1 });
    await onStep({ step, loss: stats.loss, gradientNorm, tokens: stats.tokens });
  }
}

/**
 * One batch. An answer of n tokens weighs as the root of n: whether to ask, to decline or to call is decided by few tokens,
 * which the long calls would drown otherwise.
 */
export function batchSequences(tokenizer: ByteLevelBpe, s: PretrainSettings, step: number): readonly Sequence[] {
  const drafts = drawPretrainBatch(s.seed, step, s.groups, s.groupSize).map((samples) => groupSequence(tokenizer, samples));
  const answers = drafts.flatMap((draft) => draft.segments.map((segment) => segment.tokens.length - segment.lossFrom));
  const total = answers.reduce((sum, n) => sum + Math.sqrt(n), 0);
  const contextWeight = s.contextWeight / answers.reduce((sum, n) => sum + n, 0);
  return drafts.map((draft) => ({
    prefix: draft.prefix,
    segments: draft.segments.map((segment) => ({ ...segment, weight: 1 / (Math.sqrt(segment.tokens.length - segment.lossFrom) * total), contextWeight })),
  }));
}

/** Requests over one tool block: the block is the prefix, each request with its answer a segment. */
function groupSequence(tokenizer: ByteLevelBpe, samples: readonly DemoSample[]): Sequence {
  const [first] = samples;
  const prefix = first ? encodeSegments(parseSegments(renderTools(first.tools)), tokenizer) : [];
  const segments = samples.map((sample): Segment => {
    const request = promptIds(sample, tokenizer).slice(prefix.length);
    const answer = [...encodeSegments(renderAnswerSegments(sample.truth), tokenizer), tokenizer.id(END_OF_TURN)];
    return { tokens: [...request, ...answer], lossFrom: request.length, weight: 1 };
  });
  return { prefix, segments };
}
