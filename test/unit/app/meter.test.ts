import { expect, test } from 'vitest';
import { Meter } from '../../../src/app/meter.ts';
import { samplingSchema, type CompletionPort } from '../../../src/core/llm/completionPort.ts';

const request = { messages: [], tools: [], sampling: samplingSchema.parse({}), logProbs: false };
const { signal } = new AbortController();

function setUp(budgets: ConstructorParameters<typeof Meter>[0], price?: { readonly prompt: number; readonly completion: number }) {
  let now = 0;
  let sent = 0;
  const reply = { content: '', reasoning: '', calls: [], finishReason: 'stop', logProbs: undefined, promptTokens: 90, completionTokens: 10, model: 'm' };
  const port: CompletionPort = {
    description: { model: 'm', host: 'h', simulated: false },
    concurrency: 4,
    complete: async () => {
      sent += 1;
      await Promise.resolve();
      return { ok: true, reply, attempts: 1, elapsedMs: 1 };
    },
  };
  const meter = new Meter(budgets, { now: () => now, sleep: () => Promise.resolve() });
  return { metered: meter.metered(port, price), sent: () => sent, pass: (ms: number) => (now += ms) };
}

async function askUntilStopped(port: CompletionPort, most: number): Promise<unknown> {
  for (let asked = 0; asked < most; asked++) {
    try {
      await port.complete(request, signal);
    } catch (error) {
      return error;
    }
  }
  return undefined;
}

test('no request is sent that would exceed the budget of tokens', async () => {
  const { metered, sent } = setUp({ tokens: 1000 });
  expect(await askUntilStopped(metered, 20)).toMatchObject({ code: 'budget-spent' });
  expect(sent()).toBe(10);
  expect(metered.used?.()).toMatchObject({ 'used.tokens': 1000 });
});

test('money is counted by the prices of prompt and answer', async () => {
  const { metered, sent } = setUp({ money: 0.001 }, { prompt: 1, completion: 10 });
  expect(await askUntilStopped(metered, 20)).toMatchObject({ code: 'budget-spent' });
  // 90 at 1 and 10 at 10 per million: 0.00019 a request.
  expect(sent()).toBe(5);
});

test('time is a budget, and without one nothing stops', async () => {
  const timed = setUp({ minutes: 1 });
  await timed.metered.complete(request, signal);
  timed.pass(60_000);
  await expect(timed.metered.complete(request, signal)).rejects.toMatchObject({ code: 'budget-spent' });
  const free = setUp({});
  expect(await askUntilStopped(free.metered, 50)).toBeUndefined();
});

test('what is under way is answered before the job stops, and counts beforehand', async () => {
  const { metered, sent } = setUp({ tokens: 450 });
  await metered.complete(request, signal);
  const results = await Promise.allSettled(Array.from({ length: 6 }, () => metered.complete(request, signal)));
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected', 'rejected']);
  expect(sent()).toBe(4);
});
