import { afterEach, describe, expect, it } from 'vitest';
import type { CompletionFailure, CompletionRequest } from '../../../src/core/llm/completionPort.ts';
import { samplingSchema } from '../../../src/core/llm/completionPort.ts';
import { failureText } from '../../../src/core/loop/journalEntry.ts';
import { ContextGuard } from '../../../src/node/prompting/contextGuard.ts';
import { promptedPort } from '../../../src/node/prompting/promptedPort.ts';
import { PromptServer } from '../../../src/node/prompting/promptServer.ts';
import { createOpenAiClient } from '../../../src/node/openaiClient.ts';
import { systemClock } from '../../../src/node/clock.ts';
import { startFakeServer, type FakeServer } from '../../fakes/openaiServer.ts';

const servers: FakeServer[] = [];
afterEach(async () => void (await Promise.all(servers.splice(0).map((server) => server.close()))));
const { signal } = new AbortController();

type Routes = NonNullable<Parameters<typeof startFakeServer>[0]['routes']>;
const words = (text: string): number[] => text.split(/\s+/).filter((word) => word !== '').map((_, index) => index);

/** Counts a word as a token; `counted` are the questions about it. */
async function start(routes: Routes, count: keyof Routes | undefined) {
  const counted: unknown[] = [];
  const watched = Object.fromEntries(Object.entries(routes).map(([path, answer]) => [path, (body: unknown) => {
    if (path === count) counted.push(body);
    return answer(body);
  }]));
  const server = await startFakeServer({ answer: () => ({ content: 'fine' }), routes: watched });
  servers.push(server);
  const prompts = new PromptServer({ baseUrl: server.baseUrl, model: 'm', key: undefined });
  const guard = new ContextGuard(prompts);
  const port = promptedPort(createOpenAiClient({ baseUrl: server.baseUrl, model: 'm', key: undefined, timeoutMs: 1000, stream: false, concurrency: 4, maxAttempts: 1, simulated: false }, { clock: systemClock, random: () => 0.5 }), { mode: 'chat', templateArgs: undefined }, guard);
  const ask = async (text: string, maxTokens: number, rendered = false): Promise<CompletionFailure | 'answered'> => {
    const request: Omit<CompletionRequest, 'model'> = { messages: [{ role: 'user', content: text }], tools: [], sampling: samplingSchema.parse({ maxTokens }), logProbs: false, ...(rendered ? { rendered: { prompt: text, stop: [] } } : {}) };
    const outcome = await port.complete(request, signal);
    if (outcome.ok) return 'answered';
    if (outcome.failure.kind === 'too-long') expect(outcome.attempts).toBe(0);
    return outcome.failure;
  };
  return { server, counted, ask };
}

const vllm: Routes = {
  '/version': () => ({ version: '0.11.0' }),
  '/v1/models': () => ({ data: [{ id: 'm', owned_by: 'vllm', max_model_len: 4000 }] }),
  '/tokenize': (body) => {
    const { messages, prompt } = body as { messages?: { content: string }[]; prompt?: string };
    const tokens = words(prompt ?? (messages ?? []).map(({ content }) => content).join(' '));
    return { count: tokens.length, max_model_len: 4000, tokens };
  },
};
const llamaCpp: Routes = {
  '/props': () => ({ chat_template: 'x', default_generation_settings: { n_ctx: 500 } }),
  '/v1/chat/completions/input_tokens': (body) => ({ input_tokens: words((body as { messages: { content: string }[] }).messages.map(({ content }) => content).join(' ')).length }),
  '/tokenize': (body) => ({ tokens: words((body as { content: string }).content) }),
};
const text = (count: number): string => Array.from({ length: count }, (_, index) => `w${index}`).join(' ');

describe('vLLM refuses what does not fit with its answer', () => {
  it('a request that cannot fit is not sent, one that is short is not even counted', async () => {
    const { server, counted, ask } = await start(vllm, '/tokenize');
    expect(await ask(text(100), 1000)).toBe('answered');
    expect(counted).toHaveLength(0);
    expect(await ask(text(2900), 1000)).toBe('answered');
    expect(counted).toHaveLength(1);
    const failure = await ask(text(3500), 1000);
    expect(failure).toMatchObject({ kind: 'too-long', retryable: false });
    expect(failure !== 'answered' && failureText(failure)).toBe('too-long: the prompt has 3500 tokens, with up to 1000 of the answer more than the 4000 of the context; nothing was sent. What to do: raise --max-model-len of the server, lower maxTokens, or leave the sample out');
    expect(server.requests).toHaveLength(2);
  });

  it('a text has no more tokens than bytes, and is counted as it is sent', async () => {
    const { counted, ask } = await start(vllm, '/tokenize');
    expect(await ask('x'.repeat(2990), 1000, true)).toBe('answered');
    expect(counted).toEqual([]);
    expect(await ask(text(3001), 1000, true)).toMatchObject({ kind: 'too-long' });
    expect(counted).toEqual([{ model: 'm', prompt: text(3001), add_special_tokens: false }]);
  });

  it('after some replies near ones are not counted any more where they are surely short', async () => {
    const { counted, ask } = await start(vllm, '/tokenize');
    for (let n = 0; n < 16; n += 1) await ask(text(100), 1000);
    expect(await ask(text(2000), 1000)).toBe('answered');
    expect(counted).toHaveLength(0);
  });
});

describe('other servers', () => {
  it('llama.cpp shortens the answer: only a prompt that leaves no room is refused', async () => {
    const { server, counted, ask } = await start(llamaCpp, '/v1/chat/completions/input_tokens');
    expect(await ask(text(450), 1000)).toBe('answered');
    expect(await ask(text(600), 10)).toMatchObject({ kind: 'too-long', message: expect.stringMatching(/600 tokens, more than the 500 of the context allow.*--ctx-size/) as unknown });
    expect(counted).toHaveLength(2);
    expect(server.requests).toHaveLength(1);
  });

  it('Ollama would drop messages without a word: by an estimate, and that is said', async () => {
    const { server, ask } = await start({ '/api/version': () => ({ version: '0.12' }), '/api/ps': () => ({ models: [{ name: 'm:latest', model: 'm:latest', context_length: 1000 }] }) }, undefined);
    expect(await ask('x'.repeat(2000), 100)).toBe('answered');
    expect(await ask('x'.repeat(4000), 100)).toMatchObject({ kind: 'too-long', message: expect.stringMatching(/estimated to have up to 1600 tokens.*OLLAMA_CONTEXT_LENGTH/) as unknown });
    expect(server.requests).toHaveLength(1);
  });

  it('where nothing can be counted everything is sent, as ever', async () => {
    const { server, ask } = await start({}, undefined);
    expect(await ask(text(50_000), 1000)).toBe('answered');
    expect(server.requests).toHaveLength(1);
  });

  it('a server that does not answer when it is asked to count is left alone', async () => {
    const { server, ask } = await start({ ...llamaCpp, '/v1/chat/completions/input_tokens': () => ({ nothing: true }), '/tokenize': () => ({}) }, undefined);
    expect(await ask(text(600), 10)).toBe('answered');
    expect(server.requests.length).toBeGreaterThan(0);
  });
});
