import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type OpenAI from 'openai';
import { readGguf } from '../../src/embedded/gguf/read.ts';
import { writeGguf } from '../../src/embedded/gguf/write.ts';

export const assetsDirectory = join(import.meta.dirname, '../../dist');
if (!existsSync(join(assetsDirectory, 'generationWorker.js'))) throw new Error('dist/ is missing: run `npm run build` before the tests of the server');

/** A trained checkpoint that calls the tools below. */
export const checkpointPath = join(import.meta.dirname, '../golden/llamaCpp.gguf');

export const weatherTools: OpenAI.ChatCompletionFunctionTool[] = [
  {
    type: 'function',
    function: {
      name: 'get_weather',
      parameters: { type: 'object', properties: { city: { type: 'string' }, day: { type: 'string', enum: ['today', 'tomorrow'] } }, required: ['city'] },
    },
  },
  { type: 'function', function: { name: 'get_air_quality', parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } } },
];

/** The same model with every weight a little off, as a training step would leave it. */
export function writeOtherCheckpoint(): string {
  const model = readGguf(readFileSync(checkpointPath));
  const path = join(mkdtempSync(join(tmpdir(), 'looptool-serving-')), 'other.gguf');
  const weights = model.weights.map((weight, i) => weight * (1 + 0.01 * Math.sin(i)));
  writeFileSync(path, writeGguf(model.config, model.tokenizer, weights, 'f32', 'other'));
  return path;
}
