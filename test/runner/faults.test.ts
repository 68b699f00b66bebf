import { setMaxListeners } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { mkdtempSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { askAll } from '../../src/app/stages/askAll.ts';
import { Reporter } from '../../src/app/reporter.ts';
import { makeSample } from '../../src/core/dataset/identity.ts';
import { planProbe, probeOutcome, type ProbeContext } from '../../src/core/loop/gcp.ts';
import { samplingSchema, type CompletionPort } from '../../src/core/llm/completionPort.ts';
import { probeEntrySchema } from '../../src/core/rounds/journalEntries.ts';
import { noTextKinds } from '../../src/core/toolcall/textKinds.ts';
import { AppendJournal, readJournal } from '../../src/node/appendJournal.ts';
import { systemClock, type Clock } from '../../src/node/clock.ts';
import { createOpenAiClient, createOpenAiPool } from '../../src/node/openaiClient.ts';
import { selfSigned } from '../fixtures/selfSigned.ts';
import { startFakeServer, type FakeServer, type Misbehaviour } from '../fakes/openaiServer.ts';

const open: { close(): Promise<void> | void }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(async (server) => await server.close()));
});

/** Waits as long as it is told to, a thousand times faster. */
const quickClock: Clock = { now: () => Date.now(), sleep: (ms, signal) => systemClock.sleep(ms / 1000, signal) };
const faults: readonly Misbehaviour[] = ['rateLimited', 'rateLimitedWithRetryAfter', 'serverError', 'badGateway', 'cutStream', 'stall', 'badJson', 'wrongModel', 'emptyChoices', 'page', 'errorPage', 'reset', 'inBandError', 'late'];
const context: ProbeContext = { policy: { model: 'm', fingerprint: undefined, simulated: false }, settings: { maxTokens: 64, retryMaxTokens: 64 }, sampling: samplingSchema.parse({}), textKinds: noTextKinds };

/** Deterministic in the question: the same fault distribution in whatever order requests come. */
function draw(text: string, attempt: number): number {
  let hash = 2166136261 ^ attempt;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 16777619);
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
}

const questionOf = (body: { readonly messages: readonly { readonly content: string | null }[] }): string => body.messages[0]?.content ?? '';

/** A server that answers a share of its requests wrongly, and counts by question. */
async function faulty(share: number): Promise<{ readonly server: FakeServer; readonly sent: Map<string, number>; readonly seen: Set<Misbehaviour> }> {
  const sent = new Map<string, number>();
  const seen = new Set<Misbehaviour>();
  const server = await startFakeServer({
    answer: () => ({ content: 'fine' }),
    misbehave: ({ body }) => {
      const question = questionOf(body);
      const attempt = (sent.get(question) ?? 0) + 1;
      sent.set(question, attempt);
      const drawn = draw(question, attempt);
      const how = drawn < share ? (faults[Math.floor((drawn / share) * faults.length)] ?? 'ok') : 'ok';
      seen.add(how);
      return how;
    },
  });
  open.push(server);
  return { server, sent, seen };
}

async function probe(port: CompletionPort, count: number) {
  const path = join(mkdtempSync(join(tmpdir(), 'looptool-faults-')), 'probe.jsonl');
  const samples = Array.from({ length: count }, (_, index) => makeSample({ tools: [], messages: [{ role: 'user', content: `question ${index}` }], label: { kind: 'text', text: 'x' } }));
  const { journal } = await AppendJournal.open(path, probeEntrySchema);
  const progress = new Reporter(quickClock, () => undefined).stage(1, 'probe');
  progress.start(count, 0);
  const ports = { clock: quickClock, random: () => 0.5, keys: () => undefined, cli: [], assetsDirectory: '', mediaDirectory: '' };
  await askAll({ ports, progress, signal: new AbortController().signal }, { role: 'policy', port }, planProbe(samples, [], context).asks, (ask, outcome, startedAt) => ({ written: journal.append(probeOutcome(ask, outcome, context, startedAt)) }));
  await journal.close();
  return { samples, entries: (await readJournal(path, probeEntrySchema)).entries };
}

