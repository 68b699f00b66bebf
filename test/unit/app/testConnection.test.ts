import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { testConnections, type EndpointTest, type ModelRole } from '../../../src/app/testConnection.ts';
import { projectConfigSchema } from '../../../src/core/config/projectConfig.ts';
import { systemClock } from '../../../src/node/clock.ts';
import { keySource } from '../../../src/node/environmentKeys.ts';
import { ProjectFiles } from '../../../src/node/projectFiles.ts';

const asked: Record<string, unknown>[] = [];
let server: Server;
let origin: string;

/** Answers OK to whoever has the key; lists no models. */
beforeEach(async () => {
  asked.length = 0;
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => void (body += part.toString()));
    request.on('end', () => {
      const reply = (status: number, value: object): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
      if (request.headers.authorization !== 'Bearer right') return reply(401, { error: { message: 'Incorrect API key provided.' } });
      if (request.method !== 'POST') return reply(404, {});
      asked.push(JSON.parse(body) as Record<string, unknown>);
      reply(200, { id: '1', object: 'chat.completion', created: 1, model: 'm', choices: [{ index: 0, message: { role: 'assistant', content: 'OK' }, finish_reason: 'stop' }] });
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  // A TCP server's address is an object.
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => new Promise((resolve) => void server.close(resolve)));

async function tested(endpoints: Partial<Record<ModelRole, object>>, keys: Readonly<Record<string, string>> = {}): Promise<Record<string, EndpointTest>> {
  const config = projectConfigSchema.parse({ version: 1, name: 'n', datasets: { seed: [{ path: 'd.jsonl' }] }, endpoints, trainer: { kind: 'none' } });
  const ports = { files: new ProjectFiles('/nowhere'), keyOf: keySource({}, keys), clock: systemClock, random: () => 0.5 };
  return Object.fromEntries((await testConnections(config, ports, new AbortController().signal)).map((t) => [t.role, t]));
}

const endpoint = (more: object = {}): object => ({ kind: 'openai', baseUrl: `${origin}/v1`, model: 'm', stream: false, ...more });

it('tells a key that is refused and one that nobody has set from other failures', async () => {
  const gone = createServer();
  await new Promise<void>((resolve) => void gone.listen(0, '127.0.0.1', resolve));
  const { port } = gone.address() as AddressInfo;
  await new Promise((resolve) => void gone.close(resolve));
  const { policy, judge, generator } = await tested({ policy: endpoint({ baseUrl: `http://127.0.0.1:${port}/v1` }), judge: endpoint(), generator: endpoint({ apiKeyEnv: 'NOT_SET' }) });
  expect(policy).toMatchObject({ state: 'failed', needsKey: false });
  expect(policy?.message).toContain('is the server running?');
  expect(judge).toMatchObject({ state: 'failed', needsKey: true });
  expect(generator).toMatchObject({ state: 'failed', needsKey: true, message: 'No key: the environment variable NOT_SET is not set' });
  expect(asked).toEqual([]);
});

it('asks only the policy for log-probabilities, and says only there that they are missing', async () => {
  const { policy, judge, judge2 } = await tested({ policy: endpoint(), judge: endpoint(), generator: endpoint(), judge2: endpoint() }, { [origin]: 'right' });
  expect(judge2).toMatchObject({ state: 'ok' });
  expect(policy).toMatchObject({ state: 'ok', logProbs: false });
  expect(policy?.message).toBeDefined();
  expect(judge).toMatchObject({ state: 'ok', logProbs: undefined, message: undefined });
  expect(asked.map((body) => body['logprobs'] === true).sort()).toEqual([false, false, false, true]);
});
