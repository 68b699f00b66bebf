import OpenAI from 'openai';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Agent, request as undiciRequest } from 'undici';
import { askAll } from '../../src/app/stages/askAll.ts';
import { Reporter } from '../../src/app/reporter.ts';
import { makeSample } from '../../src/core/dataset/identity.ts';
import type { Sample } from '../../src/core/dataset/sample.ts';
import { planProbe, probeOutcome, type ProbeContext } from '../../src/core/loop/gcp.ts';
import { planVerify, verifyCases, voteOutcome, type VerifyContext } from '../../src/core/loop/jglv.ts';
import { samplingSchema } from '../../src/core/llm/completionPort.ts';
import { probeEntrySchema, verifyEntrySchema } from '../../src/core/rounds/journalEntries.ts';
import { noTextKinds } from '../../src/core/toolcall/textKinds.ts';
import { AppendJournal } from '../../src/node/appendJournal.ts';
import { briefEntry } from '../../src/node/briefEntries.ts';
import { systemClock } from '../../src/node/clock.ts';
import { createOpenAiClient, type Concurrency } from '../../src/node/openaiClient.ts';
import { briefProbe } from '../../src/node/probeLines.ts';
import { useNodeHash } from '../../src/node/nodeHash.ts';
import { RoundFiles } from '../../src/node/projectFiles.ts';
import type { BenchRow } from './row.ts';

type ServerShape = { readonly shape: 'delay' | 'slots' | 'rate' | 'load'; readonly delayMs: number; readonly bursts: number; readonly slots?: number; readonly perSecond?: number; readonly half?: number };
type Measured = { readonly perSecond: number; readonly cpuMs: number };

/** Of the adaptive limit, and of each fixed one beside it. */
const runs = { adaptive: 5, fixed: 2 };
const adaptiveRequests = 2000;

