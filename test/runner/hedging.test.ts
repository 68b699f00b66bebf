import { afterEach, expect, test } from 'vitest';
import { samplingSchema } from '../../src/core/llm/completionPort.ts';
import { systemClock } from '../../src/node/clock.ts';
import { createOpenAiPool } from '../../src/node/openaiClient.ts';
import { startFakeServer, type FakeServer, type Misbehaviour } from '../fakes/openaiServer.ts';

const servers: FakeServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const request = { messages: [{ role: 'user' as const, content: 'hello' }], tools: [], sampling: samplingSchema.parse({}), logProbs: false };

async function serverOf(content: string, how: Misbehaviour = 'ok'): Promise<FakeServer> {
  const server = await startFakeServer({ answer: () => ({ content }), misbehave: () => how });
  servers.push(server);
  return server;
}

/** The first of two equal servers is asked first. */
function poolOf(pair: readonly FakeServer[], { hedgeAfterMs, maxAttempts = 3, concurrency = 4 }: { readonly hedgeAfterMs?: number; readonly maxAttempts?: number; readonly concurrency?: number }) {
  const replicas = pair.map(({ baseUrl }) => ({ baseUrl, model: 'm', key: undefined, timeoutMs: 20_000, stream: true, concurrency, weight: 1 }));
  return createOpenAiPool(replicas, { model: 'm', maxAttempts, simulated: false, hedgeAfterMs }, { clock: systemClock, random: () => 0.5 });
}

const asked = (server: FakeServer): number => server.requests.length;

test('a request that has no answer goes to a second server, and the first good answer counts', async () => {
  const [slow, quick] = [await serverOf('slow', 'late'), await serverOf('quick')];
  const outcome = await poolOf([slow, quick], { hedgeAfterMs: 100 }).complete(request, new AbortController().signal);
  expect(outcome).toMatchObject({ ok: true, attempts: 2, reply: { content: 'quick' } });
  expect([asked(slow), asked(quick)]).toEqual([1, 1]);
});

test('nothing is sent twice without the setting, at the last attempt, or where no other server has room', async () => {
  const [slow, quick] = [await serverOf('slow', 'late'), await serverOf('quick')];
  const [off, last] = await Promise.all([{}, { hedgeAfterMs: 100, maxAttempts: 1 }].map((options) => poolOf([slow, quick], options).complete(request, new AbortController().signal)));
  expect([off, last]).toMatchObject([{ attempts: 1, reply: { content: 'slow' } }, { attempts: 1, reply: { content: 'slow' } }]);
  const other = await serverOf('other', 'late');
  const busy = poolOf([slow, other], { hedgeAfterMs: 100, concurrency: 1 });
  const both = await Promise.all([busy.complete(request, new AbortController().signal), busy.complete(request, new AbortController().signal)]);
  expect(both).toMatchObject([{ attempts: 1 }, { attempts: 1 }]);
  expect([asked(slow), asked(quick), asked(other)]).toEqual([3, 0, 1]);
});

test('a copy that fails is waited out, and counts as an attempt', async () => {
  const [slow, broken] = [await serverOf('slow', 'late'), await serverOf('', 'serverError')];
  const outcome = await poolOf([slow, broken], { hedgeAfterMs: 100 }).complete(request, new AbortController().signal);
  expect(outcome).toMatchObject({ ok: true, attempts: 2, reply: { content: 'slow' } });
});

test('cancelling ends both', async () => {
  const [slow, other] = [await serverOf('slow', 'late'), await serverOf('other', 'late')];
  const controller = new AbortController();
  const outcome = poolOf([slow, other], { hedgeAfterMs: 100 }).complete(request, controller.signal);
  while (asked(other) === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  controller.abort(new Error('stopped'));
  await expect(outcome).rejects.toThrow('stopped');
});
