import type { GrpoSettings } from '../../core/config/projectConfig.ts';
import { addLoss, NO_LOSS, type PolicyLoss } from '../model/loss.ts';
import type { Sequence } from '../model/sequence.ts';
import type { Team } from '../team.ts';
import type { Completion } from './rollout.ts';

/** A prompt's answers with their rewards, one per distinct answer. */
export type ScoredGroup = { readonly prompt: readonly number[]; readonly completions: readonly Completion[]; readonly rewards: readonly number[] };

/** Mean reward of a group, and the std-normalised advantage of each distinct answer; no advantages when all rewards are equal (a dead group). */
export type GroupAdvantages = { readonly mean: number; readonly advantages: readonly number[] | undefined };

const DUAL_CLIP = 3;

/** A_i = (r_i - mean r) / std r over the whole group, counts included (looptool-spec 6.1). */
export function groupAdvantages(g: ScoredGroup): GroupAdvantages {
  const size = g.completions.reduce((a, c) => a + c.count, 0);
  const reward = (i: number): number => g.rewards[i] ?? 0;
  const mean = g.completions.reduce((a, c, i) => a + reward(i) * c.count, 0) / size;
  if (g.completions.every((_, i) => reward(i) === reward(0))) return { mean, advantages: undefined };
  const variance = g.completions.reduce((a, c, i) => a + (reward(i) - mean) ** 2 * c.count, 0) / size;
  return { mean, advantages: g.completions.map((_, i) => (reward(i) - mean) / Math.sqrt(variance)) };
}

type LiveGroup = { readonly sequence: Sequence; readonly tokens: number };

/** A live group as one sequence: each distinct answer once, weighted by its count and advantage. */
function liveGroup(g: ScoredGroup, advantages: readonly number[]): LiveGroup {
  return {
    sequence: {
      prefix: g.prompt,
      segments: g.completions.map((c, i) => ({ tokens: c.tokens, lossFrom: 0, weight: c.count * (advantages[i] ?? 0), oldLogProbs: c.logProbs })),
    },
    tokens: answerTokens(g.completions),
  };
}

function answerTokens(completions: readonly Completion[]): number {
  return completions.reduce((a, c) => a + c.tokens.length * c.count, 0);
}

export type GrpoMetrics = {
  /** Mean reward over all answers. */
  readonly reward: number;
  /** Share of groups whose answers all have the same reward, and of groups whose answers are all right. */
  readonly deadGroups: number;
  readonly allRight: number;
  /** Mean tokens of an answer. */
  readonly length: number;
  /** Mean token entropy in nats, estimated from the sampled tokens' log-probabilities. */
  readonly entropy: number;
  /** Share of distinct answers' tokens that the clip stopped. */
  readonly clipShare: number;
  /** Mean over the updates, before clipping. */
  readonly gradientNorm: number;
  readonly learningRate: number;
};

/**
 * The updates of one GRPO step: no KL term, token-level ratios, token mean over the live groups of an update
 * (looptool-spec 6.1). The step's live groups are dealt out to `updatesPerStep` updates in turn.
 */
export async function grpoUpdates(team: Team, groups: readonly ScoredGroup[], settings: GrpoSettings, learningRate: number): Promise<GrpoMetrics> {
  const policy: PolicyLoss = { clipLow: settings.clipLow, clipHigh: settings.clipHigh, dualClip: DUAL_CLIP, temperature: settings.temperature };
  const judged = groups.map((g) => ({ group: g, ...groupAdvantages(g) }));
  const live = judged.flatMap((j) => (j.advantages ? [liveGroup(j.group, j.advantages)] : []));
  let stats = NO_LOSS;
  let norms = 0;
  let updates = 0;
  for (let u = 0; u < settings.updatesPerStep; u++) {
    const part = live.filter((_, i) => i % settings.updatesPerStep === u);
    if (part.length === 0) continue;
    const tokens = part.reduce((a, g) => a + g.tokens, 0);
    stats = addLoss(stats, await team.gradients(part.map((g) => scaled(g.sequence, 1 / tokens)), policy));
    norms += await team.update({ learningRate, decay: 0, maxGradientNorm: settings.maxGradientNorm });
    updates++;
  }
  const completions = groups.flatMap((g) => g.completions);
  const answers = completions.reduce((a, c) => a + c.count, 0);
  const tokens = answerTokens(completions);
  const surprise = completions.reduce((a, c) => a - c.count * c.logProbs.reduce((x, y) => x + y, 0), 0);
  const share = (n: number, of: number): number => n / Math.max(1, of);
  return {
    reward: share(judged.reduce((a, j) => a + j.mean, 0), groups.length),
    deadGroups: share(judged.filter((j) => !j.advantages).length, groups.length),
    allRight: share(judged.filter((j) => j.mean === 1).length, groups.length),
    length: share(tokens, answers),
    entropy: share(surprise, tokens),
    clipShare: share(stats.clipped, stats.ratioRows),
    gradientNorm: share(norms, updates),
    learningRate,
  };
}

function scaled(s: Sequence, factor: number): Sequence {
  return { prefix: s.prefix, segments: s.segments.map((g) => ({ ...g, weight: g.weight * factor })) };
}
