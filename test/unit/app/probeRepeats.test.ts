import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { nodePorts } from '../../../src/app/nodePorts.ts';
import { openProject } from '../../../src/app/project.ts';
import { makeReport } from '../../../src/app/report.ts';
import { Reporter } from '../../../src/app/reporter.ts';
import { openRound } from '../../../src/app/round.ts';
import { RoundReader } from '../../../src/app/roundReader.ts';
import { runOneStage } from '../../../src/app/runRounds.ts';
import { reportText } from '../../../src/cli/writers/reportTable.ts';
import { probeEntrySchema, repeatEntrySchema } from '../../../src/core/rounds/journalEntries.ts';
import type { RoundManifest, StageName } from '../../../src/core/rounds/manifest.ts';
import { readJournal } from '../../../src/node/appendJournal.ts';
import { ProjectFiles } from '../../../src/node/projectFiles.ts';
import { startFakeServer, type FakeAnswer, type FakeRequest, type FakeServer, type Misbehaviour } from '../../fakes/openaiServer.ts';
import { weatherAnswer, writeRemoteProject } from '../../runner/support/remoteProject.ts';

let project: string;
let server: FakeServer;
let misbehave: (request: FakeRequest) => Misbehaviour;
/** Towns whose second greedy answer is another one. */
let wavering: ReadonlySet<string>;
let logProbs: FakeAnswer['logProbs'];

const seen = new Map<string, number>();
const townOf = ({ body }: FakeRequest): string => /Town\d+/.exec(body.messages.at(-1)?.content ?? '')?.[0] ?? '';
const cityCall = (city: string): FakeAnswer => ({ content: '', toolCalls: [{ name: 'get_weather', arguments: JSON.stringify({ city }) }], finishReason: 'tool_calls' });

/** Greedy answers are those of `weatherAnswer`; of sampled ones, even towns are always right, others by the parity of their seed. */
function answer(request: FakeRequest): FakeAnswer {
  const { model, temperature, seed } = request.body;
  if (model !== 'policy-model') return weatherAnswer(request);
  const town = townOf(request);
  const logs = logProbs === undefined ? {} : { logProbs };
  if (temperature !== 0) return { ...cityCall(Number(town.slice(4)) % 2 === 0 || Number(seed) % 2 === 0 ? town : 'Elsewhere'), ...logs };
  const times = seen.get(town) ?? 0;
  seen.set(town, times + 1);
  return { ...(times > 0 && wavering.has(town) ? cityCall('Another') : weatherAnswer(request)), ...logs };
}

beforeEach(async () => {
  project = mkdtempSync(join(tmpdir(), 'looptool-repeats-'));
  misbehave = () => 'ok';
  wavering = new Set();
  logProbs = undefined;
  seen.clear();
  server = await startFakeServer({ answer, misbehave: (request) => misbehave(request) });
});
afterEach(async () => {
  await server.close();
  rmSync(project, { recursive: true, force: true });
});

