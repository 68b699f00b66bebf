import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Rng } from '../../../src/core/random/rng.ts';
import { checkpointFingerprint, type LoadedCheckpoint } from '../../../src/embedded/gguf/checkpoint.ts';
import { readGguf } from '../../../src/embedded/gguf/read.ts';
import { writeGguf } from '../../../src/embedded/gguf/write.ts';
import type { ModelConfig } from '../../../src/embedded/model/config.ts';
import type { Sequence } from '../../../src/embedded/model/sequence.ts';
import { planTensors } from '../../../src/embedded/model/layout.ts';
import { Team, type TeamOptions } from '../../../src/embedded/team.ts';
import { trainBpe } from '../../../src/embedded/tokenizer/trainBpe.ts';

export const assetsDirectory = join(import.meta.dirname, '../../../dist');

if (!existsSync(join(assetsDirectory, 'kernels.wasm'))) throw new Error('dist/ is missing: run `npm run build` before the tests of the engine');

export const SPECIALS = ['<|im_start|>', '<|im_end|>', '<tools>', '</tools>', '<tool_call>', '</tool_call>', '<tool_response>', '</tool_response>'];

export function tinyConfig(over: Partial<ModelConfig> = {}): ModelConfig {
  return { vocab: 40, dim: 64, layers: 2, heads: 2, kvHeads: 1, ffn: 96, context: 64, ropeBase: 10000, eps: Math.fround(1e-5), ...over };
}

/** Weights that are far from the uniform start, so that attention and answers differ from token to token. */
export function wildWeights(config: ModelConfig, seed: number | string = 3): Float32Array {
  const { tensors, params } = planTensors(config);
  const rng = new Rng('wild', seed);
  const w = new Float32Array(params);
  for (const t of tensors) {
    for (let i = 0; i < t.rows * t.cols; i++) w[t.offset + i] = t.rows === 1 ? 1 + rng.normal() * 0.2 : (rng.normal() * (t.name === 'embed' ? 4 : 2)) / Math.sqrt(t.cols);
  }
  return w;
}

export async function startTeam(config: ModelConfig, threads = 2, over: Partial<TeamOptions> = {}): Promise<Team> {
  const team = await Team.start(config, { assetsDirectory, threads, ...over });
  await team.load(wildWeights(config));
  return team;
}

/** Prefixes, several segments, weights of both signs, and a sequence without a prefix. */
export function mixedSequences(config: ModelConfig, seed = 1): Sequence[] {
  const rng = new Rng('sequences', seed);
  const ids = (n: number): number[] => Array.from({ length: n }, () => rng.int(config.vocab));
  return [
    { prefix: ids(9), segments: [{ tokens: ids(7), lossFrom: 2, weight: 1, contextWeight: 0.3 }, { tokens: ids(5), lossFrom: 0, weight: -0.7 }] },
    { prefix: [], segments: [{ tokens: ids(11), lossFrom: 1, weight: 0.5 }] },
    { prefix: ids(4), segments: [{ tokens: ids(6), lossFrom: 0, weight: 1.2 }] },
  ];
}

/** A model that can read and write any text, small enough to train in a test. */
export function tinyCheckpoint(over: Partial<ModelConfig> = {}): LoadedCheckpoint {
  const tokenizer = trainBpe({ texts: ['what is the weather in the north', 'set the alarm for the morning'], valueWords: new Set(['north']), size: 288, specials: SPECIALS });
  const config = tinyConfig({ vocab: tokenizer.size, dim: 32, layers: 1, heads: 1, kvHeads: 1, ffn: 64, ...over });
  const bytes = writeGguf(config, tokenizer, wildWeights(config), 'f32', 'tiny');
  return { ...readGguf(bytes), fingerprint: checkpointFingerprint(bytes) };
}
