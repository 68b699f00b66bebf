import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runJob, type JobOutcome } from '../app/runJob.ts';
import * as z from 'zod';
import { jobRequestSchema } from '../protocol/jobFile.ts';
import type { RunnerEvent } from '../protocol/runnerEvents.ts';
import { previewRequestSchema } from '../protocol/expansionView.ts';
import { sampleRequestSchema } from '../protocol/sampleRequest.ts';
import { nodePorts } from '../app/nodePorts.ts';

/** The job process of the editor: one JobRequest, or a SampleRequest or PreviewRequest, as a JSON line on standard input, events as NDJSON on standard output. */
async function main(): Promise<number> {
  const request = z.union([jobRequestSchema, sampleRequestSchema, previewRequestSchema]).parse(JSON.parse(await readFirstLine()));
  const stop = new AbortController();
  // Not once: who asks twice shall not kill it while it writes down where it stopped.
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => stop.abort());
  // A window that closes takes its end of the pipe along; the job goes on, and its log has everything.
  process.stdout.on('error', () => undefined);
  const emit = (event: RunnerEvent) => void process.stdout.write(`${JSON.stringify(event)}\n`);
  const ports = nodePorts(join(dirname(fileURLToPath(import.meta.url)), 'cli.js'), request.keys);
  const { signal } = stop;
  if (!('kind' in request)) return exitCode(await runJob(ports, request, signal, emit));
  if (request.kind === 'preview') return exitCode(await (await import('../app/runPreview.ts')).runPreview(ports, request, signal, emit));
  return exitCode(await (await import('../app/samples/runSample.ts')).runSample(ports, request, signal, emit));
}

function exitCode(outcome: JobOutcome): number {
  return outcome.status === 'done' ? 0 : outcome.status === 'stopped' ? 130 : 2;
}

/** Keys come this way, so they are on no command line and in no file. */
async function readFirstLine(): Promise<string> {
  let text = '';
  process.stdin.setEncoding('utf8');
  // The iterator ends with the line: the sender may keep its end open.
  for await (const chunk of process.stdin as AsyncIterable<string>) {
    text += chunk;
    const newline = text.indexOf('\n');
    if (newline >= 0) return text.slice(0, newline);
  }
  return text;
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return 2;
});
