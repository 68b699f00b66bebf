import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, expect, test } from 'vitest';
import { isRunning, readJobs } from '../../src/node/jobs.ts';
import { ProjectFiles } from '../../src/node/projectFiles.ts';
import type { JobRequest } from '../../src/protocol/jobFile.ts';
import { startFakeServer, type FakeServer } from '../fakes/openaiServer.ts';
import { eventsOf, root, temporaryFolder } from './support/cli.ts';
import { allText, weatherAnswer, writeRemoteProject } from './support/remoteProject.ts';

const key = 'sk-from-secret-storage';
const cleanUps: (() => void)[] = [];
const servers: FakeServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
afterAll(() => cleanUps.forEach((work) => work()));

async function setUp(delayMs?: number) {
  const server = await startFakeServer({ answer: weatherAnswer, ...(delayMs === undefined ? {} : { delayMs }) });
  servers.push(server);
  const project = temporaryFolder((work) => cleanUps.push(work));
  writeRemoteProject(project, server.baseUrl, { samples: 20 });
  return { server, project };
}

/** The job process as the editor starts it: request on standard input, which stays open. */
function startRunner(request: JobRequest, onLine: (line: string) => void = () => undefined) {
  const child = spawn(process.execPath, [join(root, 'dist/runner.js')], { stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  createInterface({ input: child.stdout }).on('line', (line) => {
    stdout += `${line}\n`;
    onLine(line);
  });
  child.stdin.write(`${JSON.stringify(request)}\n`);
  const exit = new Promise<{ readonly code: number | null; readonly stdout: string }>((resolve) => child.once('close', (code) => resolve({ code, stdout })));
  return { child, exit };
}

test('a job gets its keys over standard input, keeps its file and log, and ends by itself', async () => {
  const { project, server } = await setUp();
  const request: JobRequest = { project, id: 'job-1', action: { kind: 'stage', stage: 'probe' }, keys: { [new URL(server.baseUrl).origin]: key } };
  const { code, stdout } = await startRunner(request).exit;
  expect(code).toBe(0);
  expect(server.requests.every(({ authorization }) => authorization === `Bearer ${key}`)).toBe(true);
  const files = new ProjectFiles(project);
  const [job] = await readJobs(files);
  expect(job).toMatchObject({ id: 'job-1', command: 'probe', status: 'done', round: 1, stage: 'probe', done: 20, total: 20 });
  // The fake server counts twelve tokens for each request.
  expect(job?.metrics?.['used.tokens']).toBeGreaterThanOrEqual(20 * 12);
  expect(readFileSync(files.jobLog('job-1'), 'utf8')).toBe(stdout);
  expect(eventsOf(stdout).at(-1)).toMatchObject({ type: 'job-end', status: 'done' });
  expect(allText(project)).not.toContain(key);
});

test('SIGTERM stops a job cleanly: its file says stopped, and another job goes on', async () => {
  const { project, server } = await setUp(100);
  const keys = { [new URL(server.baseUrl).origin]: key };
  const first = startRunner({ project, id: 'job-1', action: { kind: 'run', rounds: 1 }, keys }, (line) => {
    const event = eventsOf(line)[0];
    if (event?.type === 'progress' && event.stage === 'probe') first.child.kill('SIGTERM');
  });
  expect((await first.exit).code).toBe(130);
  const files = new ProjectFiles(project);
  expect((await readJobs(files)).map(({ status }) => status)).toEqual(['stopped']);
  const second = await startRunner({ project, id: 'job-2', action: { kind: 'run', rounds: 1 }, keys }).exit;
  expect(second.code).toBe(0);
  expect((await readJobs(files)).map(({ id, status }) => [id, status])).toEqual([
    ['job-1', 'stopped'],
    ['job-2', 'done'],
  ]);
});

test('a job goes on when the window that reads it goes away, and a killed one is not taken for running', async () => {
  const { project, server } = await setUp(50);
  const keys = { [new URL(server.baseUrl).origin]: key };
  const orphan = startRunner({ project, id: 'job-1', action: { kind: 'run', rounds: 1 }, keys }, () => {
    orphan.child.stdin.destroy();
    orphan.child.stdout.destroy();
    orphan.child.stderr.destroy();
  });
  expect((await orphan.exit).code).toBe(0);
  const files = new ProjectFiles(project);
  expect((await readJobs(files))[0]?.status).toBe('done');

  const killed = startRunner({ project, id: 'job-2', action: { kind: 'run', rounds: 2 }, keys }, () => killed.child.kill('SIGKILL'));
  await killed.exit;
  const job = (await readJobs(files)).find(({ id }) => id === 'job-2');
  expect(job?.status).toBe('running');
  expect(job !== undefined && isRunning(job, Date.now())).toBe(false);
});
