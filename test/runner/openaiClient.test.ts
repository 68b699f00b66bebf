import { afterEach, describe, expect, test } from 'vitest';
import { samplingSchema, type CompletionFailure } from '../../src/core/llm/completionPort.ts';
import { createOpenAiClient, type OpenAiClientOptions } from '../../src/node/openaiClient.ts';
import { JsonNumber } from '../../src/core/json/value.ts';
import type { Clock } from '../../src/node/clock.ts';
import { startFakeServer, type FakeServer, type Misbehaviour } from '../fakes/openaiServer.ts';

const servers: FakeServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** Waiting takes no time; how long it would have taken is kept. */
function recordingClock(): Clock & { readonly slept: number[] } {
  const slept: number[] = [];
  return { slept, now: () => slept.reduce((sum, ms) => sum + ms, 0), sleep: (ms) => (slept.push(ms), Promise.resolve()) };
}

const request = { messages: [{ role: 'user' as const, content: 'hello' }], tools: [], sampling: samplingSchema.parse({ seed: 7 }), logProbs: true };

async function setUp(misbehaviours: readonly Misbehaviour[], options: Partial<OpenAiClientOptions> = {}) {
  const server = await startFakeServer({ answer: () => ({ content: 'hi there' }), misbehave: ({ index }) => misbehaviours[index] ?? 'ok' });
  servers.push(server);
  const clock = recordingClock();
  const client = createOpenAiClient(
    { baseUrl: server.baseUrl, model: 'm', key: 'sk-secret', concurrency: 2, timeoutMs: 1000, stream: true, maxAttempts: 3, simulated: false, ...options },
    { clock, random: () => 0.5 },
  );
  return { server, clock, client, complete: () => client.complete(request, new AbortController().signal) };
}

describe.each([true, false])('with stream %s', (stream) => {
  test('a reply comes whole, with its log-probabilities and counts', async () => {
    const { complete, server } = await setUp([], { stream });
    const outcome = await complete();
    expect(outcome).toMatchObject({ ok: true, attempts: 1, reply: { content: 'hi there', finishReason: 'stop', logProbs: [-0.1, -0.2], promptTokens: 10, completionTokens: 2, model: 'm' } });
    expect(server.requests[0]?.authorization).toBe('Bearer sk-secret');
  });

  const passing: readonly Misbehaviour[] = ['rateLimited', 'serverError', 'badJson', 'emptyChoices', 'reset', 'inBandError', ...(stream ? (['cutStream', 'stall'] as const) : [])];
  test.each(passing)('%s passes: the request is made again and answered', async (how) => {
    const { complete, server } = await setUp([how], { stream });
    expect(await complete()).toMatchObject({ ok: true, attempts: 2, reply: { content: 'hi there' } });
    expect(server.requests).toHaveLength(2);
  });

  const lasting: readonly [Misbehaviour, CompletionFailure['kind']][] = [
    ['quota', 'rate-limited'],
    ['tooLong', 'too-long'],
    ['unauthorised', 'unauthorised'],
    ['unknownModel', 'not-found'],
    ['page', 'protocol'],
  ];
  test.each(lasting)('%s is final: one request, kind %s', async (how, kind) => {
    const { complete, server } = await setUp([how, how, how], { stream });
    expect(await complete()).toMatchObject({ ok: false, attempts: 1, failure: { kind, retryable: false } });
    expect(server.requests).toHaveLength(1);
  });
});

test('Retry-After is honoured, and otherwise the wait is drawn with full jitter', async () => {
  const first = await setUp(['rateLimitedWithRetryAfter']);
  await first.complete();
  expect(first.clock.slept).toEqual([2000 + 0.5 * 200]);
  const second = await setUp(['rateLimited', 'rateLimited']);
  await second.complete();
  expect(second.clock.slept).toEqual([250, 500]);
});

test('attempts end: the failure of the last one is returned', async () => {
  const { complete, server } = await setUp(['serverError', 'serverError', 'serverError', 'serverError']);
  expect(await complete()).toMatchObject({ ok: false, attempts: 3, failure: { kind: 'server', status: 500, retryable: true } });
  expect(server.requests).toHaveLength(3);
});

test('every sampler field is sent, and exact numbers of tools stay exact', async () => {
  const { client, server } = await setUp([]);
  const tools = [{ name: 'f', parameters: { type: 'object', properties: { x: { type: 'number', default: new JsonNumber('5.0') } } } }];
  await client.complete({ ...request, tools }, new AbortController().signal);
  expect(server.requests[0]?.body).toMatchObject({ temperature: 0, top_p: 1, top_k: -1, min_p: 0, repetition_penalty: 1, presence_penalty: 0, frequency_penalty: 0, seed: 7, max_tokens: 1024, logprobs: true });
  expect(server.requests[0]?.text).toMatch(/"default":\s*5\.0/);
});

