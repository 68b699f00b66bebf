import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { startFakeServer, type FakeServer } from '../fakes/openaiServer.ts';
import { root, temporaryFolder } from './support/cli.ts';
import { weatherAnswer, writeRemoteProject } from './support/remoteProject.ts';

const cleanUps: (() => void)[] = [];
const servers: FakeServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
afterAll(() => cleanUps.forEach((work) => work()));

function start(args: readonly string[], onText: (text: string) => void = () => undefined) {
  // A process group of its own, so that a signal reaches both processes as Ctrl-C does.
  const child = spawn(process.execPath, [join(root, 'scripts/start.mjs'), ...args], { env: { ...process.env, TEST_KEY: 'x' }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      onText(output);
    });
  }
  const exit = new Promise<{ readonly code: number | null; readonly output: string }>((resolve) => child.once('close', (code) => resolve({ code, output })));
  return { child, exit };
}

test.skipIf(process.platform === 'win32')('npm start is stopped by Ctrl-C, goes on where it stood, and starts afresh when told to', async () => {
  const server = await startFakeServer({ answer: weatherAnswer, delayMs: 60 });
  servers.push(server);
  const project = temporaryFolder((work) => cleanUps.push(work));
  writeRemoteProject(project, server.baseUrl, { samples: 30 });
  let interrupted = false;
  const first = start(['--project', project, '--rounds', '1'], (output) => {
    if (interrupted || !/probe +\[/.test(output)) return;
    interrupted = true;
    process.kill(-(first.child.pid ?? 0), 'SIGINT');
  });
  const stopped = await first.exit;
  expect(stopped.code).toBe(130);
  expect(stopped.output).toContain('goes on where this one stops');

  const second = await start(['--project', project, '--rounds', '1']).exit;
  expect(second.code).toBe(0);
  expect(second.output).toMatch(/Round 1\n {2}train +30 rows/);
  expect(second.output).toContain('What next:');
  const asked = server.requests.length;

  // Everything is finished: nothing is asked, the table is shown again.
  const third = await start(['--project', project, '--rounds', '1']).exit;
  expect(third.output).toMatch(/Round 1\n {2}train +30 rows/);
  expect(server.requests.length).toBe(asked);

  const fresh = await start(['--project', project, '--rounds', '1', '--fresh']).exit;
  expect(fresh.code).toBe(0);
  expect(server.requests.length).toBeGreaterThan(asked + 30);
});

test('npm start --fresh removes nothing while a job of the project runs', async () => {
  const project = temporaryFolder((work) => cleanUps.push(work));
  writeRemoteProject(project, 'http://127.0.0.1:1/v1', { samples: 3 });
  const round = join(project, '.looptool/rounds/0001');
  mkdirSync(round, { recursive: true });
  // This test's process is the job.
  writeFileSync(join(round, 'round.lock'), JSON.stringify({ v: 1, pid: process.pid, host: hostname(), startedAt: '', command: 'looptool run' }));
  const refused = await start(['--project', project, '--fresh']).exit;
  expect(refused).toMatchObject({ code: 2, output: expect.stringContaining(`looptool run, process ${process.pid}`) as string });
  expect(existsSync(join(round, 'round.lock'))).toBe(true);
  // A job that was killed holds its lock no more, also when another process has got its number.
  if (process.platform !== 'linux') return;
  writeFileSync(join(round, 'round.lock'), JSON.stringify({ v: 1, pid: process.pid, host: hostname(), startedAt: '', mark: 'earlier', command: 'looptool run' }));
  expect((await start(['--project', project, '--fresh']).exit).output).toContain('Starting afresh');
});

test('npm start with a project that is none, or with nonsense, says what to do', async () => {
  const folder = temporaryFolder((work) => cleanUps.push(work));
  const missing = await start(['--project', folder]).exit;
  expect(missing.code).toBe(2);
  expect(missing.output).toContain('init --project');
  expect(await start(['--rounds', 'many']).exit).toMatchObject({ code: 2 });
});
