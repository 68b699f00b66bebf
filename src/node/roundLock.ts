import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import * as z from 'zod';
import { LoopToolError } from '../core/errors.ts';
import { jsonOrUndefined } from '../core/json/jsonOrUndefined.ts';
import { systemErrorCode } from './atomicFile.ts';
import { hasEnded, lockHolderSchema, thisProcess, type LockHolder } from './lockHolder.ts';

const lockSchema = lockHolderSchema.extend({ v: z.literal(1), startedAt: z.string(), command: z.string() });
type Lock = z.infer<typeof lockSchema>;

export type HeldLock = { release(): Promise<void> };

/**
 * Takes the lock file of a round, or throws `round-locked`. A lock whose process is dead on this host is taken over;
 * of a process on another host nothing is known, so such a lock is only ever removed by a person.
 */
export async function acquireLock(path: string, command: string, now: () => number): Promise<HeldLock> {
  await mkdir(dirname(path), { recursive: true });
  const own: Lock = { v: 1, ...thisProcess(), startedAt: new Date(now()).toISOString(), command };
  const text = `${JSON.stringify(own)}\n`;
  for (let attempt = 0; attempt < 20; attempt += 1) {
    if (await create(path, text)) return { release: () => release(path, text) };
    const found = await readFile(path, 'utf8').catch(() => undefined);
    if (found === undefined) continue;
    const other = parseLock(found);
    if (other !== undefined && !hasEnded(other)) throw lockedError(path, other);
    await removeStale(path, found);
  }
  throw new LoopToolError('round-locked', `The lock ${path} keeps changing hands. Wait for the other jobs to end, then run the command again.`);
}

/** Who holds the lock file of a round; undefined where there is none, or it was left behind. */
export async function roundLockHolder(path: string): Promise<LockHolder | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  const holder = text === undefined ? undefined : parseLock(text);
  return holder === undefined || hasEnded(holder) ? undefined : holder;
}

/** Makes the file with its whole content in one step: a reader never sees an empty lock. */
async function create(path: string, text: string): Promise<boolean> {
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const handle = await open(temporary, 'wx');
  await handle.writeFile(text);
  await handle.sync();
  await handle.close();
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    // Some file systems have no hard links; exclusive creation is the next best.
    return await createExclusively(path, text);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function createExclusively(path: string, text: string): Promise<boolean> {
  try {
    const handle = await open(path, 'wx');
    await handle.writeFile(text);
    await handle.close();
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Two processes may find the same stale lock: each moves it aside, and puts it back when it caught the other's new one. */
export async function removeStale(path: string, expected: string): Promise<void> {
  const aside = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.stale`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return;
    throw error;
  }
  const moved = await readFile(aside, 'utf8');
  if (moved !== expected) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

async function release(path: string, text: string): Promise<void> {
  const found = await readFile(path, 'utf8').catch(() => undefined);
  if (found === text) await rm(path, { force: true });
}

function parseLock(text: string): Lock | undefined {
  return lockSchema.safeParse(jsonOrUndefined(text)).data;
}

function lockedError(path: string, lock: Lock): LoopToolError {
  const next =
    lock.host === hostname()
      ? `Wait for it, or stop it (looptool status shows it; Ctrl-C in its terminal, or end process ${lock.pid}).`
      : `If nothing runs there any more, remove ${path} and try again.`;
  return new LoopToolError('round-locked', `Another job (${lock.command}, process ${lock.pid} on ${lock.host}, since ${lock.startedAt}) works on this round. ${next}`);
}
