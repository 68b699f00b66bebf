import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import type { RunnerEvent } from '../../src/protocol/runnerEvents.ts';
import { startFakeServer, type FakeServer } from '../fakes/openaiServer.ts';
import { eventsOf, runCli, startCli, temporaryFolder, type CliRun } from './support/cli.ts';
import { weatherAnswer, writeRemoteProject } from './support/remoteProject.ts';

const env = { TEST_KEY: 'sk-test' };
const cleanUps: (() => void)[] = [];
const servers: FakeServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
afterAll(() => cleanUps.forEach((work) => work()));

async function setUp(delayMs = 150) {
  const server = await startFakeServer({ answer: weatherAnswer, delayMs });
  servers.push(server);
  const project = temporaryFolder((work) => cleanUps.push(work));
  writeRemoteProject(project, server.baseUrl, { samples: 30 });
  return { server, project };
}

/** A run in a process of its own; resolves when its probe is under way. */
async function startedRun(project: string): Promise<CliRun> {
  return await new Promise((resolve, reject) => {
    const run: CliRun = startCli(['run', '--json', '--project', project], {
      env,
      onLine: (line) => {
        if (eventsOf(line)[0]?.type === 'progress') resolve(run);
      },
    });
    void run.exit.then(({ stderr }) => reject(new Error(`it ended before its probe: ${stderr}`)));
  });
}

const ends = (events: readonly RunnerEvent[]): readonly RunnerEvent[] => events.filter(({ type }) => type === 'stage-end' || type === 'job-end');

test('a second process follows the job of the first to its end, and sends nothing', async () => {
  const { server, project } = await setUp();
  const first = await startedRun(project);
  const second = await runCli(['run', '--json', '--project', project], { env });
  const { code, stdout } = await first.exit;
  expect([code, second.code, second.stderr]).toEqual([0, 0, '']);
  const [note, ...followed] = eventsOf(second.stdout);
  expect(note).toMatchObject({ type: 'note', message: expect.stringContaining(`by process ${first.child.pid}`) as string });
  // It says what the job says, from its beginning: but of the progress before it came the last word alone.
  expect(ends(followed)).toEqual(ends(eventsOf(stdout)));
  expect(followed[0]).toMatchObject({ type: 'job-start', command: 'run --rounds 1' });
  expect(followed.filter(({ type }) => type === 'progress').length).toBeGreaterThan(1);
  // Nobody but the job asked: each question once.
  expect(new Set(server.requests.map(({ text }) => text)).size).toBe(server.requests.length);
  expect(readdirSync(join(project, '.looptool/jobs')).filter((name) => name.endsWith('.json'))).toHaveLength(1);
});

test('Ctrl-C ends the following, not the job; --no-follow ends at once', async () => {
  // Slow: the job has to outlast the starts of the others.
  const { project } = await setUp(900);
  const first = await startedRun(project);
  const refusing = runCli(['probe', '--no-follow', '--project', project], { env });
  const second: CliRun = startCli(['verify', '--project', project], {
    env,
    onLine: (line) => {
      if (line.includes('following it')) second.child.kill('SIGINT');
    },
  });
  const refused = await refusing;
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain(`process ${first.child.pid}`);
  const ended = await second.exit;
  expect(ended.code).toBe(130);
  expect(ended.stdout).toMatch(/does "looptool run --rounds 1"; run "looptool verify" again/);
  expect(ended.stderr).toContain(`The job goes on in process ${first.child.pid}`);
  expect(first.child.exitCode).toBeNull();
  first.child.kill('SIGINT');
  expect((await first.exit).code).toBe(130);
});

test('a job that is killed while it is followed is said to be gone, and the command is run again', async () => {
  const { project } = await setUp(300);
  const first = await startedRun(project);
  const second: CliRun = startCli(['run', '--project', project], {
    env,
    onLine: (line) => {
      if (line.includes('following it')) first.child.kill('SIGKILL');
    },
  });
  const ended = await second.exit;
  expect(ended.code).toBe(2);
  expect(ended.stderr).toMatch(/is gone without having said how it ended.*Run the same command again/);
  expect((await runCli(['run', '--project', project], { env })).code).toBe(0);
});
