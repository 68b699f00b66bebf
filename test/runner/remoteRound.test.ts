import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { probeEntrySchema } from '../../src/core/rounds/journalEntries.ts';
import { roundManifestSchema, type RoundManifest } from '../../src/core/rounds/manifest.ts';
import { readJournal } from '../../src/node/appendJournal.ts';
import { isAlive } from '../../src/node/processes.ts';
import { startFakeServer, type FakeServer, type Misbehaviour } from '../fakes/openaiServer.ts';
import { eventsOf, runCli, startCli, temporaryFolder } from './support/cli.ts';
import { allText, weatherAnswer, writeRemoteProject } from './support/remoteProject.ts';

const key = 'sk-very-secret-1234';
const env = { TEST_KEY: key };
const cleanUps: (() => void)[] = [];
const servers: FakeServer[] = [];
const newFolder = () => temporaryFolder((work) => cleanUps.push(work));
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
afterAll(() => cleanUps.forEach((work) => work()));

async function serverWith(options: Omit<Parameters<typeof startFakeServer>[0], 'answer'> = {}): Promise<FakeServer> {
  const server = await startFakeServer({ answer: weatherAnswer, ...options });
  servers.push(server);
  return server;
}

function manifest(project: string, round = 1): RoundManifest {
  return roundManifestSchema.parse(JSON.parse(readFileSync(join(project, `.looptool/rounds/000${round}/round.json`), 'utf8')));
}

async function probes(project: string) {
  return (await readJournal(join(project, '.looptool/rounds/0001/probe.jsonl'), probeEntrySchema)).entries;
}

test('a remote project runs every stage on a server that misbehaves, every sample has exactly one outcome, and the key is nowhere', async () => {
  // Every third question fails in some way when it is asked first; two never get an answer.
  const ways: readonly Misbehaviour[] = ['rateLimited', 'serverError', 'cutStream', 'reset', 'badJson', 'emptyChoices', 'inBandError', 'stall'];
  const seen = new Map<string, number>();
  const server = await serverWith({
    misbehave: ({ text, body }) => {
      const times = seen.get(text) ?? 0;
      seen.set(text, times + 1);
      const user = body.messages.at(-1)?.content;
      if (body.model === 'policy-model' && user === 'weather in Town7') return 'tooLong';
      if (body.model === 'policy-model' && user === 'weather in Town8') return 'emptyChoices';
      return times === 0 && seen.size % 3 === 0 ? (ways[(seen.size / 3) % ways.length] ?? 'ok') : 'ok';
    },
  });
  const project = newFolder();
  writeRemoteProject(project, server.baseUrl, { samples: 30, concurrency: 6 });

  const run = await runCli(['run', '--rounds', '1', '--json', '--project', project], { env });

  expect(run.stderr).toBe('');
  expect(run.code).toBe(0);
  expect(Object.entries(manifest(project).stages).map(([stage, { status }]) => [stage, status])).toEqual(
    ['train', 'probe', 'verify', 'expand', 'compose', 'evaluate'].map((stage) => [stage, 'done']),
  );
  const entries = await probes(project);
  expect(new Set(entries.map(({ sampleId }) => sampleId)).size).toBe(30);
  expect(entries).toHaveLength(30);
  const errors = entries.filter(({ outcome }) => outcome === 'ERROR');
  expect(errors.map(({ error }) => error?.split(/[ :]/)[0]).sort()).toEqual(['protocol', 'too-long']);
  // Mismatches: towns with a wrong label (every fifth) or a wrong answer (every third).
  expect(manifest(project).stages.probe.counts).toEqual({ samples: 30, MATCH: 14, MISMATCH: 14, ERROR: 2, pplMissing: 0 });
  expect(manifest(project).stages.verify.counts).toMatchObject({ judged: 14, LABEL_WRONG: 4, PRED_WRONG: 8, BOTH_WRONG: 2, replaced: 4 });
  expect(manifest(project).stages.train.notes.join()).toContain('Nothing was trained');
  expect(existsSync(join(project, '.looptool/rounds/0002/train.jsonl'))).toBe(true);
  const report = eventsOf(run.stdout).find((event) => event.type === 'round-report');
  expect(report?.report.evaluate[0]).toMatchObject({ set: 'held', samples: 4 });
  expect(server.mostAtOnce()).toBeLessThanOrEqual(6);
  expect(server.requests.every(({ authorization }) => authorization === `Bearer ${key}`)).toBe(true);
  expect(allText(project) + run.stdout).not.toContain(key);
});

