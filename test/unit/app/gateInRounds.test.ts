import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { nodePorts } from '../../../src/app/nodePorts.ts';
import { openProject } from '../../../src/app/project.ts';
import { makeReport } from '../../../src/app/report.ts';
import { Reporter } from '../../../src/app/reporter.ts';
import { openRound } from '../../../src/app/round.ts';
import { RoundMismatches } from '../../../src/app/roundMismatches.ts';
import { runOneStage } from '../../../src/app/runRounds.ts';
import { isAbort } from '../../../src/core/errors.ts';
import { promptDefinitions } from '../../../src/core/llm/prompts/promptSet.ts';
import type { Calibration } from '../../../src/core/review/decision.ts';
import { drawCalibration } from '../../../src/core/review/measure/calibration.ts';
import type { RoundManifest, StageName } from '../../../src/core/rounds/manifest.ts';
import { ProjectFiles } from '../../../src/node/projectFiles.ts';
import { startFakeServer, type FakeServer } from '../../fakes/openaiServer.ts';
import { weatherAnswer, weatherRows, writeRemoteProject } from '../../runner/support/remoteProject.ts';
import { decidedAll, itemOf } from '../review/measureBuilders.ts';

const { version } = promptDefinitions['judge.calls'];
const folders: string[] = [];
let server: FakeServer;
let probed: string;
/** Verified with the gate closed: what samples are drawn from. */
let measured: string;
/** Called with every request to the judge. */
let asked: () => void = () => undefined;