test('calls that the server parsed are kept beside the text, broken arguments as they are', async () => {
  const server = await startFakeServer({ answer: () => ({ content: 'well', toolCalls: [{ name: 'a', arguments: '{"x": 1}' }, { name: 'b', arguments: '{"x": ' }], finishReason: 'tool_calls' }) });
  servers.push(server);
  const client = createOpenAiClient(
    { baseUrl: server.baseUrl, model: 'm', key: undefined, concurrency: 1, timeoutMs: 1000, stream: true, maxAttempts: 1, simulated: false },
    { clock: recordingClock(), random: () => 0 },
  );
  const outcome = await client.complete(request, new AbortController().signal);
  expect(outcome).toMatchObject({ ok: true, reply: { content: 'well', finishReason: 'tool_calls', calls: [{ name: 'a', arguments: { x: 1 } }, { name: 'b', raw: '{"x": ' }] } });
});

test('a server that refuses log-probabilities in a stream is asked without stream from then on', async () => {
  const server = await startFakeServer({ answer: () => ({ content: 'x' }), misbehave: ({ body }) => (body.stream === true && body.logprobs === true ? 'noStreamedLogProbs' : 'ok') });
  servers.push(server);
  const client = createOpenAiClient(
    { baseUrl: server.baseUrl, model: 'm', key: undefined, concurrency: 4, timeoutMs: 1000, stream: true, maxAttempts: 2, simulated: false },
    { clock: recordingClock(), random: () => 0 },
  );
  const ask = () => client.complete(request, new AbortController().signal);
  // Several at once: all have been refused before the first one could teach the others.
  const first = await Promise.all([ask(), ask(), ask()]);
  const later = await ask();
  expect([...first, later].map(({ ok }) => ok)).toEqual([true, true, true, true]);
  expect(server.requests.at(-1)?.body.stream).toBe(false);
  expect(later).toMatchObject({ attempts: 1, reply: { logProbs: [-0.1, -0.2] } });
});

/** Which of three answers to the same question were streamed, by a server that counts five tokens and sends as many rows as given. */
async function askedThrice(rows: { readonly streamed: number; readonly whole: number }) {
  const server = await startFakeServer({ answer: ({ body }) => ({ content: 'x', completionTokens: 5, logProbs: Array.from({ length: body.stream === true ? rows.streamed : rows.whole }, () => -0.1) }) });
  servers.push(server);
  const client = createOpenAiClient(
    { baseUrl: server.baseUrl, model: 'm', key: undefined, concurrency: 1, timeoutMs: 1000, stream: true, maxAttempts: 1, simulated: false },
    { clock: recordingClock(), random: () => 0 },
  );
  const outcomes = [];
  for (let n = 0; n < 3; n++) outcomes.push(await client.complete(request, new AbortController().signal));
  return { rows: outcomes.map((outcome) => (outcome.ok ? outcome.reply.logProbs?.length : undefined)), streams: server.requests.map(({ body }) => body.stream) };
}

test('a server that loses log-probabilities in the stream is asked in one piece from then on', async () => {
  expect(await askedThrice({ streamed: 2, whole: 5 })).toEqual({ rows: [5, 5, 5], streams: [true, false, false, false] });
});

test('a server that loses them in one piece too goes on streaming', async () => {
  expect(await askedThrice({ streamed: 2, whole: 2 })).toEqual({ rows: [2, 2, 2], streams: [true, false, true, true] });
});

test('a missing row for the end token is no loss', async () => {
  expect(await askedThrice({ streamed: 4, whole: 4 })).toEqual({ rows: [4, 4, 4], streams: [true, true, true] });
});

test('cancelling rejects with AbortError and closes the request', async () => {
  const { client } = await setUp(['stall'], { timeoutMs: 60_000 });
  const controller = new AbortController();
  const pending = client.complete(request, controller.signal);
  setImmediate(() => controller.abort());
  await expect(pending).rejects.toMatchObject({ name: 'AbortError' });
});

test('a key never stands in a failure, also when the server repeats it', async () => {
  const { complete } = await setUp(['unauthorised']);
  const outcome = await complete();
  expect(outcome).toMatchObject({ ok: false, failure: { kind: 'unauthorised' } });
  expect(JSON.stringify(outcome)).not.toContain('sk-secret');
});
