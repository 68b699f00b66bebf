import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Rng } from '../../src/core/random/rng.ts';
import { drawSamples } from '../../src/demo/evaluationSets.ts';
import { encodeSegments } from '../../src/embedded/chat/segments.ts';
import { renderAnswerSegments, renderSegments } from '../../src/embedded/chat/template.ts';
import { readGguf } from '../../src/embedded/gguf/read.ts';
import { Team } from '../../src/embedded/team.ts';
import type { BenchRow } from './row.ts';

const RUNS = 5;
const root = join(import.meta.dirname, '../..');

/** Median of the tokens a second that the embedded engine samples in groups of 16, scores and trains, on one and on two threads. */
export async function rows(assetsDirectory = join(root, 'dist')): Promise<BenchRow[]> {
  if (!existsSync(join(assetsDirectory, 'kernels.wasm'))) throw new Error('dist/ is missing: run `npm run build` first');
  const model = readGguf(readFileSync(join(root, 'media/sample/initial.gguf')));
  // Requests that the checkpoint knows: prompts of about 80 tokens and answers of about 25.
  const samples = drawSamples(64, ['base'], 'known', new Rng('bench'), new Set());
  const encode = (parts: Parameters<typeof encodeSegments>[0]): number[] => [...encodeSegments(parts, model.tokenizer)];
  const items = samples.map((sample) => ({ tokens: encode(renderSegments(sample.messages, sample.tools)), answerTokens: [...encode(renderAnswerSegments(sample.truth)), model.endOfTurn] }));
  const prompts = items.map((p) => p.tokens);
  const sequences = items.map((p) => ({ prefix: p.tokens, segments: [{ tokens: p.answerTokens, lossFrom: 0, weight: 1e-3 }] }));
  const tokens = items.reduce((a, p) => a + p.tokens.length + p.answerTokens.length, 0);
  const out: BenchRow[] = [];
  for (const threads of [1, 2]) {
    const team = await Team.start(model.config, { assetsDirectory, threads });
    const measure = async (name: string, goals: readonly [number, number], run: (index: number) => Promise<number>): Promise<void> => {
      const goal = goals[threads - 1] ?? 0;
      await run(-1);
      const speeds: number[] = [];
      for (let i = 0; i < RUNS; i++) {
        const start = performance.now();
        const done = await run(i);
        speeds.push((done * 1000) / (performance.now() - start));
      }
      speeds.sort((a, b) => a - b);
      out.push({ name: `engine: ${name}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`, value: Math.round(speeds[Math.floor(RUNS / 2)] ?? 0), unit: 'tokens/s', goal, better: 'higher' });
    };
    const sampling = { samples: 16, temperature: 1, maxNewTokens: 80, stop: model.endOfTurn };
    try {
      await team.load(model.weights);
      await measure('sampled in groups of 16', [46_000, 63_000], async (i) => (await team.rollout(prompts, { ...sampling, seed: ['bench', i] })).sampled);
      await measure('scored', [12_800, 22_300], async () => (await team.score(sequences), tokens));
      await measure('trained', [4_740, 7_170], async () => {
        await team.gradients(sequences);
        await team.update({ learningRate: 1e-9, decay: 0, maxGradientNorm: 1 });
        return tokens;
      });
    } finally {
      await team.close();
    }
  }
  return out;
}
