import { randomBytes } from 'node:crypto';
import { open, readFile, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { LoopToolError } from '../core/errors.ts';
import { systemErrorCode } from './atomicFile.ts';
import { hasEnded, lockHolderSchema, thisProcess } from './lockHolder.ts';
import { removeStale } from './roundLock.ts';

export type FileLockOptions = {
  /** A lock that stays the same for so long is taken over: its holder sleeps, is on another host, or is gone. Milliseconds, by default 5000. */
  readonly patienceMs?: number;
};

/** A lock without content is one whose maker was stopped between making it and writing into it, or is about to write. */
const emptyPatienceMs = 1000;
const longestPauseMs = 20;

/**
 * Runs something for a few milliseconds while no other process does the same under this lock file. A dead holder on this host
 * is found out at once, any other that keeps the lock beyond patience is passed over: so what runs must stay harmless
 * when two do it. The folder must exist. Throws `write-failed` where no lock can be made, and what `action` throws.
 */
export async function withFileLock<T>(path: string, action: () => Promise<T>, options: FileLockOptions = {}): Promise<T> {
  const text = `${JSON.stringify({ v: 1, ...thisProcess(), nonce: randomBytes(8).toString('hex') })}\n`;
  await take(path, text, options.patienceMs ?? 5000);
  try {
    return await action();
  } finally {
    await release(path, text);
  }
}

async function take(path: string, text: string, patienceMs: number): Promise<void> {
  let seen: string | undefined;
  let since = performance.now();
  for (let pause = 1; ; pause = Math.min(longestPauseMs, pause * 2)) {
    if (await create(path, text)) return;
    const found = await readFile(path, 'utf8').catch(() => undefined);
    if (found !== seen) {
      seen = found;
      since = performance.now();
    }
    const limit = found === undefined || found === '' ? Math.min(patienceMs, emptyPatienceMs) : patienceMs;
    if (found !== undefined && (isAbandoned(found) || performance.now() - since > limit)) {
      // Some file systems refuse while another process looks at it; then it is tried again.
      await removeStale(path, found).catch(() => undefined);
      seen = undefined;
    } else if (found === undefined && performance.now() - since > 2 * patienceMs) {
      throw new LoopToolError('write-failed', `The lock ${path} can neither be made nor read. Check permissions, then try again.`);
    }
    await delay(pause * (0.5 + Math.random() / 2));
  }
}

async function create(path: string, text: string): Promise<boolean> {
  try {
    const handle = await open(path, 'wx');
    try {
      await handle.writeFile(text);
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (isTaken(error)) return false;
    throw error;
  }
}

/** Windows says one of the others of a file that is being deleted or that somebody has open. */
function isTaken(error: unknown): boolean {
  const code = systemErrorCode(error) ?? '';
  return code === 'EEXIST' || (process.platform === 'win32' && ['EPERM', 'EACCES', 'EBUSY'].includes(code));
}

function isAbandoned(text: string): boolean {
  try {
    const holder = lockHolderSchema.safeParse(JSON.parse(text));
    return holder.success && hasEnded(holder.data);
  } catch {
    // Half written: patience decides.
    return false;
  }
}

/** Only what is still ours: it may have been passed over. */
async function release(path: string, text: string): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    try {
      if ((await readFile(path, 'utf8')) === text) await rm(path, { force: true });
      return;
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return;
      await delay(longestPauseMs);
    }
  }
}
