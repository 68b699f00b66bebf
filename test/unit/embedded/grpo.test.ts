import { describe, expect, it } from 'vitest';
import { grpoSettingsSchema } from '../../../src/core/config/projectConfig.ts';
import { policyRow, DEFAULT_POLICY_LOSS } from '../../../src/embedded/model/loss.ts';
import { groupAdvantages, grpoUpdates, type ScoredGroup } from '../../../src/embedded/training/grpo.ts';
import { ReferenceModel } from './referenceModel.ts';
import { startTeam, tinyConfig, wildWeights } from './support.ts';

const config = tinyConfig({ vocab: 16, dim: 32, layers: 1, heads: 1, kvHeads: 1, ffn: 32 });

/** Log-probabilities as sampling would have recorded them, so that every ratio starts at exactly 1. */
async function scoredGroup(prompt: readonly number[], answers: readonly { tokens: readonly number[]; count: number; reward: number }[]): Promise<ScoredGroup> {
  const team = await startTeam(config, 1);
  try {
    const [scores] = await team.score([{ prefix: prompt, segments: answers.map((a) => ({ tokens: a.tokens, lossFrom: 0, weight: 1 })) }]);
    return {
      prompt, rewards: answers.map((a) => a.reward),
      completions: answers.map((a, i) => ({ tokens: a.tokens, count: a.count, finished: true, logProbs: scores?.[i]?.logProbs ?? [] })),
    };
  } finally {
    await team.close();
  }
}

describe('advantages of a group', () => {
  it('are rewards minus their mean, over their standard deviation, counts included', async () => {
    const group = await scoredGroup([1, 2], [{ tokens: [3, 4], count: 4, reward: 1 }, { tokens: [5], count: 12, reward: 0 }]);
    const { mean, advantages } = groupAdvantages(group);
    expect(mean).toBe(0.25);
    // std = sqrt(1/4 * 3/4) = 0.4330127
    expect(advantages?.[0]).toBeCloseTo(0.75 / 0.4330127, 6);
    expect(advantages?.[1]).toBeCloseTo(-0.25 / 0.4330127, 6);
  });

  it('are missing where all answers are equally good: a dead group', async () => {
    const group = await scoredGroup([1], [{ tokens: [3], count: 10, reward: 0 }, { tokens: [5], count: 6, reward: 0 }]);
    expect(groupAdvantages(group)).toEqual({ mean: 0, advantages: undefined });
  });
});

describe('the policy loss of one token', () => {
  const at = (ratio: number, advantage: number) => policyRow(Math.log(ratio) - 2, -2, advantage, DEFAULT_POLICY_LOSS);

  it('follows the ratio within the clip range', () => {
    expect(at(1.2, 2).loss).toBeCloseTo(-2.4, 12);
    expect(at(1.2, 2).coefficient).toBeCloseTo(2.4, 12);
    expect(at(0.9, -1).loss).toBeCloseTo(0.9, 12);
  });

  it('stops at 1.28 for good answers and at 0.8 for bad ones', () => {
    expect(at(1.4, 1)).toEqual({ loss: -1.28, coefficient: 0, clipped: true });
    expect(at(0.5, -1)).toEqual({ loss: 0.8, coefficient: 0, clipped: true });
  });

  it('does not stop what moves back towards the old policy', () => {
    expect(at(0.5, 1).clipped).toBe(false);
    expect(at(1.4, -1).clipped).toBe(false);
    expect(at(1.4, -1).coefficient).toBeCloseTo(-1.4, 12);
  });

  it('bounds the loss of bad answers that have become much likelier', () => {
    expect(at(5, -2)).toEqual({ loss: 6, coefficient: 0, clipped: true });
  });
});

