import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { nodePorts } from '../../src/app/nodePorts.ts';
import { readGguf } from '../../src/embedded/gguf/read.ts';
import { writeGguf } from '../../src/embedded/gguf/write.ts';
import { answersStep } from './steps/answers.ts';
import { clientsStep } from './steps/clients.ts';
import { doctorStep } from './steps/doctor.ts';
import { killedStep } from './steps/killed.ts';
import { loopStep } from './steps/loop.ts';
import { prefixStep } from './steps/prefix.ts';
import { tokensStep } from './steps/tokens.ts';
import type { RealContext } from './support/context.ts';
import { referenceAnswers } from './support/embeddedReference.ts';
import { LlamaServer } from './support/llamaServer.ts';
import { Results } from './support/results.ts';
import { projectSamples } from './support/sampleSet.ts';

const steps: Readonly<Record<string, (context: RealContext) => Promise<void>>> = { tokens: tokensStep, answers: answersStep, client: clientsStep, loop: loopStep, killed: killedStep, prefix: prefixStep, doctor: doctorStep };

const { values } = parseArgs({ options: { only: { type: 'string' }, samples: { type: 'string', default: '70' }, keep: { type: 'boolean', default: false } } });
const chosen = values.only?.split(',') ?? Object.keys(steps);
const binary = process.env['LLAMA_SERVER'] ?? 'llama-server';
const say = (line: string): void => console.log(line);
const results = new Results(say);
const work = mkdtempSync(join(tmpdir(), 'looptool-real-'));
const ports = nodePorts(resolve('dist/cli.js'));
const checkpoint = join(ports.mediaDirectory, 'sample/initial.gguf');
const servers: LlamaServer[] = [];
const startedAt = Date.now();
const seconds = (since: number): string => `${((Date.now() - since) / 1000).toFixed(0)} s`;

async function startServer(settings: Parameters<RealContext['startServer']>[0]): Promise<LlamaServer> {
  const server = await LlamaServer.start({ binary, model: checkpoint, log: join(work, `server-${servers.length + 1}.log`), ...settings });
  servers.push(server);
  return server;
}

function singlePrecisionCopy(): string {
  const path = join(work, 'single.gguf');
  const { config, tokenizer, weights, name } = readGguf(readFileSync(checkpoint));
  writeFileSync(path, writeGguf(config, tokenizer, weights, 'f32', name));
  return path;
}

async function run(): Promise<void> {
  const samples = await projectSamples(ports.mediaDirectory, Number(values.samples));
  const reference = await referenceAnswers(checkpoint, ports.assetsDirectory, samples);
  const context: RealContext = { ports, results, work, checkpoint, singlePrecision: singlePrecisionCopy(), samples, reference, trainerScript: join(import.meta.dirname, 'trainAndServe.js'), startServer };
  for (const name of chosen) {
    const step = steps[name];
    if (step === undefined) throw new Error(`There is no step ${name}; there are ${Object.keys(steps).join(', ')}.`);
    const since = Date.now();
    say(`\n${name}`);
    try {
      await step(context);
    } catch (error) {
      results.add('FAILED', name, 'ended with an error', error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
    say(`          ${seconds(since)}`);
  }
}

try {
  say(`llama.cpp: ${binary}`);
  await run();
} finally {
  for (const server of servers) await server.down('SIGKILL');
  if (values.keep) say(`\nkept: ${work}`);
  else rmSync(work, { recursive: true, force: true, maxRetries: 5 });
}
say(`\n${results.table()}\n\n${seconds(startedAt)}, ${results.failed === 0 ? 'all well' : `${results.failed} failed`}`);
process.exitCode = results.failed === 0 ? 0 : 1;
