import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { LoopToolError } from '../core/errors.ts';
import { checkpointSchema, trainEventSchema, type Checkpoint, type TrainerPort, type TrainEvent, type TrainRequest, type TrainResult, type TrainingRun } from '../core/training/trainerPort.ts';
import { describeSystemError, writeFileAtomic } from './atomicFile.ts';
import type { Clock } from './clock.ts';
import { EventQueue } from './eventQueue.ts';
import { readText } from './projectFiles.ts';
import { TrainerProcess } from './trainerProcess.ts';

const killAfterMs = 10_000;

/** `checkpoint.json` in the result folder: for weights that are no single file. A path is relative to that folder, or absolute. */
const resultFileSchema = z.object({ path: z.string().optional(), fingerprint: z.string().optional(), steps: z.number().int().optional(), notes: z.array(z.string()).optional() });

export type CommandTrainerOptions = {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Folder that the command runs in: the project's. */
  readonly workingDirectory: string;
  readonly relative: (path: string) => string;
  readonly clock: Clock;
};

/**
 * Trains with the user's own program, without a shell. It finds the set in {export} and leaves `checkpoint.json` or one
 * `.gguf` in {result}. Lines of its output that are JSON objects in the form of a TrainEvent are progress; others are log.
 */
export function createCommandTrainer(options: CommandTrainerOptions): TrainerPort {
  return {
    kind: 'command',
    async start(request, signal) {
      const resultDirectory = join(request.directory, 'result');
      const finished = await readFinished(request.directory);
      if (finished) return finishedRun(finished);
      await new TrainerProcess(request.directory).endFormer(options.clock, signal);
      // What a command that was cut off has left is none of the next one's results.
      await rm(resultDirectory, { recursive: true, force: true });
      await mkdir(resultDirectory, { recursive: true });
      return runCommand(options, request, resultDirectory, signal);
    },
  };
}

/** Our own mark that the command ended well: a result that a killed command left half written has none. */
const finishedFile = 'finished.json';
const finishedSchema = z.object({ checkpoint: checkpointSchema, steps: z.number().int(), notes: z.array(z.string()) });

async function readFinished(directory: string): Promise<TrainResult | undefined> {
  const text = await readText(join(directory, finishedFile));
  return text === undefined ? undefined : finishedSchema.parse(JSON.parse(text));
}

function finishedRun(result: TrainResult): TrainingRun {
  const events = new EventQueue<TrainEvent>();
  events.end();
  return { events, result: Promise.resolve(result), cancel: () => Promise.resolve() };
}

