import * as z from 'zod';
import { loadCheckpoint } from '../../../src/embedded/gguf/checkpoint.ts';
import { encodeSegments, joinSegments } from '../../../src/embedded/chat/segments.ts';
import { renderSegments } from '../../../src/embedded/chat/template.ts';
import { chatBody } from '../../../src/node/openaiRequest.ts';
import { samplingSchema } from '../../../src/core/llm/completionPort.ts';
import { withServer, type RealContext } from '../support/context.ts';

const step = 'tokens';
const tokensSchema = z.object({ tokens: z.array(z.number()) });
const promptSchema = z.object({ prompt: z.string() });

/** Prompts of the sample project: the text that the checkpoint's template makes in the server, and the tokens of it. */
export async function tokensStep(context: RealContext): Promise<void> {
  const { results, samples, checkpoint } = context;
  const { tokenizer } = await loadCheckpoint(checkpoint);
  await withServer(context, { slots: 1 }, async (server) => {
    let [texts, equal, tokens] = [0, 0, 0];
    for (const { messages, tools } of samples) {
      const segments = renderSegments(messages, tools);
      const prompt = joinSegments(segments);
      const body = chatBody({ model: 'policy', messages, tools, sampling: samplingSchema.parse({}), logProbs: false }, { stream: false, logProbs: true, jsonSchema: true, ownSampler: true }, '127.0.0.1');
      const rendered = promptSchema.parse(await server.post('/apply-template', z.looseObject({}).parse(JSON.parse(body)))).prompt;
      if (rendered === prompt) texts += 1;
      else results.note(`the server's template makes ${JSON.stringify(rendered)}\n          in place of ${JSON.stringify(prompt)}`);
      const expected = encodeSegments(segments, tokenizer);
      const found = tokensSchema.parse(await server.post('/tokenize', { content: prompt, add_special: false, parse_special: true })).tokens;
      if (found.length === expected.length && found.every((id, index) => id === expected[index])) equal += 1;
      else results.note(`${found.join(' ')}\n          in place of ${expected.join(' ')}`);
      tokens += expected.length;
    }
    results.check(texts === samples.length, step, 'prompts rendered by the template in the GGUF', `${texts} of ${samples.length} equal`);
    results.check(equal === samples.length, step, 'prompts tokenised', `${equal} of ${samples.length} equal, ${tokens} tokens`);
  });
}