test('with 30 % of the answers wrong in every way, each of 5,000 samples ends in exactly one outcome and nothing is sent more often than allowed', { timeout: 120_000 }, async () => {
  const { server, sent, seen } = await faulty(0.3);
  const port = createOpenAiClient({ baseUrl: server.baseUrl, model: 'm', key: undefined, concurrency: 64, timeoutMs: 1000, stream: true, maxAttempts: 4, simulated: false }, { clock: quickClock, random: () => 0.5 });
  const { samples, entries } = await probe(port, 5000);
  expect([...seen].sort()).toEqual(['ok', ...faults].sort());
  expect(entries.map(({ sampleId }) => sampleId).sort()).toEqual(samples.map(({ id }) => id).sort());
  expect(Math.max(...sent.values())).toBeLessThanOrEqual(4);
  // What the journal says was sent is what came to the server.
  expect(entries.reduce((sum, { attempt }) => sum + attempt, 0)).toBe(server.requests.length);
  const errors = entries.filter(({ outcome }) => outcome === 'ERROR');
  expect(errors.every(({ error, reply }) => error !== undefined && reply === undefined)).toBe(true);
  // Pages are final, and few fail four times in a row.
  expect(errors.length).toBeLessThan(5000 * 0.1);
  expect(errors.length).toBeGreaterThan(0);
});

test('replicas that refuse, whose name or certificate is wrong, or that do not know the key cost no sample: the one that works answers all', { timeout: 60_000 }, async () => {
  const { server, sent } = await faulty(0);
  const wrongKey = await startFakeServer({ answer: () => ({ content: 'x' }), misbehave: () => 'unauthorised' });
  const tls = createTlsServer({ key: selfSigned.key, cert: selfSigned.cert }, (_request, response) => response.end());
  await new Promise<void>((resolve) => tls.listen(0, '127.0.0.1', resolve));
  const closed = await closedPort();
  open.push(wrongKey, { close: () => void tls.close() });
  // A TCP server that listens has an address of this shape.
  const urls = [`http://127.0.0.1:${closed}/v1`, 'http://no-such-host.invalid/v1', `https://127.0.0.1:${(tls.address() as AddressInfo).port}/v1`, wrongKey.baseUrl, server.baseUrl];
  const port = createOpenAiPool(
    urls.map((baseUrl) => ({ baseUrl, model: 'm', key: undefined, concurrency: 8, timeoutMs: 2000, stream: true, weight: 1 })),
    { model: 'm', maxAttempts: 6, simulated: false },
    { clock: quickClock, random: () => 0.5 },
  );
  const { samples, entries } = await probe(port, 400);
  expect(entries.map(({ sampleId }) => sampleId).sort()).toEqual(samples.map(({ id }) => id).sort());
  expect(entries.filter(({ outcome }) => outcome === 'ERROR')).toEqual([]);
  expect([...sent.values()].every((count) => count === 1)).toBe(true);
});

test('work is shared out by weight', async () => {
  const servers = await Promise.all([1, 2].map(() => startFakeServer({ answer: () => ({ content: 'x' }), delayMs: 5 })));
  open.push(...servers);
  const port = createOpenAiPool(
    servers.map(({ baseUrl }, index) => ({ baseUrl, model: 'm', key: undefined, concurrency: 100, timeoutMs: 2000, stream: false, weight: index === 0 ? 3 : 1 })),
    { model: 'm', maxAttempts: 1, simulated: false },
    { clock: quickClock, random: () => 0.5 },
  );
  const { signal } = new AbortController();
  setMaxListeners(50, signal);
  const request = { messages: [{ role: 'user' as const, content: 'q' }], tools: [], sampling: samplingSchema.parse({}), logProbs: false };
  await Promise.all(Array.from({ length: 40 }, () => port.complete(request, signal)));
  expect(servers.map(({ requests }) => requests.length)).toEqual([30, 10]);
});

test('a server that is down stops the stage, and what was not sent has no outcome', { timeout: 60_000 }, async () => {
  const { server, sent } = await faulty(0);
  const bad = await startFakeServer({ answer: () => ({ content: 'x' }), misbehave: () => 'serverError' });
  open.push(bad);
  const port = createOpenAiClient({ baseUrl: bad.baseUrl, model: 'm', key: undefined, concurrency: 4, timeoutMs: 1000, stream: true, maxAttempts: 5, simulated: false }, { clock: quickClock, random: () => 0.5 });
  await expect(probe(port, 1000)).rejects.toMatchObject({ code: 'endpoint-unreachable' });
  expect(bad.requests.length).toBeLessThan(120);
  expect([server.requests.length, sent.size]).toEqual([0, 0]);
});

async function closedPort(): Promise<number> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // listens on TCP
  await new Promise((resolve) => server.close(resolve));
  return port;
}
