import * as z from 'zod';
import { forEachLimited } from '../../../src/app/workPool.ts';
import type { Sample } from '../../../src/core/dataset/sample.ts';
import { samplingSchema } from '../../../src/core/llm/completionPort.ts';
import { prefixOrdered } from '../../../src/core/loop/prefixOrder.ts';
import { Rng } from '../../../src/core/random/rng.ts';
import { chatBody } from '../../../src/node/openaiRequest.ts';
import { withServer, type RealContext } from '../support/context.ts';
import type { LlamaServer } from '../support/llamaServer.ts';

const step = 'prefix order';
/** Tool sets, and requests to each. */
const [toolSets, each] = [32, 10] as const;
const atOnce = 2;
const usageSchema = z.object({
  usage: z.object({ prompt_tokens: z.number(), prompt_tokens_details: z.object({ cached_tokens: z.number() }) }),
  timings: z.object({ cache_n: z.number() }),
});

type Hits = { readonly cached: number; readonly prompt: number };

/**
 * The same requests in random order and in the order of the program, to a server with two slots that starts anew for each:
 * how many prompt tokens it has ready. llama.cpp's second cache, in the machine's memory, holds every prompt of a model as
 * small as this one, and is switched off.
 */
export async function prefixStep(context: RealContext): Promise<void> {
  const { results } = context;
  const shuffled = new Rng('prefix order').shuffle(asks(context.samples));
  const ordered = prefixOrdered(shuffled);
  const [random, own] = [await hits(context, shuffled), await hits(context, ordered)];
  results.check(rate(own) > rate(random), step, 'cache hit rate, two slots', `random ${percent(random)}, ordered ${percent(own)} of ${own.prompt} prompt tokens, ${shuffled.length} requests`);
}

/** Few tool sets with many requests each, as the data of teams has it. Which tool a request is about does not matter here. */
function asks(samples: readonly Sample[]): { readonly request: { readonly messages: Sample['messages']; readonly tools: Sample['tools']; readonly sampling: z.infer<typeof samplingSchema>; readonly logProbs: boolean } }[] {
  const sampling = samplingSchema.parse({ temperature: 0, maxTokens: 1, toolChoice: 'none' });
  const sets = samples.map(({ tools }) => tools).filter((tools) => tools.length > 2).slice(0, toolSets);
  return sets.flatMap((tools, set) => Array.from({ length: each }, (_, k) => ({ request: { messages: samples[(set * each + k) % samples.length]?.messages ?? [], tools, sampling, logProbs: false } })));
}

async function hits(context: RealContext, inOrder: ReturnType<typeof prefixOrdered<ReturnType<typeof asks>[number]>>): Promise<Hits> {
  return await withServer(context, { slots: 2, flags: ['-cram', '0'] }, async (server: LlamaServer) => {
    let [cached, prompt] = [0, 0];
    await forEachLimited(inOrder, atOnce, new AbortController().signal, async ({ request }) => {
      const body = chatBody({ model: 'policy', ...request }, { stream: false, logProbs: true, jsonSchema: true, jsonObject: true, ownSampler: true }, '127.0.0.1');
      const { usage, timings } = usageSchema.parse(await server.post('/v1/chat/completions', z.looseObject({}).parse(JSON.parse(body))));
      if (usage.prompt_tokens_details.cached_tokens !== timings.cache_n) throw new Error(`the server counts ${usage.prompt_tokens_details.cached_tokens} and ${timings.cache_n} cached tokens`);
      cached += timings.cache_n;
      prompt += usage.prompt_tokens;
    });
    return { cached, prompt };
  });
}

const rate = ({ cached, prompt }: Hits): number => cached / prompt;
const percent = (one: Hits): string => `${(100 * rate(one)).toFixed(1)} %`;