function write(settings: { readonly probe?: object; readonly compose?: object }): void {
  writeRemoteProject(project, server.baseUrl, { samples: 30, concurrency: 8, verify: { relabel: 'always' }, endpoint: { maxAttempts: 1 } });
  const file = join(project, 'looptool.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as object;
  // Without expansions there is room for matched samples.
  writeFileSync(file, JSON.stringify({ ...config, expand: { k: 0 }, ...settings }));
}

async function run(stage: StageName, again?: number): Promise<void> {
  const ports = nodePorts('dist/cli.js', { [new URL(server.baseUrl).origin]: 'key' });
  await runOneStage(ports, { project, stage, again, signal: new AbortController().signal, reporter: new Reporter(ports.clock, () => undefined) });
}

const manifest = (): RoundManifest => JSON.parse(readFileSync(join(project, '.looptool/rounds/0001/round.json'), 'utf8')) as RoundManifest;
const files = () => new ProjectFiles(project).round(1);
const probes = async () => (await readJournal(files().journal('probe'), probeEntrySchema)).entries;
const repeats = async () => (await readJournal(files().journal('repeat'), repeatEntrySchema)).entries;
const report = async () => {
  const opened = await openProject(project);
  return await makeReport(opened, await openRound(opened, 1));
};
/** Questions of the probe that were answered; the fingerprint of the server is taken by others. */
const asked = () => server.answered.filter((request) => request.body.model === 'policy-model' && townOf(request) !== '').length;

it('a probe asks nothing again unless it is told to, and takes no note of it', async () => {
  write({});
  await run('probe');
  expect(asked()).toBe(30);
  expect(await repeats()).toEqual([]);
  expect(Object.keys(manifest().stages.probe.counts).sort()).toEqual(['MATCH', 'MISMATCH', 'pplMissing', 'samples']);
});

it('--again on a probed round counts flips with their interval, marks them, and keeps them from relabelling', async () => {
  write({});
  await run('probe');
  // Town5 and Town20 have wrong labels and right answers; Town1 matches. All three answer otherwise now.
  wavering = new Set(['Town1', 'Town5', 'Town20']);
  await run('probe', 30);
  expect(asked()).toBe(60);
  expect(manifest().stages.probe.status).toBe('done');
  expect(manifest().stages.probe.counts).toMatchObject({ samples: 30, 'again.samples': 30, 'again.flips': 1, 'again.changed': 2 });
  expect(manifest().stages.probe.notes.join('\n')).toContain('over 30 samples flipped 1 verdicts (3.3 % [0.6 %, 16.7 %]) and changed 2 more answers');
  expect((await probes()).filter(({ unstable }) => unstable !== undefined).map(({ unstable }) => unstable).sort()).toEqual(['answer', 'answer', 'verdict']);
  // Nothing is left to ask or to mark.
  await run('probe', 30);
  expect(asked()).toBe(60);
  expect(await probes()).toHaveLength(33);
  expect(await report()).toMatchObject({ probe: { samples: 30, again: { samples: 30, flips: 1, changed: 2 } } });
  expect(reportText(await report())).toContain('1 of 30 verdicts flipped, 3.3 % [0.6 %, 16.7 %]; 2 more answers changed');
  const tree = await new RoundReader(project, 1).buckets('probe');
  expect(tree.map(({ key, count }) => [key, count])).toEqual([['MISMATCH', 14], ['MATCH', 16], ['unstable', 3]]);

  await run('verify');
  // Four labels would have been replaced: 5, 10, 20, 25.
  expect(manifest().stages.verify.counts).toMatchObject({ LABEL_WRONG: 4, replaced: 2 });
});

it('repeats go on where they stood, and failed ones are asked again and count for nothing', async () => {
  write({ probe: { again: 4, repeats: { n: 4 } } });
  misbehave = (request) => (request.body.temperature !== 0 && request.body.model === 'policy-model' && townOf(request) === 'Town3' ? 'serverError' : 'ok');
  await run('probe');
  expect(asked()).toBe(30 + 4 + 29 * 4);
  expect(manifest().stages.probe.counts).toMatchObject({ 'again.samples': 4, 'again.flips': 0, 'repeats.samples': 29, 'repeats.answers': 116 });
  misbehave = () => 'ok';
  // The stage is done; asked again, it makes up for what is missing.
  await run('probe', 4);
  expect(asked()).toBe(30 + 4 + 30 * 4);
  const { probe } = await report();
  expect(probe.repeats).toMatchObject({ samples: 30, answers: 120, temperature: 1, deadGroups: { group: 16 } });
  // Even towns are always right: at least these fifteen are not flaky.
  expect(probe.repeats?.flaky.samples).toBeLessThanOrEqual(15);
  expect(probe.repeats?.flaky.samples).toBeGreaterThan(5);
  expect(probe.repeats?.deadGroups?.share.low).toBeLessThan(0.6);
  expect(probe.repeats?.deadGroups?.share.high).toBeGreaterThan(0.4);
});

it('without log-probs matched samples are ranked by the pass rate of their repeats, and the round says so', async () => {
  logProbs = [];
  write({ probe: { repeats: { n: 4 } }, compose: { highPpl: { mode: 'ratio', ratio: 0.5 }, freshShare: 0 } });
  await run('probe');
  for (const stage of ['verify', 'expand', 'compose'] as const) await run(stage);
  const { counts, notes } = manifest().stages.compose;
  expect(counts).toMatchObject({ 'ranked.ppl': 0, 'ranked.passRate': 8, 'ranked.seed': 0 });
  expect(notes.join('\n')).toMatch(/8 of 8 matched samples have no perplexity: ranked by the pass rate of their repeats, lowest first, up to/u);
  expect((await report()).compose.rankedBy).toEqual({ ppl: 0, passRate: 8, seed: 0 });
  expect(reportText(await report())).toContain('pass rate 8');
  expect((await new ProjectFiles(project).round(2).readTrainRows()).filter(({ origin }) => origin === 'matched')).toHaveLength(8);
});

it('without log-probs and without repeats the order is one of the seed, and the round says so', async () => {
  logProbs = [];
  write({ compose: { highPpl: { mode: 'ratio', ratio: 0.5 }, freshShare: 0 } });
  for (const stage of ['probe', 'verify', 'expand', 'compose'] as const) await run(stage);
  expect(manifest().stages.compose.counts).toMatchObject({ 'ranked.ppl': 0, 'ranked.passRate': 0, 'ranked.seed': 8 });
  expect(manifest().stages.compose.notes.join('\n')).toContain('8 of 8 matched samples have no perplexity: taken in a seeded order');
});

it('outcomes are shown by tool and argument, in the report and in the tree', async () => {
  write({});
  await run('probe');
  const { probe } = await report();
  expect(probe.kinds).toEqual({ value: 14 });
  expect(probe.tools).toEqual([{ tool: 'get_weather', samples: 30, matched: 16, outcomes: { MISMATCH: 14 }, kinds: { value: 14 }, arguments: [{ argument: 'city', kinds: { value: 14 } }] }]);
  expect(reportText(await report())).toContain('get_weather: 16 of 30 matched, MISMATCH 14; city (value 14)');
});
