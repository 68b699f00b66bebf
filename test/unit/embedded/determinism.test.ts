import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkpointFingerprint } from '../../../src/embedded/gguf/checkpoint.ts';
import { attentionSlots } from '../../../src/embedded/model/limits.ts';
import { splitToFit } from '../../../src/embedded/model/sequence.ts';
import { sftStep } from '../../../src/embedded/training/sft.ts';
import type { Team } from '../../../src/embedded/team.ts';
import { mixedSequences, startTeam, tinyConfig } from './support.ts';

const config = tinyConfig();
const hash = (w: Float32Array): string => checkpointFingerprint(new Uint8Array(w.slice().buffer));
const sampling = { samples: 16, temperature: 1, maxNewTokens: 12, stop: 0, seed: ['test', 1] };
const prompts = Array.from({ length: 9 }, (_, i) => Array.from({ length: 3 + (i % 4) }, (_, j) => (i * 7 + j * 3) % config.vocab));

describe('one seed', () => {
  it('gives the same bits on one, two and four threads, trained and sampled', async () => {
    const results: string[] = [];
    for (const threads of [1, 2, 4]) {
      const team = await startTeam(config, threads);
      try {
        const norms: number[] = [];
        for (let step = 0; step < 3; step++) {
          norms.push((await sftStep(team, mixedSequences(config, step), { learningRate: 1e-2, decay: 0.02, contextWeight: 0.1 })).gradientNorm);
          await team.gradients(mixedSequences(config, 10 + step));
          norms.push(await team.update({ learningRate: 1e-3, decay: 0.01, maxGradientNorm: 1 }));
        }
        const rolled = await team.rollout(prompts, sampling);
        const scored = await team.score(mixedSequences(config));
        results.push(JSON.stringify([hash(team.weights), hash(team.optimiserState().momentum), norms, rolled, scored]));
      } finally {
        await team.close();
      }
    }
    expect(results[1]).toBe(results[0]);
    expect(results[2]).toBe(results[0]);
  });
});

describe('sampling', () => {
  let team: Team;
  beforeAll(async () => {
    team = await startTeam(config);
  });
  afterAll(() => team.close());

  it('keeps every member of a group, and repeats with the same seed only', async () => {
    const a = await team.rollout(prompts, sampling);
    const b = await team.rollout(prompts, sampling);
    const c = await team.rollout(prompts, { ...sampling, seed: ['test', 2] });
    for (const group of a.completions) expect(group.reduce((n, x) => n + x.count, 0)).toBe(16);
    expect(b).toEqual(a);
    expect(c.completions).not.toEqual(a.completions);
  });

  it('gives log-probabilities that the full forward pass repeats to the last bit', async () => {
    const { completions } = await team.rollout(prompts, sampling);
    const scored = await team.score(completions.map((group, i) => ({ prefix: prompts[i] ?? [], segments: group.map((c) => ({ tokens: c.tokens, lossFrom: 0, weight: 1 })) })));
    completions.forEach((group, i) => group.forEach((c, j) => expect(scored[i]?.[j]?.logProbs).toEqual(c.logProbs)));
  });

  it('answers greedily alone as in a batch', async () => {
    const greedy = { ...sampling, samples: 1, temperature: 0 };
    const batch = await team.rollout(prompts, greedy);
    for (const [i, prompt] of prompts.entries()) {
      const alone = await team.rollout([prompt], greedy);
      expect(alone.completions[0]).toEqual(batch.completions[i]);
    }
  });

  it('draws tokens as often as their probabilities say', async () => {
    const prompt = prompts[0] ?? [];
    const drawn = await team.rollout([prompt], { ...sampling, samples: 400, maxNewTokens: 1 });
    const chi = (drawn.completions[0] ?? []).reduce((a, c) => {
      const expected = 400 * Math.exp(c.logProbs[0] ?? 0);
      return a + (c.count - expected) ** 2 / expected;
    }, 0);
    // 39 degrees of freedom; the 0.9999 quantile is 81.
    expect(chi).toBeLessThan(81);
  });

  it('stops at the context, whatever the settings allow', async () => {
    const long = Array.from({ length: config.context - 3 }, (_, i) => i % config.vocab);
    const { completions } = await team.rollout([long], { ...sampling, samples: 2, maxNewTokens: 50, stop: -1 });
    for (const c of completions[0] ?? []) expect([c.tokens.length, c.finished]).toEqual([3, false]);
    await expect(team.rollout([prompts[0] ?? []], { ...sampling, maxNewTokens: 1_000_000 })).resolves.toBeDefined();
    await expect(team.rollout([Array.from({ length: config.context }, () => 1)], sampling)).rejects.toMatchObject({ code: 'usage' });
    await expect(team.rollout([[]], sampling)).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('what exceeds one pass', () => {
  it('samples a group in parts when the cache cannot hold it side by side', async () => {
    const team = await startTeam(config, 1, { limits: { cacheRows: 64 } });
    try {
      const { completions } = await team.rollout(prompts, { ...sampling, stop: -1 });
      for (const group of completions) expect(group.reduce((n, x) => n + x.count, 0)).toBe(16);
      const scored = await team.score(completions.map((group, i) => ({ prefix: prompts[i] ?? [], segments: group.map((c) => ({ tokens: c.tokens, lossFrom: 0, weight: 1 })) })));
      completions.forEach((group, i) => group.forEach((c, j) => expect(scored[i]?.[j]?.logProbs).toEqual(c.logProbs)));
    } finally {
      await team.close();
    }
  });

  it('trains a group in parts with the same scores and gradients up to rounding', async () => {
    const [sequence] = mixedSequences(config);
    if (!sequence) throw new Error('no sequence');
    const whole = await startTeam(config, 1);
    const parts = await startTeam(config, 1, { limits: { tokens: 18, attentionSlots: attentionSlots(0, 18) } });
    try {
      expect(splitToFit(config, parts.layout.limits, sequence)).toHaveLength(2);
      expect(await parts.score([sequence])).toEqual(await whole.score([sequence]));
      await whole.gradients([sequence]);
      await parts.gradients([sequence]);
      const [a, b] = [whole.gradientSum(), parts.gradientSum()];
      a.forEach((v, i) => expect(Math.abs(v - (b[i] ?? 0))).toBeLessThan(1e-4 * Math.max(1, Math.abs(v))));
    } finally {
      await whole.close();
      await parts.close();
    }
  });

  it('is refused with a message when not even one answer fits', async () => {
    const team = await startTeam(config, 1);
    try {
      const tokens = Array.from({ length: config.context + 1 }, () => 1);
      await expect(team.score([{ prefix: [], segments: [{ tokens, lossFrom: 0, weight: 1 }] }])).rejects.toMatchObject({ code: 'engine-failed' });
    } finally {
      await team.close();
    }
  });
});

describe('a team that serves', () => {
  it('scores and samples the same bits in less memory', async () => {
    const train = await startTeam(config, 1);
    const serve = await startTeam(config, 1, { purpose: 'serve', limits: { cacheRows: train.layout.limits.cacheRows } });
    try {
      expect(serve.layout.totalBytes).toBeLessThan(train.layout.totalBytes / 2);
      expect(await serve.score(mixedSequences(config))).toEqual(await train.score(mixedSequences(config)));
      expect(await serve.rollout(prompts, sampling)).toEqual(await train.rollout(prompts, sampling));
    } finally {
      await train.close();
      await serve.close();
    }
  });
});
