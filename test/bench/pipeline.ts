import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { askAll } from '../../src/app/stages/askAll.ts';
import { Reporter } from '../../src/app/reporter.ts';
import { makeSample } from '../../src/core/dataset/identity.ts';
import { planProbe, probeOutcome, type ProbeContext } from '../../src/core/loop/gcp.ts';
import { samplingSchema } from '../../src/core/llm/completionPort.ts';
import { probeEntrySchema } from '../../src/core/rounds/journalEntries.ts';
import { noTextKinds } from '../../src/core/toolcall/textKinds.ts';
import { AppendJournal } from '../../src/node/appendJournal.ts';
import { systemClock } from '../../src/node/clock.ts';
import { createOpenAiClient } from '../../src/node/openaiClient.ts';
import { RoundFiles } from '../../src/node/projectFiles.ts';
import { runnerEventSchema } from '../../src/protocol/runnerEvents.ts';
import type { BenchRow } from './row.ts';


const root = join(import.meta.dirname, '../..');

export async function rows(): Promise<readonly BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'looptool-bench-'));
  try {
    return [await firstProgress(join(folder, 'smoke')), await resume(folder), ...(await dispatch(folder))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** From the start of the command to its first finished request, engine and server started on the way. */
async function firstProgress(project: string): Promise<BenchRow> {
  const cli = join(root, 'dist/cli.js');
  await new Promise((resolve) => spawn(process.execPath, [cli, 'init', '--sample', '--smoke', '--project', project], { stdio: 'ignore' }).once('close', resolve));
  const started = performance.now();
  const run = spawn(process.execPath, [cli, 'run', '--json', '--project', project], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => run.once('close', resolve));
  let value = Number.NaN;
  for await (const line of createInterface({ input: run.stdout })) {
    const event = runnerEventSchema.parse(JSON.parse(line));
    if (event.type !== 'progress' || event.done === 0) continue;
    value = Math.round(performance.now() - started);
    break;
  }
  run.kill('SIGINT');
  await ended;
  // The server would otherwise wait for further requests.
  const shutdown = spawn(process.execPath, ['-e', 'const f=JSON.parse(require("fs").readFileSync(process.argv[1]));process.kill(f.pid)', join(project, '.looptool/server.json')], { stdio: 'ignore' });
  await new Promise((resolve) => shutdown.once('close', resolve));
  return { name: 'start to first progress', value, unit: 'ms', better: 'lower' };
}

const records = 100_000;

/** What a resumed probe does before its first request: read the set and the journal, and plan. Everything is finished. */
async function resume(folder: string): Promise<BenchRow> {
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
  const reply = { content: '', reasoning: '', finishReason: 'stop', logProbs: [-0.1], promptTokens: 50, completionTokens: 1, model: 'bench' };
  const entries = planProbe(samples, [], context).asks.map((ask) =>
    probeOutcome(ask, { ok: true, reply: { ...reply, calls: ask.sample.label.kind === 'calls' ? ask.sample.label.calls : [] }, attempts: 1, elapsedMs: 12 }, context, '2026-01-01T00:00:00.000Z'),
  );
  writeFileSync(files.journal('probe'), entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  const started = performance.now();
  const read = await files.readTrainRows();
  const { journal, reading } = await AppendJournal.open(files.journal('probe'), probeEntrySchema);
  const plan = planProbe(read, reading.entries, context);
  const value = Math.round(performance.now() - started);
  await journal.close();
  if (plan.asks.length > 0) throw new Error(`${plan.asks.length} finished records would be asked again`);
  return { name: `resume, ${records} finished records`, value, unit: 'ms', goal: 1000, better: 'lower' };
}

/** Requests a second through journal and client, as a share of what plain fetch reaches on the same server at the same window. */
async function dispatch(folder: string): Promise<readonly BenchRow[]> {
  const result: BenchRow[] = [];
  for (const [window, delayMs, count] of [
    [8, 50, 240],
    [64, 400, 640],
    [256, 2000, 1024],
  ] as const) {
    const server = await delayServer(delayMs);
    const raw = await perSecond(count, () => plainRequests(server.baseUrl, count, window));
    const ours = await perSecond(count, () => stageRequests(server.baseUrl, count, window, join(folder, `journal-${window}.jsonl`)));
    server.close();
    result.push({ name: `dispatch, ${window} x ${delayMs} ms`, value: Math.round((1000 * ours) / raw) / 10, unit: '% of plain fetch', goal: 90, better: 'higher', peer: { name: 'plain fetch', value: Math.round(raw) } });
  }
  return result;
}

async function perSecond(count: number, work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (count * 1000) / (performance.now() - started);
}

async function plainRequests(baseUrl: string, count: number, window: number): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) {
      next += 1;
      const response = await fetch(`${baseUrl}/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model: 'bench', messages: [{ role: 'user', content: String(next) }] }) });
      await response.json();
    }
  };
  await Promise.all(Array.from({ length: window }, worker));
}

async function stageRequests(baseUrl: string, count: number, window: number, path: string): Promise<void> {
  const port = createOpenAiClient(
    { baseUrl, model: 'bench', key: undefined, concurrency: window, timeoutMs: 60_000, stream: false, maxAttempts: 1, simulated: false },
    { clock: systemClock, random: Math.random },
  );
  const context = probeContext('bench');
  const samples = Array.from({ length: count }, (_, index) => makeSample({ tools: [], messages: [{ role: 'user', content: String(index) }], label: { kind: 'text', text: 'x' } }));
  const { journal } = await AppendJournal.open(path, probeEntrySchema);
  const progress = new Reporter(systemClock, () => undefined).stage(1, 'probe');
  progress.start(count, 0);
  await askAll({ ports: benchPorts(), progress, signal: new AbortController().signal }, { role: 'policy', port }, planProbe(samples, [], context).asks, (ask, outcome, startedAt) => ({
    written: journal.append(probeOutcome(ask, outcome, context, startedAt)),
  }));
  await journal.close();
}

function probeContext(model: string): ProbeContext {
  return { policy: { model, fingerprint: undefined, simulated: false }, settings: { maxTokens: 64, retryMaxTokens: 64 }, sampling: samplingSchema.parse({}), textKinds: noTextKinds };
}

function benchPorts(): Parameters<typeof askAll>[0]['ports'] {
  return { clock: systemClock, random: Math.random, keys: () => undefined, cli: [], assetsDirectory: '', mediaDirectory: '' };
}

async function delayServer(delayMs: number): Promise<{ readonly baseUrl: string; close(): void }> {
  const reply = JSON.stringify({ id: 'x', object: 'chat.completion', created: 1, model: 'bench', choices: [{ index: 0, message: { role: 'assistant', content: 'fine' }, finish_reason: 'stop', logprobs: null }], usage: { prompt_tokens: 5, completion_tokens: 1 } });
  const server = createServer((request, response) => {
    request.resume().once('end', () =>
      setTimeout(() => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(reply);
      }, delayMs),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A TCP server that listens has an address of this shape.
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
