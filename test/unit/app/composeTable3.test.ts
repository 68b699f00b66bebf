import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { labelHash, makeSample } from '../../../src/core/dataset/identity.ts';
import type { Label, Message, SampleOrigin, TrainRow } from '../../../src/core/dataset/sample.ts';
import { sha256Hex } from '../../../src/core/hash.ts';
import { Connections } from '../../../src/app/connections.ts';
import { nodePorts } from '../../../src/app/nodePorts.ts';
import { openProject, type Project } from '../../../src/app/project.ts';
import { Reporter } from '../../../src/app/reporter.ts';
import { currentRound, openRound } from '../../../src/app/round.ts';
import { runStage } from '../../../src/app/stages/stage.ts';
import { stageRuns } from '../../../src/app/stages/stageRuns.ts';
import { weatherRows, writeRemoteProject } from '../../runner/support/remoteProject.ts';

/** Table 3 of the paper: 18,304 samples a round, 28,160 seeds. Its highPpl column is what the fill mode has to come to. */
const size = 18_304;
const corpus = 28_160;
const table = [
  { round: 1, errors: 1919, expansions: 6566, fresh: 5632, highPpl: 4187 },
  { round: 2, errors: 3386, expansions: 8066, fresh: 2816, highPpl: 4036 },
  { round: 3, errors: 3731, expansions: 8169, fresh: 1408, highPpl: 4996 },
];

