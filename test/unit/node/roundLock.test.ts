import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { isLoopToolError } from '../../../src/core/errors.ts';
import { acquireLock } from '../../../src/node/roundLock.ts';

const folder = mkdtempSync(join(tmpdir(), 'looptool-lock-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'deep', 'round.lock');
const now = () => Date.UTC(2026, 0, 1);
beforeEach(() => rmSync(path, { force: true }));

test('the second to ask is refused with who holds the lock and what to do', async () => {
  const held = await acquireLock(path, 'looptool run', now);
  const error: unknown = await acquireLock(path, 'looptool probe', now).catch((caught: unknown) => caught);
  expect(isLoopToolError(error, 'round-locked')).toBe(true);
  expect(isLoopToolError(error) && error.userMessage).toMatch(new RegExp(`looptool run, process ${process.pid} .*looptool status`));
  await held.release();
  expect(existsSync(path)).toBe(false);
  await (await acquireLock(path, 'looptool probe', now)).release();
});

test('the lock of a dead process of this host is taken over', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  writeFileSync(path, JSON.stringify({ v: 1, pid, host: hostname(), startedAt: '2026-01-01T00:00:00.000Z', command: 'looptool run' }));
  const held = await acquireLock(path, 'looptool run', now);
  expect(readFileSync(path, 'utf8')).toContain(`"pid":${process.pid}`);
  await held.release();
});

test.runIf(process.platform === 'linux')('a living process with the pid of the one that died does not keep the lock', async () => {
  writeFileSync(path, JSON.stringify({ v: 1, pid: process.pid, host: hostname(), startedAt: '2026-01-01T00:00:00.000Z', mark: '1', command: 'looptool run' }));
  const held = await acquireLock(path, 'looptool run', now);
  await held.release();
});

test('a lock of another host is never taken over', async () => {
  const text = JSON.stringify({ v: 1, pid: 1, host: 'somewhere-else', startedAt: '2026-01-01T00:00:00.000Z', command: 'looptool run' });
  writeFileSync(path, text);
  await expect(acquireLock(path, 'looptool run', now)).rejects.toThrow(/remove/);
  expect(readFileSync(path, 'utf8')).toBe(text);
});

test('an unreadable lock is what a crash left, and is taken over', async () => {
  writeFileSync(path, '{"v":1,');
  await (await acquireLock(path, 'looptool run', now)).release();
});

test('of many that find a stale lock at once exactly one gets it', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  writeFileSync(path, JSON.stringify({ v: 1, pid, host: hostname(), startedAt: '2026-01-01T00:00:00.000Z', command: 'looptool run' }));
  const results = await Promise.allSettled(Array.from({ length: 12 }, (_, n) => acquireLock(path, `job ${n}`, now)));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});
