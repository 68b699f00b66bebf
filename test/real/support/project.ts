import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as z from 'zod';
import type { projectConfigSchema } from '../../../src/core/config/projectConfig.ts';
import { configText, sampleConfig } from '../../../src/demo/sampleProject.ts';
import { serverFileSchema } from '../../../src/protocol/serverFile.ts';
import { runnerEventSchema, type RunnerEvent } from '../../../src/protocol/runnerEvents.ts';
import type { RealContext } from './context.ts';

export type ConfigInput = z.input<typeof projectConfigSchema>;

/** The small sample project with its policy behind a server of the user's; judge and generator are simulated, as they are in it. */
export function makeProject({ ports, work, checkpoint }: RealContext, name: string, baseUrl: string, settings: Partial<ConfigInput> & { readonly endpoint?: object }): string {
  const folder = join(work, name);
  mkdirSync(join(folder, 'data'), { recursive: true });
  const { endpoint, ...others } = settings;
  const config = sampleConfig('smoke');
  const files = [...config.datasets.seed, ...(config.datasets.heldOut ?? [])].map(({ path }) => path);
  for (const path of [...files, config.datasets.truth ?? '']) copyFileSync(join(ports.mediaDirectory, 'sample', path), join(folder, path));
  copyFileSync(checkpoint, join(folder, 'initial.gguf'));
  const policy = { kind: 'openai' as const, baseUrl, model: 'policy', sampling: { toolChoice: 'none' as const }, ...endpoint };
  writeFileSync(join(folder, 'looptool.json'), configText({ ...config, ...others, endpoints: { ...config.endpoints, policy } }));
  return folder;
}

export type CliResult = { readonly code: number | null; readonly events: readonly RunnerEvent[]; readonly stdout: string; readonly stderr: string };

/** Runs the built command line as a process of its own; `onEvent` sees what it reports while it runs. */
export async function looptool({ ports }: RealContext, args: readonly string[], onEvent: (event: RunnerEvent) => void = () => undefined): Promise<CliResult> {
  const [program = process.execPath, ...first] = ports.cli;
  const child = spawn(program, [...first, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr, rest] = ['', '', ''];
  const events: RunnerEvent[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const event = args.includes('--json') ? readEvent(line) : undefined;
      if (event === undefined) continue;
      events.push(event);
      onEvent(event);
    }
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  return { code, events, stdout, stderr };
}

function readEvent(line: string): RunnerEvent | undefined {
  if (!line.startsWith('{')) return undefined;
  const parsed = runnerEventSchema.safeParse(JSON.parse(line));
  return parsed.success ? parsed.data : undefined;
}

/** Ends the server of the simulated models that a job of this project has started. */
export function endSimulated(folder: string): void {
  const file = join(folder, '.looptool/server.json');
  if (!existsSync(file)) return;
  const { pid } = serverFileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  try {
    process.kill(pid, 'SIGTERM');
  } catch {
    // Gone already.
  }
}

/** What a run says at its end, on one line. */
export function lastWords({ events, stderr }: CliResult): string {
  const end = events.findLast((event) => event.type === 'job-end');
  return (end && 'message' in end ? end.message : undefined) ?? stderr.trim().split('\n').at(-1) ?? '';
}
