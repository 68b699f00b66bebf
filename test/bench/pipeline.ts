import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { runnerEventSchema } from '../../src/protocol/runnerEvents.ts';
import type { BenchRow } from './row.ts';


const root = join(import.meta.dirname, '../..');

export async function rows(): Promise<readonly BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'looptool-bench-'));
  try {
    return [await firstProgress(join(folder, 'smoke'))];
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
