import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/node/clock.ts';
import { isAlive } from '../../src/node/processes.ts';
import { ProjectFiles } from '../../src/node/projectFiles.ts';
import { ensureServer, findServer, stopServer } from '../../src/node/serverProcess.ts';
import { root, runCli, temporaryFolder } from './support/cli.ts';
import { nodePorts } from '../../src/app/nodePorts.ts';
import { serverSettings } from '../../src/app/connections.ts';

const cleanUps: (() => void)[] = [];
const files = new ProjectFiles(temporaryFolder((work) => cleanUps.push(work)));
const cli = join(root, 'dist/cli.js');
const { signal } = new AbortController();

beforeAll(async () => {
  await runCli(['init', '--sample', '--smoke', '--project', files.root]);
});

afterAll(async () => {
  const left = await findServer(files, signal);
  if (left) await stopServer(left, systemClock, signal);
  cleanUps.forEach((work) => work());
});

async function start(argv = [process.execPath, cli, 'serve', '--project', files.root, '--idle-exit', '60']) {
  const settings = serverSettings(await files.readConfig(), nodePorts(cli));
  return { argv, settings, mayStart: true };
}

test('jobs that need the server at the same moment start one between them, and later ones find it', async () => {
  const servers = await Promise.all(Array.from({ length: 3 }, async () => ensureServer(files, await start(), systemClock, signal)));
  expect(new Set(servers.map(({ pid }) => pid)).size).toBe(1);
  const later = await ensureServer(files, await start(), systemClock, signal);
  expect(later).toEqual(servers[0]);
});

test('a server that was killed is not taken for running: another one is started', async () => {
  const first = await ensureServer(files, await start(), systemClock, signal);
  process.kill(first.pid, 'SIGKILL');
  const second = await ensureServer(files, await start(), systemClock, signal);
  expect(second.pid).not.toBe(first.pid);
  expect(isAlive(second.pid)).toBe(true);
});

test('a server with other settings is ended and another one started', async () => {
  const first = await ensureServer(files, await start(), systemClock, signal);
  const wanted = await start();
  // The one that starts writes the hash of the settings it finds, so a wish for others cannot be met for ever: one new start is what is asked for.
  await ensureServer(files, { ...wanted, settings: 'other' }, systemClock, signal);
  expect(isAlive(first.pid)).toBe(false);
});

test('a server that cannot start is an error with its last words', async () => {
  const left = await findServer(files, signal);
  if (left) await stopServer(left, systemClock, signal);
  await expect(ensureServer(files, await start([process.execPath, '-e', 'console.error("no such weights"); process.exit(1)']), systemClock, signal)).rejects.toMatchObject({
    code: 'engine-failed',
    userMessage: expect.stringContaining('no such weights') as string,
  });
  await expect(ensureServer(files, { ...(await start()), mayStart: false }, systemClock, signal)).rejects.toMatchObject({ code: 'endpoint-unreachable' });
});
