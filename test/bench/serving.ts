import { join } from 'node:path';
import OpenAI from 'openai';
import { EmbeddedModel } from '../../src/embedded/serving/embeddedModel.ts';
import { OpenaiServer } from '../../src/embedded/serving/openaiServer.ts';
import type { BenchRow } from './row.ts';


const root = join(import.meta.dirname, '../..');
const PROBE_REQUESTS = 1600;
const IN_FLIGHT = 64;
const ALONE = 40;

/** All 729 sets of three tools come up, about twice each: next to nothing of a prompt is in the cache already. */
const CITIES = ['oslo', 'paris', 'rome', 'lima', 'cairo', 'madrid', 'berlin', 'quito', 'accra', 'delhi', 'tokyo'];
const TOOLS = ['get_weather', 'get_air_quality', 'get_forecast', 'find_hotel', 'book_table', 'list_events', 'play_song', 'get_news', 'find_route'];

function probe(i: number): OpenAI.ChatCompletionCreateParamsNonStreaming {
  const city = (n: number): string => CITIES[n % CITIES.length] ?? '';
  const tools = [0, 1, 2].map((k): OpenAI.ChatCompletionFunctionTool => ({
    type: 'function',
    function: {
      name: TOOLS[Math.floor(i / TOOLS.length ** k) % TOOLS.length] ?? '',
      parameters: { type: 'object', properties: { city: { type: 'string' }, day: { type: 'string', enum: ['today', 'tomorrow'] } }, required: ['city'] },
    },
  }));
  const content = `what is the weather in ${city(i)} and is the air clean in ${city(Math.floor(i / 11))} ${i % 97}`;
  return { model: 'policy', messages: [{ role: 'user', content }], tools, temperature: 0, logprobs: true, max_tokens: 80 };
}

/** The greedy probe of a data set through HTTP, client and server in one process, and the latency of one request alone. */
export async function rows(assetsDirectory = join(root, 'dist')): Promise<BenchRow[]> {
  const checkpoint = join(root, 'test/golden/llamaCpp.gguf');
  const model = await EmbeddedModel.start({ id: 'policy', checkpoint, threads: 2, assetsDirectory, drawSeed: () => 1 });
  const server = await OpenaiServer.start({ models: [model], log: (message, error) => console.error(message, error), now: Date.now });
  const client = new OpenAI({ baseURL: server.baseUrl, apiKey: 'none', maxRetries: 0 });
  const ask = (i: number): Promise<OpenAI.ChatCompletion> => client.chat.completions.create(probe(i));
  try {
    await Promise.all(Array.from({ length: IN_FLIGHT }, (_, i) => ask(i)));
    const latenciesMs: number[] = [];
    for (let i = 0; i < ALONE; i++) {
      const start = performance.now();
      await ask(PROBE_REQUESTS + i);
      latenciesMs.push(performance.now() - start);
    }
    let next = 0;
    let tokens = 0;
    let generated = 0;
    const start = performance.now();
    await Promise.all(
      Array.from({ length: IN_FLIGHT }, async () => {
        for (let i = next++; i < PROBE_REQUESTS; i = next++) {
          const { usage } = await ask(i);
          tokens += usage?.total_tokens ?? 0;
          generated += usage?.completion_tokens ?? 0;
        }
      }),
    );
    const seconds = (performance.now() - start) / 1000;
    const name = `serving: greedy probe, ${PROBE_REQUESTS} requests of ${Math.round(tokens / PROBE_REQUESTS)} tokens, ${IN_FLIGHT} in flight, 2 threads`;
    latenciesMs.sort((a, b) => a - b);
    return [
      { name, value: round(seconds), unit: 's', goal: 25, better: 'lower' },
      { name: `${name}, rate`, value: round(PROBE_REQUESTS / seconds), unit: 'requests/s', better: 'higher' },
      { name: `${name}, prompt and answer`, value: Math.round(tokens / seconds), unit: 'tokens/s', better: 'higher' },
      { name: `${name}, answer`, value: Math.round(generated / seconds), unit: 'tokens/s', better: 'higher' },
      { name: 'serving: one request alone, median', value: round(latenciesMs[ALONE / 2] ?? 0), unit: 'ms', better: 'lower' },
    ];
  } finally {
    await server.close();
    await model.close();
  }
}

const round = (value: number): number => Math.round(value * 10) / 10;
