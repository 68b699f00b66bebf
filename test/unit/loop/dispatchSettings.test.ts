import { expect, test } from 'vitest';
import { projectConfigSchema, endpointModel, remoteEndpoints } from '../../../src/core/config/projectConfig.ts';
import { samplingSchema } from '../../../src/core/llm/completionPort.ts';
import { prefixOrdered } from '../../../src/core/loop/prefixOrder.ts';
import { durationMs, rateWaitMs } from '../../../src/node/dispatch/rateHeaders.ts';

const remote = (port: number, model = 'judge-32b') => ({ kind: 'openai', baseUrl: `http://127.0.0.1:${port}/v1`, model });
const project = (judge: object, more: object = {}) => ({ version: 1, name: 'p', datasets: { seed: [{ path: 'a.jsonl' }] }, endpoints: { policy: remote(1), judge, generator: remote(1) }, ...more });

test('a role is bound to one server or to a pool of servers with weights; the pool has one model', () => {
  const pool = { kind: 'pool', replicas: [{ endpoint: { ...remote(1), concurrency: 'adaptive' }, weight: 2 }, { endpoint: remote(2) }] };
  const config = projectConfigSchema.parse(project(pool, { budgets: { tokens: 1000 } }));
  expect(endpointModel(config.endpoints.judge)).toBe('judge-32b');
  expect(remoteEndpoints(config.endpoints.judge).map(({ baseUrl, concurrency }) => [baseUrl, concurrency])).toEqual([['http://127.0.0.1:1/v1', 'adaptive'], ['http://127.0.0.1:2/v1', 8]]);
  expect(config.budgets).toEqual({ tokens: 1000 });
  expect(projectConfigSchema.safeParse(project({ kind: 'pool', replicas: [{ endpoint: remote(1) }, { endpoint: remote(2, 'other') }] })).error?.issues[0]?.message).toMatch(/same model/);
  expect(projectConfigSchema.safeParse(project({ kind: 'pool', replicas: [] })).success).toBe(false);
  expect(projectConfigSchema.parse(project(remote(1))).budgets).toEqual({});
});

test('requests with the same beginning stand next to each other, in the order they came, and none is lost', () => {
  const ask = (id: number, tool: string, system?: string) => ({
    id,
    request: { tools: [{ name: tool }], messages: [...(system === undefined ? [] : [{ role: 'system' as const, content: system }]), { role: 'user' as const, content: String(id) }], sampling: samplingSchema.parse({}), logProbs: false },
  });
  const asks = [ask(1, 'a'), ask(2, 'b'), ask(3, 'a'), ask(4, 'a', 'be brief'), ask(5, 'b'), ask(6, 'a')];
  expect(prefixOrdered(asks).map(({ id }) => id)).toEqual([1, 3, 6, 2, 5, 4]);
});

test('rate-limit headers say how long to wait for one more request', () => {
  expect(['6m0s', '20ms', '1.5s', '2', '1h2m3s', '', 'soon'].map((text) => durationMs(text))).toEqual([360_000, 20, 1500, 2000, 3_723_000, undefined, undefined]);
  const headers = (values: Record<string, string>) => new Headers(values);
  expect(rateWaitMs(headers({ 'x-ratelimit-limit-requests': '600', 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '60s' }), 0)).toBe(100);
  expect(rateWaitMs(headers({ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '3s' }), 0)).toBe(3000);
  expect(rateWaitMs(headers({ 'x-ratelimit-limit-tokens': '1000', 'x-ratelimit-remaining-tokens': '100', 'x-ratelimit-reset-tokens': '9s' }), 300)).toBe(2000);
  expect(rateWaitMs(headers({ 'x-ratelimit-limit-requests': '600', 'x-ratelimit-remaining-requests': '7', 'x-ratelimit-reset-requests': '59s' }), 100)).toBe(0);
  expect(rateWaitMs(headers({}), 100)).toBe(0);
});