beforeAll(async () => {
  server = await startFakeServer({
    answer: (request) => {
      if (request.body.model === 'judge-model') asked();
      return weatherAnswer(request);
    },
  });
  probed = folder();
  writeRemoteProject(probed, server.baseUrl, { samples: 1, concurrency: 32, verify: {} });
  // Wrong labels that the policy answers rightly, and a few samples of every other sort.
  const wrong = Array.from({ length: 160 }, (_, k) => 5 * k).filter((index) => index % 3 !== 0);
  const rows = [...wrong, 1, 2, 3, 6, 15].flatMap((index) => weatherRows(index, index + 1));
  writeFileSync(join(probed, 'data/train.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  await run(probed, 'probe');
  measured = fresh();
  await run(measured, 'verify');
}, 60_000);
afterAll(async () => {
  await server.close();
  folders.splice(0).forEach((path) => rmSync(path, { recursive: true, force: true }));
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'looptool-gate-'));
  folders.push(path);
  return path;
}

/** The same project in another folder: probed, and not verified yet. */
function fresh(): string {
  const path = folder();
  cpSync(probed, path, { recursive: true });
  return path;
}

const ports = () => nodePorts('dist/cli.js', { [new URL(server.baseUrl).origin]: 'key' });

async function run(project: string, stage: StageName, signal = new AbortController().signal): Promise<void> {
  const using = ports();
  await runOneStage(using, { project, stage, signal, reporter: new Reporter(using.clock, () => undefined) });
}

const manifestOf = (project: string): RoundManifest => JSON.parse(readFileSync(join(project, '.looptool/rounds/0001/round.json'), 'utf8')) as RoundManifest;
const labelWrong = async (project: string) => [...(await new RoundMismatches(project, 1).load()).judgements.values()].filter(({ verdict }) => verdict === 'LABEL_WRONG');

/** Draws a hundred LABEL_WRONG pairs of the measured round and decides them blind. */
async function calibrate(to: string, hits: number, more: Partial<Calibration> = {}): Promise<Calibration> {
  const items = (await labelWrong(measured)).map(({ sampleId, labelHash, source }) => itemOf(0, { sampleId, labelHash, judge: source, promptVersion: version }));
  const drawn = drawCalibration(items, { verdict: 'LABEL_WRONG', judge: 'judge-model', promptVersion: version, size: 100, seed: 1, round: 1 });
  const calibration: Calibration = { v: 1, op: 'calibrate', id: 'c1', at: '2026-01-01T00:00:00Z', by: 'ann', ...drawn, ...more };
  const lines = [calibration, ...decidedAll(calibration, hits)].map((operation) => `${JSON.stringify(operation)}\n`);
  writeFileSync(new ProjectFiles(to).decisions(), lines.join(''));
  return calibration;
}

async function judgeReplaced(project: string): Promise<number> {
  await run(project, 'expand');
  await run(project, 'compose');
  return (await new ProjectFiles(project).round(2).readTrainRows()).filter(({ replaced }) => replaced?.by === 'judge').length;
}

it('closed: no label is replaced, all LABEL_WRONG pairs are in the review with the reason, and the round says so', async () => {
  const project = measured;
  const pairs = await labelWrong(project);
  expect(pairs.length).toBeGreaterThan(100);
  expect(pairs.every(({ relabel, refused, held }) => relabel === undefined && held === true && refused?.startsWith('gate closed: LABEL_WRONG verdicts of judge-model') === true)).toBe(true);
  const { gate, stages } = manifestOf(project);
  expect(gate).toMatchObject({ relabel: 'gate', open: false, cause: 'unmeasured', judge: 'judge-model', promptVersion: version, threshold: 0.9, least: 100, passed: [] });
  expect(stages.verify.counts).toMatchObject({ LABEL_WRONG: pairs.length, replaced: 0, held: pairs.length, 'gate.open': 0 });
  expect(stages.verify.notes[0]).toContain('Gate closed: LABEL_WRONG verdicts of judge-model');
  const opened = await openProject(project);
  expect((await makeReport(opened, await openRound(opened, 1))).verify).toMatchObject({ replaced: 0, held: pairs.length, gate: { open: false, cause: 'unmeasured' } });
  expect(await judgeReplaced(project)).toBe(0);
});

it('open after a hundred blind decisions of which 97 say that the verdict is right: what they do not name is replaced', async () => {
  const project = fresh();
  const all = await labelWrong(measured);
  await calibrate(project, 97);
  await run(project, 'verify');
  expect(manifestOf(project).gate).toMatchObject({ open: true, cause: 'passed', passed: [{ judge: 'judge-model', promptVersion: version }], sample: { size: 100, precision: { hits: 97, n: 100 } } });
  expect(manifestOf(project).stages.verify.counts).toMatchObject({ held: 0, 'gate.open': 1 });
  expect(await judgeReplaced(project)).toBe(all.length - 100);
});

it.each<[string, number, Partial<Calibration>]>([
  ['only 92 of a hundred are right', 92, {}],
  ['the hundred are of another prompt version', 100, { promptVersion: 'older' }],
  ['the hundred are of another judge', 100, { judge: 'other-model' }],
])('closed where %s', async (_what, hits, more) => {
  const project = fresh();
  await calibrate(project, hits, more);
  await run(project, 'verify');
  expect(manifestOf(project).gate).toMatchObject({ open: false, cause: hits === 92 ? 'below' : 'unmeasured' });
  expect(await judgeReplaced(project)).toBe(0);
});

it('a round that was cut off goes on with the gate that it began with, whatever was decided meanwhile', async () => {
  const project = fresh();
  const controller = new AbortController();
  let votes = 0;
  asked = () => {
    votes += 1;
    if (votes === 60) controller.abort();
  };
  await expect(run(project, 'verify', controller.signal)).rejects.toSatisfy(isAbort);
  asked = () => undefined;
  const { gate, stages } = manifestOf(project);
  expect([gate?.open, stages.verify.status]).toEqual([false, 'stopped']);
  await calibrate(project, 100);
  await run(project, 'verify');
  expect(manifestOf(project).gate).toEqual(gate);
  expect(manifestOf(project).stages.verify.counts).toMatchObject({ 'gate.open': 0 });
  expect(await judgeReplaced(project)).toBe(0);
});
