import { describe, expect, it } from 'vitest';
import { Rng } from '../../../src/core/random/rng.ts';
import type { Sequence } from '../../../src/embedded/model/sequence.ts';
import { sftStep } from '../../../src/embedded/training/sft.ts';
import { startTeam, tinyConfig } from './support.ts';

const config = tinyConfig();

/** The answer repeats the prompt's first token: something to learn. */
function lessons(seed: number): Sequence[] {
  const rng = new Rng('lessons', seed);
  return Array.from({ length: 16 }, () => {
    const prompt = Array.from({ length: 6 }, () => rng.int(config.vocab));
    const answer = [prompt[0] ?? 0, prompt[0] ?? 0];
    return { prefix: [], segments: [{ tokens: [...prompt, ...answer], lossFrom: prompt.length, weight: 1 }] };
  });
}

describe('a supervised step', () => {
  it.each(['muon', 'adamw'] as const)('teaches the model what the answers show, with %s', async (optimiser) => {
    const team = await startTeam(config);
    try {
      await team.initialise(1);
      const losses: number[] = [];
      for (let step = 0; step < 120; step++) losses.push((await sftStep(team, lessons(step), { learningRate: 1e-2, optimiser })).loss);
      // Per answer token: at first about log 40 = 3.7.
      expect(losses[0]).toBeGreaterThan(3.4);
      expect(losses.slice(-10).reduce((a, b) => a + b, 0) / 10).toBeLessThan(2.5);
    } finally {
      await team.close();
    }
  });

  it('reports the mean loss per answer token and counts the context by its weight', async () => {
    const team = await startTeam(config, 1);
    try {
      const batch = lessons(1);
      const scored = await team.score(batch.map((s) => ({ prefix: s.prefix, segments: s.segments.map((g) => ({ ...g, contextWeight: 1 })) })));
      const answers = scored.reduce((a, s) => a - (s[0]?.logProbs.slice(-2).reduce((x, y) => x + y, 0) ?? 0), 0);
      const context = scored.reduce((a, s) => a - (s[0]?.logProbs.slice(0, -2).reduce((x, y) => x + y, 0) ?? 0), 0);
      const step = await sftStep(team, batch, { learningRate: 1e-9, contextWeight: 0.1 });
      expect(step.answerTokens).toBe(32);
      expect(step.loss).toBeCloseTo((answers + 0.1 * context) / 32, 4);
    } finally {
      await team.close();
    }
  });

  it('moves each hidden matrix by a nearly orthogonal one under Muon', async () => {
    const team = await startTeam(config);
    try {
      const before = team.weights.slice();
      const learningRate = 1e-3;
      await sftStep(team, [...lessons(1), ...lessons(2), ...lessons(3)], { learningRate, contextWeight: 1, maxGradientNorm: 1e9 });
      const t = team.layout.tensors.find((x) => x.name === '0.o');
      if (!t) throw new Error('no tensor');
      const step = Array.from({ length: t.rows * t.cols }, (_, i) => ((before[t.offset + i] ?? 0) - (team.weights[t.offset + i] ?? 0)) / (learningRate * 0.2 * Math.sqrt(Math.max(t.rows, t.cols))));
      const row = (r: number): number[] => step.slice(r * t.cols, (r + 1) * t.cols);
      const dot = (a: number[], b: number[]): number => a.reduce((x, v, i) => x + v * (b[i] ?? 0), 0);
      let second = 0;
      let fourth = 0;
      for (let i = 0; i < t.rows; i++) {
        second += dot(row(i), row(i));
        for (let j = 0; j < t.rows; j++) fourth += dot(row(i), row(j)) ** 2;
      }
      // Sums of the 2nd and 4th powers of the singular values, which the iteration brings into about 0.7 to 1.2.
      expect(second / t.rows).toBeGreaterThan(0.6);
      expect(second / t.rows).toBeLessThan(1.4);
      expect(fourth / second).toBeGreaterThan(0.6);
      expect(fourth / second).toBeLessThan(1.45);
    } finally {
      await team.close();
    }
  });
});
