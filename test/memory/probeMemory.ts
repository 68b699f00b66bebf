import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { Connections } from '../../src/app/connections.ts';
import { Meter } from '../../src/app/meter.ts';
import { nodePorts } from '../../src/app/nodePorts.ts';
import { Reporter } from '../../src/app/reporter.ts';
import { askProbes } from '../../src/app/stages/probe.ts';
import { StageJournal } from '../../src/app/stages/stageJournal.ts';
import { projectConfigSchema } from '../../src/core/config/projectConfig.ts';
import { makeSample } from '../../src/core/dataset/identity.ts';
import { probeEntrySchema, type ProbeEntry } from '../../src/core/rounds/journalEntries.ts';
import { noTextKinds } from '../../src/core/toolcall/textKinds.ts';
import { JobRecord } from '../../src/node/jobs.ts';
import { createOpenAiClient } from '../../src/node/openaiClient.ts';
import { briefProbe } from '../../src/node/probeLines.ts';
import { ProjectFiles } from '../../src/node/projectFiles.ts';

const { values } = parseArgs({ options: { requests: { type: 'string', default: '200000' }, chunks: { type: 'string', default: '20' }, window: { type: 'string', default: '64' }, 'no-ensure': { type: 'boolean' } } });
const [requests, chunks, window] = [Number(values.requests), Number(values.chunks), Number(values.window)];
const looks = 20;
/** What the second half may add, in bytes: of the heap after a full collection 40 for each request; of the resident set, medians of a quarter, 128. */
const bounds = { heap: 20 * requests, resident: 64 * requests };

const megabytes = (bytes: number): string => (bytes / 1048576).toFixed(1).padStart(7);
const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

async function main(): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'looptool-memory-'));
  const server = spawn(process.execPath, [join(import.meta.dirname, '../bench/replyServer.mjs'), JSON.stringify({ shape: 'delay', delayMs: 10, bursts: 2, chunks })], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  try {
    const { stdout } = server;
    if (stdout === null) throw new Error('the reply server has no output');
    const port = await new Promise<string>((resolve) => createInterface({ input: stdout }).once('line', resolve));
    return await probe(folder, `http://127.0.0.1:${port}/v1`);
  } finally {
    server.disconnect();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Look = { readonly done: number; readonly heap: number; readonly resident: readonly number[]; readonly perSecond: number };

async function probe(folder: string, baseUrl: string): Promise<boolean> {
  const files = new ProjectFiles(folder);
  const round = files.round(1);
  await writeRows(round);
  const rows = await round.readTrainRows();
  const ports = nodePorts(process.argv[1] ?? '');
  const endpoint = { kind: 'openai', baseUrl, model: 'bench' };
  const config = projectConfigSchema.parse({ version: 1, name: 'memory', datasets: { seed: [{ path: 'x' }] }, endpoints: { policy: endpoint, judge: endpoint, generator: endpoint } });
  const client = createOpenAiClient({ baseUrl, model: 'bench', key: undefined, concurrency: window, timeoutMs: 60_000, stream: true, maxAttempts: 5, simulated: false }, ports);
  const policy = { port: new Meter({}, ports.clock).metered(client, { prompt: 1, completion: 1 }), identity: { model: 'bench', fingerprint: undefined, simulated: false }, sampling: {} };
  const journal = await StageJournal.open(round.journal('probe'), probeEntrySchema, new Reporter(ports.clock, () => undefined), briefProbe);
  const record = await JobRecord.start(files, 'memory', 'probe', ports.clock);
  const watch = new Watch();
  const progress = new Reporter(ports.clock, (event) => record.record(event)).stage(1, 'probe');
  const keep = async (entry: ProbeEntry) => {
    await journal.keep(entry);
    watch.finished();
  };
  const context = { ports, config, textKinds: noTextKinds, accepted: () => [], connections: new Connections(ports, { files, config }, config), progress, signal: new AbortController().signal };
  await askProbes(context, policy, rows, { read: () => journal.read(), keep });
  await journal.close();
  await record.end();
  return watch.verdict();
}

async function writeRows(round: ReturnType<ProjectFiles['round']>): Promise<void> {
  mkdirSync(round.directory, { recursive: true });
  const tools = [{ name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } }];
  await round.writeTrainRows(
    Array.from({ length: requests }, (_, index) => ({
      ...makeSample({ tools, messages: [{ role: 'user', content: `weather in Town${index}` }], label: { kind: 'text', text: `w${index}` } }),
      v: 1 as const,
      origin: 'seed' as const,
      parents: [],
      since: 1,
    })),
  );
}

/** Looks at the memory in the course of the requests. */
class Watch {
  private readonly looks: Look[] = [];
  private resident: number[] = [];
  private done = 0;
  private since = performance.now();
  private readonly timer = setInterval(() => this.resident.push(process.memoryUsage.rss()), 100);

  finished(): void {
    this.done += 1;
    if (this.done % Math.ceil(requests / looks) === 0) this.look();
  }

  private look(): void {
    globalThis.gc?.();
    const { heapUsed, external, arrayBuffers } = process.memoryUsage();
    const perSecond = (requests / looks / (performance.now() - this.since)) * 1000;
    const look = { done: this.done, heap: heapUsed, resident: this.resident, perSecond };
    this.looks.push(look);
    console.log(`${String(this.done).padStart(7)} requests  ${Math.round(perSecond)}/s  heap ${megabytes(heapUsed)} MB  outside ${megabytes(external + arrayBuffers)} MB  resident ${megabytes(median(this.resident))} MB`);
    this.resident = [];
    this.since = performance.now();
  }

  verdict(): boolean {
    clearInterval(this.timer);
    const heapAt = (share: number): number => this.looks[Math.round(looks * share) - 1]?.heap ?? Number.NaN;
    const residentIn = (from: number, to: number): number => median(this.looks.slice(looks * from, looks * to).flatMap(({ resident }) => resident));
    const grown = { heap: heapAt(1) - heapAt(0.5), resident: residentIn(0.75, 1) - residentIn(0.25, 0.5) };
    const half = requests / 2;
    console.log(`second half: heap ${megabytes(grown.heap)} MB (${Math.round(grown.heap / half)} bytes a request, at most ${bounds.heap / half}), resident ${megabytes(grown.resident)} MB (at most ${megabytes(bounds.resident)})`);
    return grown.heap <= bounds.heap && grown.resident <= bounds.resident;
  }
}

process.exitCode = (await main()) ? 0 : 1;