export async function rows(): Promise<readonly BenchRow[]> {
  useNodeHash();
  const folder = mkdtempSync(join(tmpdir(), 'looptool-bench-'));
  try {
    return [...(await windows(folder)), ...(await adaptive(folder)), ...(await resume(folder))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Requests a second and processor time a request, journal and all, beside a client that only reads the bytes. */
async function windows(folder: string): Promise<readonly BenchRow[]> {
  const result: BenchRow[] = [];
  for (const [window, delayMs, count, bursts, turns] of [
    [8, 50, 480, 60, 3],
    [64, 400, 768, 60, 3],
    [256, 2000, 1024, 60, 2],
    [256, 50, 4500, 4, 3],
  ] as const) {
    const saturated = window === 256 && delayMs === 50;
    await withServer({ shape: 'delay', delayMs, bursts }, async (baseUrl) => {
      const raws: Measured[] = [];
      const ours: Measured[] = [];
      await rawRequests(baseUrl, window, window);
      await stageRequests(baseUrl, window, window, join(folder, `journal-${window}-${delayMs}-warm.jsonl`));
      // In turn, so that whatever else the machine does meets both.
      for (let turn = 0; turn < turns; turn++) {
        const raw = await measured(count, () => rawRequests(baseUrl, count, window));
        const own = await measured(count, async () => void (await stageRequests(baseUrl, count, window, join(folder, `journal-${window}-${delayMs}-${turn}.jsonl`))));
        raws.push(raw);
        ours.push(own);
      }
      const [raw, own] = [median(raws), median(ours)];
      const name = `dispatch, ${window} x ${delayMs} ms, ${bursts} pieces`;
      const share = Math.round((1000 * own.perSecond) / raw.perSecond) / 10;
      result.push({ name, value: share, unit: '% of raw client', ...(saturated ? {} : { goal: 90 }), better: 'higher', peer: { name: 'undici, requests/s', value: Math.round(raw.perSecond) } });
      result.push({ name: `${name}, processor time`, value: own.cpuMs, unit: 'ms/request', better: 'lower', peer: { name: 'undici', value: raw.cpuMs } });
      if (!saturated) return;
      const sdk = await measured(count / 3, () => sdkRequests(baseUrl, count / 3, window));
      result.push({ name: `${name}, rate`, value: Math.round(own.perSecond), unit: 'requests/s', better: 'higher', peer: { name: 'streams of the openai package', value: Math.round(sdk.perSecond) } });
      result.push({ name: `${name}, processor time of the openai package's streams`, value: sdk.cpuMs, unit: 'ms/request', better: 'lower' });
    });
  }
  return result;
}

/** Rate of the adaptive limit, ramp-up included, as a share of the best fixed one. */
async function adaptive(folder: string): Promise<readonly BenchRow[]> {
  const shapes: readonly { readonly name: string; readonly server: ServerShape; readonly fixed: readonly number[] }[] = [
    { name: '24 slots', server: { shape: 'slots', delayMs: 40, bursts: 4, slots: 24 }, fixed: [12, 24, 48] },
    { name: 'rate limit of 450/s', server: { shape: 'rate', delayMs: 40, bursts: 4, perSecond: 450 }, fixed: [12, 18, 24] },
    { name: 'slower under load', server: { shape: 'load', delayMs: 40, bursts: 4, half: 24 }, fixed: [12, 24, 48] },
  ];
  const result: BenchRow[] = [];
  for (const { name, server, fixed } of shapes) {
    await withServer(server, async (baseUrl) => {
      const run = async (concurrency: Concurrency, turn: number) => {
        const { perSecond } = await measured(adaptiveRequests, async () => {
          const failed = await stageRequests(baseUrl, adaptiveRequests, concurrency, join(folder, `adaptive-${name}-${concurrency}-${turn}.jsonl`));
          if (failed > 0) console.error(`${name}, ${concurrency}: ${failed} requests failed`);
        });
        return perSecond;
      };
      const best: { limit: Concurrency; rates: number[] }[] = [...fixed, 'adaptive' as const].map((limit) => ({ limit, rates: [] }));
      for (let turn = 0; turn < runs.adaptive; turn++) for (const one of best) if (one.limit === 'adaptive' || turn < runs.fixed) one.rates.push(await run(one.limit, turn));
      const rates = best.map(({ limit, rates: all }) => ({ limit, rate: middle(all) }));
      const top = rates.filter(({ limit }) => limit !== 'adaptive').reduce((a, b) => (b.rate > a.rate ? b : a));
      const own = rates.find(({ limit }) => limit === 'adaptive')?.rate ?? 0;
      result.push({ name: `adaptive concurrency, ${name}`, value: Math.round((1000 * own) / top.rate) / 10, unit: '% of best fixed', goal: 90, better: 'higher', peer: { name: `fixed ${top.limit}, requests/s`, value: Math.round(top.rate) } });
    });
  }
  return result;
}

const records = 100_000;

/** What a resumed stage does before its first request: read its journal, and plan. Everything is finished. */
async function resume(folder: string): Promise<readonly BenchRow[]> {
  const files = new RoundFiles(join(folder, 'round'));
  mkdirSync(files.directory, { recursive: true });
  const context = probeContext('bench');
  const samples = Array.from({ length: records }, (_, index) =>
    makeSample({
      tools: [{ name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } }],
      messages: [{ role: 'user', content: `weather in Town${index}` }],
      label: { kind: 'calls', calls: [{ name: 'get_weather', arguments: { city: `Town${index}` } }] },
    }),
  );
  await files.writeTrainRows(samples.map((sample) => ({ ...sample, v: 1, origin: 'seed', parents: [], since: 1 })));
  const reply = { content: '', reasoning: said(24), finishReason: 'stop', logProbs: [-0.1], promptTokens: 50, completionTokens: 400, model: 'bench' };
  const startedAt = '2026-01-01T00:00:00.000Z';
  const probes = planProbe(samples, [], context).asks.map((ask) => probeOutcome(ask, { ok: true, reply: { ...reply, calls: [{ name: 'get_weather', arguments: { city: 'Elsewhere' } }] }, attempts: 1, elapsedMs: 12 }, context, startedAt));
  const read = await files.readTrainRows();
  const probeRow = await resumed('probe', files, probes, async () => {
    const { journal, reading } = await AppendJournal.open(files.journal('probe'), probeEntrySchema, briefProbe);
    await journal.close();
    return planProbe(read, reading.entries, context).asks.length;
  });
  // Two votes for each pair.
  const cases = verifyCases(read.slice(0, records / 2), new Map(probes.map((probe) => [probe.sampleId, probe])));
  const verify: VerifyContext = { judge: { model: 'bench', fingerprint: undefined, simulated: false }, sampling: {} };
  const content = JSON.stringify({ verdict: 'ANSWER_2_WRONG', error_analysis: said(6), correct_approach: said(4) });
  const votes = planVerify(cases, [], verify).votes.map((ask) => voteOutcome(ask, { ok: true, reply: { ...reply, content, reasoning: said(3), calls: [] }, attempts: 1, elapsedMs: 12 }, verify, startedAt));
  const verifyRow = await resumed('verify', files, votes, async () => {
    const { journal, reading } = await AppendJournal.open(files.journal('verify'), verifyEntrySchema, briefEntry(verifyEntrySchema));
    await journal.close();
    return planVerify(cases, reading.entries, verify).votes.length;
  });
  return [probeRow, verifyRow];
}

const said = (times: number): string => 'The user asks for the weather of a town, and there is one tool that tells it. '.repeat(times);

/** `work` resolves to how many requests it would send: none. */
async function resumed(stage: 'probe' | 'verify', files: RoundFiles, entries: readonly object[], work: () => Promise<number>): Promise<BenchRow> {
  const lines = entries.map((entry) => `${JSON.stringify(entry)}\n`);
  writeFileSync(files.journal(stage), lines.join(''));
  const bytes = lines.reduce((sum, line) => sum + line.length, 0) / records;
  lines.length = 0;
  const before = process.cpuUsage();
  const started = performance.now();
  const left = await work();
  const value = Math.round(performance.now() - started);
  const cpu = process.cpuUsage(before);
  if (left > 0) throw new Error(`${stage}: ${left} finished records would be asked again`);
  return { name: `resume of ${stage}, ${records} finished records of ${Math.round(bytes)} bytes`, value, unit: 'ms', goal: 1000, better: 'lower', peer: { name: 'processor time, ms', value: Math.round((cpu.user + cpu.system) / 1000) } };
}

async function measured(count: number, work: () => Promise<void>): Promise<Measured> {
  const before = process.cpuUsage();
  const started = performance.now();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { perSecond: (count * 1000) / (performance.now() - started), cpuMs: Math.round((user + system) / count) / 1000 };
}

function median(all: readonly Measured[]): Measured {
  return { perSecond: middle(all.map(({ perSecond }) => perSecond)), cpuMs: middle(all.map(({ cpuMs }) => cpuMs)) };
}

const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const question = (index: number): string => `${index} ${'What is the weather like over there, and what should I wear? '.repeat(20)}`;

async function rawRequests(baseUrl: string, count: number, window: number): Promise<void> {
  const dispatcher = new Agent({ connections: window, pipelining: 1 });
  let next = 0;
  const worker = async () => {
    while (next < count) {
      next += 1;
      const { body } = await undiciRequest(`${baseUrl}/chat/completions`, { dispatcher, method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model: 'bench', messages: [{ role: 'user', content: question(next) }], stream: true, logprobs: true }) });
      await body.text();
    }
  };
  await Promise.all(Array.from({ length: window }, worker));
  await dispatcher.close();
}

