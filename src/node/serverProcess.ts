import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { hostname } from 'node:os';
import { LoopToolError, isLoopToolError } from '../core/errors.ts';
import { serverFileSchema, type ServerFile } from '../protocol/serverFile.ts';
import type { Clock } from './clock.ts';
import { isAlive } from './processes.ts';
import { readText, type ProjectFiles } from './projectFiles.ts';
import { acquireLock } from './roundLock.ts';
import { makeStateFolder } from './stateFolder.ts';

const pollMs = 25;
const startTimeoutMs = 60_000;
const healthTimeoutMs = 5_000;

export type ServerStart = {
  /** Program and arguments that serve this project until nobody asks any more. */
  readonly argv: readonly string[];
  /** Hash of the settings that the server must have been started with. */
  readonly settings: string;
  /** False: a server must already run (endpoint setting `start: never`). */
  readonly mayStart: boolean;
};

/** The embedded server of this project: the one that runs, or a new one as a process of its own. */
export async function ensureServer(files: ProjectFiles, start: ServerStart, clock: Clock, signal: AbortSignal): Promise<ServerFile> {
  const running = await findServer(files, signal);
  if (running && (running.settings === start.settings || !start.mayStart)) return running;
  if (!start.mayStart) {
    throw new LoopToolError('endpoint-unreachable', 'No server of the embedded engine runs for this project, and its endpoint says start: never. Start one with: looptool serve');
  }
  await makeStateFolder(files);
  const lock = await waitForStartLock(files, clock, signal);
  try {
    const found = await findServer(files, signal);
    if (found?.settings === start.settings) return found;
    if (found) await stopServer(found, clock, signal);
    return await startServer(files, start, clock, signal);
  } finally {
    await lock.release();
  }
}

/** The server of `.looptool/server.json` when its process lives on this host and answers. */
export async function findServer(files: ProjectFiles, signal: AbortSignal): Promise<ServerFile | undefined> {
  const file = await readServerFile(files);
  if (!file || file.host !== hostname() || !isAlive(file.pid)) return undefined;
  return (await isHealthy(file, signal)) ? file : undefined;
}

async function readServerFile(files: ProjectFiles): Promise<ServerFile | undefined> {
  const text = await readText(files.serverFile());
  try {
    return serverFileSchema.parse(JSON.parse(text ?? ''));
  } catch {
    return undefined;
  }
}

/** Asks with the key: another program that took over the port does not know it. */
async function isHealthy(file: ServerFile, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(`${file.baseUrl}/models`, {
      headers: { authorization: `Bearer ${file.key}` },
      signal: AbortSignal.any([signal, AbortSignal.timeout(healthTimeoutMs)]),
    });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

/** Jobs that start at the same moment start one server between them. */
async function waitForStartLock(files: ProjectFiles, clock: Clock, signal: AbortSignal) {
  const until = clock.now() + startTimeoutMs;
  for (;;) {
    try {
      return await acquireLock(files.serverLock(), 'server start', () => clock.now());
    } catch (error) {
      if (!isLoopToolError(error, 'round-locked') || clock.now() > until) throw error;
      await clock.sleep(pollMs, signal);
    }
  }
}

export async function stopServer(server: ServerFile, clock: Clock, signal: AbortSignal): Promise<void> {
  process.kill(server.pid, 'SIGTERM');
  const until = clock.now() + 10_000;
  while (isAlive(server.pid) && clock.now() < until) await clock.sleep(pollMs, signal);
}

async function startServer(files: ProjectFiles, start: ServerStart, clock: Clock, signal: AbortSignal): Promise<ServerFile> {
  const log = openSync(files.serverLog(), 'w');
  const [program, ...args] = start.argv;
  const child = spawn(program ?? process.execPath, args, { cwd: files.root, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  let failed = false;
  child.once('error', () => (failed = true));
  child.once('exit', () => (failed = true));
  // It outlives this job on purpose, and ends by itself when nobody asks any more.
  child.unref();
  const until = clock.now() + startTimeoutMs;
  while (!failed && clock.now() < until) {
    const file = await readServerFile(files);
    if (file !== undefined && file.pid === child.pid && (await isHealthy(file, signal))) return file;
    await clock.sleep(pollMs, signal);
  }
  const tail = ((await readText(files.serverLog())) ?? '').trim().split('\n').slice(-3).join(' | ');
  throw new LoopToolError('engine-failed', `The server of the embedded engine did not start: ${tail || 'it said nothing'}. The whole log is ${files.serverLog()}; try: looptool serve`);
}
