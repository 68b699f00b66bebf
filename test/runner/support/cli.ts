import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { runnerEventSchema, type RunnerEvent } from '../../../src/protocol/runnerEvents.ts';

export const root = fileURLToPath(new URL('../../..', import.meta.url));
const cli = join(root, 'dist', 'cli.js');

export type CliRun = {
  readonly child: ChildProcess;
  readonly exit: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly stdout: string; readonly stderr: string }>;
};

export type CliOptions = {
  readonly env?: Readonly<Record<string, string>>;
  readonly onLine?: (line: string) => void;
  readonly cwd?: string;
  /** What comes in over the standard input; a file, or text. */
  readonly input?: string | Uint8Array;
  /** With `input`: leaves the standard input open behind it. */
  readonly keepOpen?: boolean;
};

/** Starts the built command line as a process of its own. `onLine` sees every line of its standard output. */
export function startCli(args: readonly string[], options: CliOptions = {}): CliRun {
  if (!existsSync(cli)) throw new Error(`${cli} is missing. Build it first: node scripts/ensure.mjs`);
  const child = spawn(process.execPath, [cli, ...args], { env: { ...process.env, ...options.env }, cwd: options.cwd, stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
  if (child.stdout === null || child.stderr === null) throw new Error('the standard streams are pipes');
  // A command that does not read it, or ends before it has, closes it.
  child.stdin?.on('error', () => undefined);
  if (options.keepOpen !== true) child.stdin?.end(options.input);
  else if (options.input !== undefined) child.stdin?.write(options.input);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  if (options.onLine !== undefined) createInterface({ input: child.stdout }).on('line', options.onLine);
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const exit = new Promise<Awaited<CliRun['exit']>>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, exit };
}

export async function runCli(args: readonly string[], options: Parameters<typeof startCli>[1] = {}) {
  return await startCli(args, options).exit;
}

/** Events of a `--json` run; a line that is none fails the test. */
export function eventsOf(stdout: string): readonly RunnerEvent[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => runnerEventSchema.parse(JSON.parse(line)));
}

/** A folder that is removed when the test file ends. */
export function temporaryFolder(cleanUp: (work: () => void) => void): string {
  const folder = mkdtempSync(join(tmpdir(), 'looptool-test-'));
  cleanUp(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}