async function sdkRequests(baseUrl: string, count: number, window: number): Promise<void> {
  const client = new OpenAI({ baseURL: baseUrl, apiKey: 'none', maxRetries: 0 });
  let next = 0;
  const worker = async () => {
    while (next < count) {
      next += 1;
      const stream = await client.chat.completions.create({ model: 'bench', messages: [{ role: 'user', content: question(next) }], stream: true, logprobs: true });
      let text = '';
      for await (const event of stream) text += event.choices[0]?.delta.content ?? '';
      if (text === '') throw new Error('an empty reply');
    }
  };
  await Promise.all(Array.from({ length: window }, worker));
}

/** Through plan, stage, client and journal. Resolves to how many have no answer. */
async function stageRequests(baseUrl: string, count: number, concurrency: Concurrency, path: string): Promise<number> {
  const port = createOpenAiClient({ baseUrl, model: 'bench', key: undefined, concurrency, timeoutMs: 60_000, stream: true, maxAttempts: 20, simulated: false }, { clock: systemClock, random: Math.random });
  const context = probeContext('bench');
  const { journal } = await AppendJournal.open(path, probeEntrySchema);
  const progress = new Reporter(systemClock, () => undefined).stage(1, 'probe');
  progress.start(count, 0);
  let failed = 0;
  await askAll({ ports: benchPorts(), progress, signal: new AbortController().signal }, { role: 'policy', port }, planProbe(benchSamples(count), [], context).asks, (ask, outcome, startedAt) => {
    if (!outcome.ok) failed += 1;
    return { written: journal.append(probeOutcome(ask, outcome, context, startedAt)) };
  });
  await journal.close();
  return failed;
}

const made: Sample[] = [];
function benchSamples(count: number): readonly Sample[] {
  for (let index = made.length; index < count; index++) made.push(makeSample({ tools: [], messages: [{ role: 'user', content: question(index) }], label: { kind: 'text', text: 'x' } }));
  return made.slice(0, count);
}

function probeContext(model: string): ProbeContext {
  return { policy: { model, fingerprint: undefined, simulated: false }, settings: { maxTokens: 64, retryMaxTokens: 64 }, sampling: samplingSchema.parse({}), textKinds: noTextKinds };
}

function benchPorts(): Parameters<typeof askAll>[0]['ports'] {
  return { clock: systemClock, random: Math.random, keys: () => undefined, cli: [], assetsDirectory: '', mediaDirectory: '' };
}

async function withServer(shape: ServerShape, work: (baseUrl: string) => Promise<void>): Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'replyServer.mjs'), JSON.stringify(shape)], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  if (!child.stdout) throw new Error('the reply server has no output');
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      await work(`http://127.0.0.1:${line}/v1`);
      break;
    }
  } finally {
    child.disconnect();
  }
}