test('a finished request is not sent again after kill -9, and the run comes to the same result', async () => {
  const server = await serverWith({ delayMs: 20 });
  const project = newFolder();
  writeRemoteProject(project, server.baseUrl, { samples: 80 });
  const killed = startCli(['run', '--rounds', '1', '--json', '--project', project], {
    env,
    onLine: (line) => {
      const event = eventsOf(line)[0];
      if (event?.type === 'progress' && event.stage === 'probe' && event.done >= 20) killed.child.kill('SIGKILL');
    },
  });
  expect((await killed.exit).signal).toBe('SIGKILL');
  const finished = new Set((await probes(project)).map(({ requestKey }) => requestKey));
  expect(finished.size).toBeGreaterThanOrEqual(20);
  expect(finished.size).toBeLessThan(80);
  const sentBefore = countByText(server);

  const resumed = await runCli(['run', '--rounds', '1', '--json', '--project', project], { env });

  expect(resumed.code).toBe(0);
  const entries = await probes(project);
  expect(entries).toHaveLength(80);
  const policy = [...countByText(server)].filter(([text]) => text.includes('"policy-model"') && /weather in Town\d{1,2}"/.test(text));
  const again = policy.filter(([text, count]) => count > (sentBefore.get(text) ?? 0) && sentBefore.has(text));
  // Sent again are only requests that had no entry: those in flight, and answers of the last moments before their fsync.
  expect(again.length).toBeLessThanOrEqual([...sentBefore].filter(([text]) => policy.some(([sent]) => sent === text)).length - finished.size);
  expect(policy).toHaveLength(80);
});

function countByText(server: FakeServer): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { text } of server.requests) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

