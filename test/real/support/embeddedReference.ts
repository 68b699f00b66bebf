import type { Sample } from '../../../src/core/dataset/sample.ts';
import { EmbeddedModel } from '../../../src/embedded/serving/embeddedModel.ts';
import type { ServedToken } from '../../../src/embedded/serving/servedModel.ts';

/** A generated token with the model's own choice of others; the one that ends an answer is left out, as llama.cpp leaves it out. */
export type ReferenceToken = Pick<ServedToken, 'text' | 'logProb'> & { readonly top: readonly { readonly text: string; readonly logProb: number }[] };
export type ReferenceAnswer = { readonly tokens: readonly ReferenceToken[]; readonly text: string; readonly finishReason: 'stop' | 'length' };

/** Longest answers, as in the sample project's looptool.json. */
export const longestAnswer = 80;

/** Greedy answers of the embedded engine, for a checkpoint: what a real server has to agree with. */
export async function referenceAnswers(checkpoint: string, assetsDirectory: string, samples: readonly Pick<Sample, 'messages' | 'tools'>[], maxTokens = longestAnswer): Promise<readonly ReferenceAnswer[]> {
  const model = await EmbeddedModel.start({ id: 'reference', checkpoint, threads: 2, assetsDirectory, drawSeed: () => 1 });
  try {
    return await Promise.all(samples.map((sample) => answerOf(model, sample, maxTokens)));
  } finally {
    await model.close();
  }
}

async function answerOf(model: EmbeddedModel, { messages, tools }: Pick<Sample, 'messages' | 'tools'>, maxTokens: number): Promise<ReferenceAnswer> {
  const sampling = { temperature: 0, topP: 1, topK: -1, maxTokens, stop: [], seed: 1 };
  const tokens: ServedToken[] = [];
  let text = '';
  for await (const chunk of model.complete({ messages, tools, sampling, logProbs: true, topLogProbs: 5, incremental: false }, new AbortController().signal)) {
    if (chunk.kind === 'refused') throw new Error(`the embedded engine refuses a prompt: ${chunk.refusal.message}`);
    if (chunk.kind === 'end') return { tokens: tokens.filter(({ bytes }) => bytes !== undefined), text, finishReason: chunk.finishReason };
    text += chunk.text;
    tokens.push(...chunk.tokens);
  }
  throw new Error('the embedded engine ended an answer without a word');
}