function runCommand(options: CommandTrainerOptions, request: TrainRequest, resultDirectory: string, signal: AbortSignal): TrainingRun {
  const [program, ...args] = options.argv.map((part) => fill(part, request, resultDirectory));
  const events = new EventQueue<TrainEvent>();
  const child = spawn(program ?? '', args, {
    cwd: options.workingDirectory,
    env: { ...process.env, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Its own process group, so that cancelling reaches what it started.
    detached: process.platform !== 'win32',
  });
  const processFile = new TrainerProcess(request.directory);
  if (child.pid !== undefined) processFile.record(child.pid, () => child.kill('SIGKILL'));
  let lastLines: string[] = [];
  const onLine = (line: string) => {
    lastLines = [...lastLines, line].slice(-5);
    events.push(readLine(line));
  };
  createInterface({ input: child.stdout }).on('line', onLine);
  createInterface({ input: child.stderr }).on('line', onLine);

  let cancelled = false;
  const exit = new Promise<number>((resolve, reject) => {
    child.once('error', (cause) => reject(new LoopToolError('trainer-failed', `The trainer ${program} could not be started: ${cause.message}. Check trainer.argv in looptool.json.`, { cause })));
    child.once('close', (code, killedBy) => resolve(killedBy === null ? (code ?? 1) : 1));
  });
  const cancel = async () => {
    cancelled = true;
    await stopGroup(child, exit);
  };
  const onAbort = () => void cancel();
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();

  const result = exit
    .then(async (code) => {
      if (cancelled) throw new DOMException('stopped', 'AbortError');
      if (code !== 0) throw new LoopToolError('trainer-failed', `The trainer ended with exit code ${code}. Its last lines: ${lastLines.join(' | ') || 'none'}. Fix it and run the command again.`);
      const found = await readResult(resultDirectory, options.relative);
      if (found) {
        await writeFileAtomic(join(request.directory, finishedFile), `${JSON.stringify(found)}\n`);
        return found;
      }
      throw new LoopToolError('trainer-failed', `The trainer ended well but left neither checkpoint.json nor a .gguf file in ${resultDirectory} ({result}).`);
    })
    .finally(async () => {
      await processFile.forget();
      signal.removeEventListener('abort', onAbort);
      events.end();
    });
  // Whoever never awaits the result must not crash the job.
  result.catch(() => undefined);
  return { events, result, cancel };
}

function fill(part: string, request: TrainRequest, resultDirectory: string): string {
  const values: Readonly<Record<string, string>> = {
    export: request.exportDirectory,
    result: resultDirectory,
    initial: request.initialPath ?? '',
    round: String(request.round),
    seed: String(request.seed),
  };
  return part.replace(/\{(export|result|initial|round|seed)\}/g, (_, name: string) => values[name] ?? '');
}

function readLine(line: string): TrainEvent {
  if (line.startsWith('{')) {
    try {
      const parsed = trainEventSchema.safeParse(JSON.parse(line));
      if (parsed.success) return parsed.data;
    } catch {
      // Not ours: shown as it is.
    }
  }
  return { type: 'log', line: line.slice(0, 2000) };
}

/** Terminates the whole process group, and kills it when it does not end. */
async function stopGroup(child: ChildProcess, exit: Promise<unknown>): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return;
  const send = (name: NodeJS.Signals) => {
    try {
      if (process.platform === 'win32' || child.pid === undefined) child.kill(name);
      else process.kill(-child.pid, name);
    } catch {
      // Already gone.
    }
  };
  send('SIGTERM');
  const timer = setTimeout(() => send('SIGKILL'), killAfterMs);
  await exit.catch(() => undefined);
  clearTimeout(timer);
}

async function readResult(directory: string, relative: (path: string) => string): Promise<TrainResult | undefined> {
  const names = await readdir(directory);
  if (names.includes('checkpoint.json')) return await readResultFile(directory, relative);
  const weights = names.filter((name) => name.endsWith('.gguf')).sort();
  const [only, ...others] = weights;
  if (only === undefined) return undefined;
  if (others.length > 0) {
    throw new LoopToolError('trainer-failed', `The trainer left ${weights.length} .gguf files in ${directory} ({result}): ${weights.join(', ')}. Leave one, or name the one that is meant in checkpoint.json: {"path": "${only}"}.`);
  }
  const path = join(directory, only);
  return { checkpoint: { path: relative(path), fingerprint: await fileFingerprint(path), source: 'command' }, steps: 0, notes: [] };
}

async function readResultFile(directory: string, relative: (path: string) => string): Promise<TrainResult> {
  const file = join(directory, 'checkpoint.json');
  let text: string;
  let parsed: z.infer<typeof resultFileSchema>;
  try {
    text = await readFile(file, 'utf8');
    parsed = resultFileSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new LoopToolError('trainer-failed', `${file}, written by the trainer, cannot be read: ${describeSystemError(cause)}`, { cause });
  }
  const path = parsed.path === undefined ? undefined : resolve(directory, parsed.path);
  const isFile = path !== undefined && (await stat(path).catch(() => undefined))?.isFile() === true;
  // Weights in many files, or elsewhere: the trainer's word for them is all there is, and it is hashed as such.
  const fingerprint = isFile ? await fileFingerprint(path) : (parsed.fingerprint ?? `sha256:${createHash('sha256').update(text).digest('hex')}`);
  const checkpoint: Checkpoint = { ...(path === undefined ? {} : { path: relative(path) }), fingerprint, source: 'command' };
  return { checkpoint, steps: parsed.steps ?? 0, notes: parsed.notes ?? [] };
}

/** `sha256:<hex>` of a file's bytes. */
export async function fileFingerprint(path: string): Promise<string> {
  return `sha256:${createHash('sha256').update(await readFile(path)).digest('hex')}`;
}
