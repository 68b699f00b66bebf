import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Connections, serverSettings } from '../../../src/app/connections.ts';
import { openProject } from '../../../src/app/project.ts';
import { openRound } from '../../../src/app/round.ts';
import { Reporter } from '../../../src/app/reporter.ts';
import { runEvaluate } from '../../../src/app/stages/evaluate.ts';
import { runProbe } from '../../../src/app/stages/probe.ts';
import { runStage, type StageRun } from '../../../src/app/stages/stage.ts';
import { nodePorts } from '../../../src/app/nodePorts.ts';
import { evaluateEntrySchema, probeEntrySchema } from '../../../src/core/rounds/journalEntries.ts';
import { readJournal } from '../../../src/node/appendJournal.ts';
import { writeFileAtomic } from '../../../src/node/atomicFile.ts';
import { buildProject, weatherSample } from '../../builders/builtProject.ts';
import { writeRow } from '../../../src/core/dataset/registry.ts';
import { startFakeServer, type FakeServer } from '../../fakes/openaiServer.ts';

const trained = 'sha256:trained';
const folders: string[] = [];
const servers: FakeServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true }));
});

/** Runs a stage on a trained embedded round whose server answers `honest` times with the round's weights, then with others. */
async function run(stage: 'probe' | 'evaluate', work: StageRun, honest: number) {
  let asked = 0;
  const server = await startFakeServer({
    answer: () => ({ content: 'Paris' }),
    models: () => [{ id: 'policy', fingerprint: trained }],
    fingerprint: () => (asked++ < honest ? trained : 'sha256:other'),
  });
  servers.push(server);
  const folder = mkdtempSync(join(tmpdir(), 'looptool-test-'));
  folders.push(folder);
  buildProject(folder, { samples: 6 });
  for (const name of ['probe', 'evaluate']) writeFileSync(join(folder, `.looptool/rounds/0001/${name}.jsonl`), '');
  writeFileSync(join(folder, 'data/held.jsonl'), [7, 8, 9, 10, 11, 12].map((n) => `${writeRow('looptool', weatherSample(n))}\n`).join(''));
  const ports = nodePorts(join(folder, 'cli.js'));
  const opened = await openProject(folder);
  const config = {
    ...opened.config,
    datasets: { ...opened.config.datasets, heldOut: [{ name: 'held', path: 'data/held.jsonl', steps: 'last' as const }] },
    endpoints: { ...opened.config.endpoints, policy: { kind: 'embedded' as const, checkpoint: 'initial.gguf', start: 'never' as const, concurrency: 1, sampling: {} } },
  };
  const project = { ...opened, config };
  const file = { v: 1, pid: process.pid, host: hostname(), baseUrl: server.baseUrl, key: 'k', startedAt: '', settings: serverSettings(config, ports) };
  await writeFileAtomic(project.files.serverFile(), JSON.stringify(file));
  const round = await openRound(project, 1);
  // The weights that the round started from are the same: only one phase asks.
  const checkpoint = { path: 'x.gguf', fingerprint: trained, source: 'embedded' as const };
  await round.update({ config, trained: checkpoint, initial: checkpoint });
  const job = { ports, project, round, connections: new Connections(ports, project, config), reporter: new Reporter(ports.clock, () => undefined), signal: new AbortController().signal };
  const failure = await runStage(job, stage, work).catch((error: unknown) => error);
  return { failure, round, journal: round.files.journal(stage) };
}

it('an answer of other weights stops the probe and is no outcome of this checkpoint', async () => {
  const { failure, journal, round } = await run('probe', runProbe, 3);
  expect(failure).toMatchObject({ code: 'checkpoint-stale', userMessage: expect.stringContaining('run the command again') as string });
  expect((await readJournal(journal, probeEntrySchema)).entries).toHaveLength(3);
  expect(round.stage('probe')).toMatchObject({ status: 'failed' });
});

it('an answer of other weights stops the evaluation and is no outcome of this checkpoint', async () => {
  const { failure, journal } = await run('evaluate', runEvaluate, 2);
  expect(failure).toMatchObject({ code: 'checkpoint-stale' });
  expect((await readJournal(journal, evaluateEntrySchema)).entries).toHaveLength(2);
});

it('answers of the right weights are kept', async () => {
  const { failure, journal } = await run('probe', runProbe, 6);
  expect(failure).toBeUndefined();
  expect((await readJournal(journal, probeEntrySchema)).entries).toHaveLength(6);
});