let folder: string;
let project: Project;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'looptool-table3-'));
  writeRemoteProject(folder, 'http://127.0.0.1:9/v1', { samples: 1 });
  const config = { version: 1, name: 'Table 3', datasets: { seed: [{ path: 'data/train.jsonl' }], roundSize: size }, expand: { k: 4 }, verify: { relabel: 'always' } };
  const endpoint = { kind: 'openai', baseUrl: 'http://127.0.0.1:9/v1', model: 'm' };
  writeFileSync(join(folder, 'looptool.json'), JSON.stringify({ ...config, endpoints: { policy: endpoint, judge: endpoint, generator: endpoint } }));
  writeFileSync(join(folder, 'data/train.jsonl'), lines(weatherRows(0, corpus)));
  project = await openProject(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function lines(rows: readonly object[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

const at = '2026-01-01T00:00:00.000Z';
const base = { v: 1, requestKey: 'r', attempt: 1, startedAt: at, elapsedMs: 1 };
const callOf = (city: string): Label => ({ kind: 'calls', calls: [{ name: 'get_weather', arguments: { city } }] });

type Verdict = 'PRED_WRONG' | 'LABEL_WRONG' | 'BOTH_CORRECT' | 'BOTH_WRONG';
type Fate = { readonly row: TrainRow; readonly ppl: number; readonly verdict: Verdict | undefined };

/** Which rows go wrong, and how sure the policy is, by a hash of their ids: nothing that a composition sorts or draws by. */
function fates(rows: readonly TrainRow[], round: number, errors: number): readonly Fate[] {
  const order = rows.map((row) => ({ row, key: sha256Hex(`${round} ${row.id}`) })).sort((a, b) => (a.key < b.key ? -1 : 1));
  return order.map(({ row }, i) => {
    // All perplexities differ.
    const ppl = 1 + ((i * 7919) % size) / size;
    const verdict = i < errors ? (i % 4 === 3 ? 'LABEL_WRONG' : 'PRED_WRONG') : i < errors + 300 ? 'BOTH_CORRECT' : i < errors + 800 ? 'BOTH_WRONG' : undefined;
    return { row, ppl, verdict };
  });
}

/** Writes the journals of a round as its stages would have; resolves to the ids of the accepted expansions with their seeds. */
function writeJournals(round: number, all: readonly Fate[], accepted: number): ReadonlyMap<string, string> {
  const directory = project.files.round(round).directory;
  const probes: object[] = [];
  const votes: object[] = [];
  for (const { row, ppl, verdict } of all) {
    const { id: sampleId, labelHash: hash } = row;
    const entry = { ...base, sampleId, labelHash: hash };
    probes.push({ ...entry, type: 'probe', outcome: verdict === undefined ? 'MATCH' : 'MISMATCH', ppl, ...(verdict === undefined ? {} : { prediction: { kind: 'CALL', calls: [{ name: 'get_weather', arguments: { city: `Other ${round}` } }], text: '', warnings: [] } }) });
    if (verdict === undefined) continue;
    for (const order of ['LP', 'PL']) votes.push({ ...entry, type: 'vote', judge: 'm', simulated: false, promptVersion: 'p', order, verdict, analysis: '', approach: '' });
  }
  const made = new Map<string, string>();
  const expansions: object[] = [];
  const seeds = all.filter(({ verdict }) => verdict === 'PRED_WRONG' || verdict === 'LABEL_WRONG');
  for (let i = 0; i < seeds.length * 4; i++) {
    const [seed, k] = [seeds[i % seeds.length], Math.floor(i / seeds.length)];
    if (seed === undefined) continue;
    const { row, verdict } = seed;
    const generation = { ...base, type: 'generation', sampleId: row.id, labelHash: verdict === 'LABEL_WRONG' ? labelHash(callOf(`Other ${round}`)) : row.labelHash, k, variation: 'values', kind: 'same', generator: 'm', simulated: false, promptVersion: 'g', reason: '' };
    if (i >= accepted + 500) {
      expansions.push({ ...generation, status: 'parse', reason: 'no sample' });
      continue;
    }
    const city = `New${round}n${i}`;
    const messages: readonly Message[] = [{ role: 'user', content: `please, weather in ${city}` }];
    const sample = makeSample({ tools: row.tools, messages, label: callOf(city), family: row.family });
    const judged = { ...base, sampleId: sample.id, labelHash: sample.labelHash, seedId: row.id, k, judge: 'm', simulated: false, promptVersion: 'p' };
    expansions.push({ ...generation, status: 'candidate', sample }, { ...judged, type: 'solution', outcome: i < accepted ? 'MATCH' : 'MISMATCH', reason: '' });
    if (i >= accepted) continue;
    expansions.push({ ...judged, type: 'critique', verdict: 'CORRECT', analysis: '' });
    made.set(sample.id, row.id);
  }
  writeFileSync(join(directory, 'probe.jsonl'), lines(probes));
  writeFileSync(join(directory, 'verify.jsonl'), lines(votes));
  writeFileSync(join(directory, 'expand.jsonl'), lines(expansions));
  return made;
}

/** Origin, parents, round and label of a row of the next set. */
function saysWhereItIsFrom(row: TrainRow, round: number, old: TrainRow | undefined, seed: string | undefined, trained: ReadonlySet<string>): boolean {
  if (row.origin === 'expansion') return old === undefined && seed !== undefined && row.parents.length === 1 && row.parents[0] === seed && row.made?.round === round && row.since === round + 1;
  if (row.origin === 'seed') return !trained.has(row.id) && row.parents.length === 0 && row.since === round + 1 && row.occurrence?.file === 'data/train.jsonl';
  if (old === undefined || row.since !== old.since || row.parents.join() !== old.parents.join()) return false;
  return row.labelHash === (row.origin === 'labelRefined' ? labelHash(callOf(`Other ${round}`)) : old.labelHash);
}

const idsOf = (rows: readonly TrainRow[], origins: readonly SampleOrigin[]): readonly string[] => rows.filter(({ origin }) => origins.includes(origin)).map(({ id }) => id).sort();

test('table 3 of the paper comes out of the real stage, sample by sample', async () => {
  const ports = nodePorts('unused');
  await currentRound(project, ports.clock);
  const trained = new Set<string>();
  for (const { round: number, errors, expansions, fresh, highPpl } of table) {
    const round = await openRound(project, number);
    const rows = await round.files.readTrainRows();
    expect(rows).toHaveLength(size);
    for (const { id } of rows) trained.add(id);
    const all = fates(rows, number, errors);
    const made = writeJournals(number, all, expansions);
    const job = { ports, project, round, connections: new Connections(ports, project, project.config), reporter: new Reporter(ports.clock, () => undefined), signal: new AbortController().signal };
    await runStage(job, 'compose', stageRuns.compose);
    const next = await (await openRound(project, number + 1)).files.readTrainRows();

    const counts = [idsOf(next, ['errorSeed', 'labelRefined']), idsOf(next, ['expansion']), idsOf(next, ['seed']), idsOf(next, ['highPpl'])].map(({ length }) => length);
    expect([counts, next.length]).toEqual([[errors, expansions, fresh, highPpl], size]);
    // Every pool holds exactly the samples that belong there.
    const wrong = (verdict: Verdict): readonly string[] => all.filter((fate) => fate.verdict === verdict).map(({ row }) => row.id).sort();
    expect(idsOf(next, ['errorSeed'])).toEqual(wrong('PRED_WRONG'));
    expect(idsOf(next, ['labelRefined'])).toEqual(wrong('LABEL_WRONG'));
    expect(idsOf(next, ['expansion'])).toEqual([...made.keys()].sort());
    const candidates = all.filter(({ verdict }) => verdict === undefined || verdict === 'BOTH_CORRECT').sort((a, b) => b.ppl - a.ppl).slice(0, highPpl);
    expect(idsOf(next, ['highPpl'])).toEqual(candidates.map(({ row }) => row.id).sort());
    expect(round.stage('compose').counts['pplThreshold']).toBe(candidates.at(-1)?.ppl);
    const before = new Map(rows.map((row) => [row.id, row]));
    expect(next.filter((row) => !saysWhereItIsFrom(row, number, before.get(row.id), made.get(row.id), trained))).toEqual([]);
  }
  // The corpus is used up to the last sample.
  const seeds = new Set((await (await openRound(project, 4)).files.readTrainRows()).filter(({ origin }) => origin === 'seed').map(({ id }) => id));
  const made = table.slice(0, 2).reduce((sum, { expansions }) => sum + expansions, 0);
  expect(new Set([...trained, ...seeds]).size).toBe(corpus + made);
}, 400_000);