describe('one GRPO step', () => {
  const settings = grpoSettingsSchema.parse({ updatesPerStep: 1, maxGradientNorm: 1e9 });

  it('moves the weights as a float64 calculation by hand says', async () => {
    const live = await scoredGroup([1, 2, 7], [{ tokens: [3, 4, 0], count: 1, reward: 1 }, { tokens: [5, 0], count: 3, reward: 0 }]);
    const dead = await scoredGroup([6], [{ tokens: [9, 0], count: 4, reward: 1 }]);
    const team = await startTeam(config, 2);
    try {
      const learningRate = 1e-2;
      const metrics = await grpoUpdates(team, [live, dead], settings, learningRate);
      // A = (1 - 1/4) / sqrt(3/16) = sqrt 3 and -1 / sqrt 3; 1 * 3 + 3 * 2 = 9 answer tokens.
      const weights = [Math.sqrt(3) / 9, (-3 / Math.sqrt(3)) / 9];
      const sequence = { prefix: live.prompt, segments: live.completions.map((c, i) => ({ tokens: c.tokens, lossFrom: 0, weight: weights[i] ?? 0 })) };
      const w = Float64Array.from(wildWeights(config));
      const reference = new ReferenceModel(config, w);
      const moved = team.weights;
      let checked = 0;
      for (let i = 0; i < w.length; i += 7) {
        const before = w[i] ?? 0;
        w[i] = before + 1e-5;
        const up = reference.loss(sequence);
        w[i] = before - 1e-5;
        const g = (up - reference.loss(sequence)) / 2e-5;
        w[i] = before;
        // Bias-corrected first AdamW step: m / c1 = g and v / c2 = g^2.
        if (Math.abs(g) < 1e-3) continue;
        const expected = before - (learningRate * g) / (Math.abs(g) + 1e-8);
        expect(moved[i]).toBeCloseTo(expected, 5);
        checked++;
      }
      expect(checked).toBeGreaterThan(300);
      await team.load(wildWeights(config));
      await team.gradients([sequence]);
      expect(metrics.gradientNorm).toBeCloseTo(Math.hypot(...team.gradientSum()), 3);
      expect(metrics).toMatchObject({ reward: 0.625, deadGroups: 0.5, allRight: 0.5, length: (3 + 6 + 8) / 8, clipShare: 0, learningRate });
    } finally {
      await team.close();
    }
  });

  it('leaves the weights alone when every group is dead', async () => {
    const dead = await scoredGroup([6], [{ tokens: [9, 0], count: 4, reward: 0 }]);
    const team = await startTeam(config, 1);
    try {
      const metrics = await grpoUpdates(team, [dead], settings, 1e-2);
      expect(team.weights).toEqual(wildWeights(config));
      expect(metrics).toMatchObject({ deadGroups: 1, allRight: 0, gradientNorm: 0 });
    } finally {
      await team.close();
    }
  });

  it('divides logits by the temperature in training as in sampling, so that ratios start at 1', async () => {
    const team = await startTeam(config, 1);
    try {
      const prompt = [1, 2, 3];
      const { completions } = await team.rollout([prompt], { samples: 8, temperature: 1.7, maxNewTokens: 5, stop: 0, seed: ['t'] });
      const group = { prompt, completions: completions[0] ?? [], rewards: (completions[0] ?? []).map((_, i) => i % 2) };
      const reference = new ReferenceModel(config, Float64Array.from(team.weights));
      for (const c of group.completions) {
        const expected = reference.logProbs([...prompt, ...c.tokens], 1.7).slice(prompt.length - 1);
        c.logProbs.forEach((p, i) => expect(p).toBeCloseTo(expected[i] ?? 0, 4));
      }
      const before = team.weights.slice();
      // One clip range so narrow that any ratio but 1 would be stopped.
      const metrics = await grpoUpdates(team, [group], { ...settings, temperature: 1.7, clipLow: 1e-9, clipHigh: 1e-9 }, 1e-3);
      expect(metrics.clipShare).toBe(0);
      expect(team.weights).not.toEqual(before);
    } finally {
      await team.close();
    }
  });
});