test('a second process is refused by the lock, with what to do', async () => {
  const server = await serverWith({ delayMs: 300 });
  const project = newFolder();
  writeRemoteProject(project, server.baseUrl, { samples: 40 });
  const refused: Awaited<ReturnType<typeof runCli>>[] = [];
  let second: Promise<void> | undefined;
  const first = startCli(['run', '--rounds', '1', '--json', '--project', project], {
    env,
    onLine: (line) => {
      if (eventsOf(line)[0]?.type === 'stage-start') {
        second ??= runCli(['probe', '--no-follow', '--project', project], { env }).then((result) => {
          refused.push(result);
          first.child.kill('SIGINT');
        });
      }
    },
  });
  const stopped = await first.exit;
  await second;
  expect(refused[0]).toMatchObject({ code: 2 });
  expect(refused[0]?.stderr).toMatch(/Another job \(looptool run, process \d+ .*looptool status/);
  // Ctrl-C: a clean stop with its own exit code, and a state that says so.
  expect(stopped.code).toBe(130);
  expect(Object.values(manifest(project).stages).map(({ status }) => status)).toContain('stopped');
  expect(existsSync(join(project, '.looptool/rounds/0001/round.lock'))).toBe(false);
});

test('a refused key stops the job with what to do, makes no outcome of it, and the next run goes on', async () => {
  let refuse = true;
  const server = await serverWith({ misbehave: () => (refuse ? 'unauthorised' : 'ok') });
  const project = newFolder();
  writeRemoteProject(project, server.baseUrl, { samples: 6 });
  const failed = await runCli(['probe', '--project', project], { env });
  expect(failed.code).toBe(2);
  expect(failed.stderr).toContain('Set the environment variable');
  expect(failed.stderr).not.toContain(key);
  expect(await probes(project)).toEqual([]);
  refuse = false;
  expect((await runCli(['probe', '--project', project], { env })).code).toBe(0);
  expect(await probes(project)).toHaveLength(6);
  // Without a key there is nothing to send.
  const other = newFolder();
  writeRemoteProject(other, server.baseUrl, { samples: 6 });
  const before = server.requests.length;
  expect((await runCli(['probe', '--project', other], { env: { TEST_KEY: '' } })).stderr).toContain('TEST_KEY is not set');
  expect(server.requests).toHaveLength(before);
});

test('a command trainer gets the exported set, its progress is shown, and unchanged answers are said', async () => {
  const server = await serverWith();
  const project = newFolder();
  const script = join(project, 'train.mjs');
  writeFileSync(
    script,
    `import { readFileSync, writeFileSync } from 'node:fs';
const [exported, result, round, seed] = process.argv.slice(2);
const rows = readFileSync(exported + '/train.looptool.jsonl', 'utf8').trim().split('\\n').length;
console.log('starting; not JSON');
console.log(JSON.stringify({ type: 'step', step: 1, steps: 1, epoch: 1, metrics: { reward: 0.5 } }));
writeFileSync(result + '/checkpoint.json', JSON.stringify({ fingerprint: 'sha256:' + rows + '-' + round + '-' + seed, steps: 1, notes: ['trained elsewhere'] }));
`,
  );
  writeRemoteProject(project, server.baseUrl, { samples: 10, trainer: { kind: 'command', argv: [process.execPath, script, '{export}', '{result}', '{round}', '{seed}'] } });
  const run = await runCli(['train', '--json', '--project', project], { env });
  expect(run.code).toBe(0);
  const events = eventsOf(run.stdout);
  expect(events).toContainEqual(expect.objectContaining({ type: 'note', message: 'starting; not JSON' }));
  expect(events).toContainEqual(expect.objectContaining({ type: 'progress', stage: 'train', done: 1, total: 1, metrics: { reward: 0.5 } }));
  const { notes, counts } = manifest(project).stages.train;
  expect(counts).toMatchObject({ rows: 10, steps: 1, reward: 0.5 });
  expect(notes.join()).toMatch(/trained elsewhere.*answers exactly as before/);
});

test('stopping a job ends its trainer with everything that it started', async () => {
  const server = await serverWith();
  const project = newFolder();
  const script = join(project, 'train.mjs');
  const pidFile = join(project, 'grandchild.pid');
  writeFileSync(
    script,
    `import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
writeFileSync(${JSON.stringify(pidFile)}, String(child.pid));
console.log('running');
setInterval(() => {}, 1000);
`,
  );
  writeRemoteProject(project, server.baseUrl, { samples: 4, trainer: { kind: 'command', argv: [process.execPath, script] } });
  const run = startCli(['train', '--json', '--project', project], {
    env,
    onLine: (line) => {
      const event = eventsOf(line)[0];
      if (event?.type === 'note' && event.message === 'running') run.child.kill('SIGTERM');
    },
  });
  const { code } = await run.exit;
  expect(code).toBe(130);
  expect(manifest(project).stages.train.status).toBe('stopped');
  expect(isAlive(Number(readFileSync(pidFile, 'utf8')))).toBe(false);
});

test('settings that change before a round begins are taken, later ones only by the next round, with a word about it', async () => {
  const server = await serverWith();
  const project = newFolder();
  writeRemoteProject(project, server.baseUrl, { samples: 12 });
  const change = (edit: object) => {
    const path = join(project, 'looptool.json');
    writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, 'utf8')) as object), ...edit }));
  };
  // Making the round fails at its first stage: nothing was done in it yet.
  expect((await runCli(['verify', '--project', project], { env: { TEST_KEY: '' } })).code).toBe(2);
  change({ seed: 5, datasets: { seed: [{ path: 'data/train.jsonl' }], roundSize: 7 } });
  expect((await runCli(['probe', '--project', project], { env })).code).toBe(0);
  change({ probe: { maxTokens: 7 } });
  const later = await runCli(['verify', '--project', project], { env });
  expect(later.code).toBe(0);
  expect(later.stdout).toContain('looptool.json has changed since round 1 was begun');
  expect(manifest(project).config.probe.maxTokens).toBe(1024);
  expect(await probes(project)).toHaveLength(7);
});
