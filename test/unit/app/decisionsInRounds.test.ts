import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { nodePorts } from '../../../src/app/nodePorts.ts';
import { Reporter } from '../../../src/app/reporter.ts';
import { runOneStage, runRounds } from '../../../src/app/runRounds.ts';
import { readDataset } from '../../../src/core/dataset/dataset.ts';
import type { Label, Sample } from '../../../src/core/dataset/sample.ts';
import type { StageName } from '../../../src/core/rounds/manifest.ts';
import { evaluateEntrySchema, probeEntrySchema } from '../../../src/core/rounds/journalEntries.ts';
import type { Decision, Ruling } from '../../../src/core/review/decision.ts';
import { readJournal } from '../../../src/node/appendJournal.ts';
import { ProjectFiles } from '../../../src/node/projectFiles.ts';
import { startFakeServer, type FakeServer } from '../../fakes/openaiServer.ts';
import { weatherAnswer, writeRemoteProject } from '../../runner/support/remoteProject.ts';

const folders: string[] = [];
let server: FakeServer;
beforeEach(async () => {
  server = await startFakeServer({ answer: weatherAnswer });
});
afterEach(async () => {
  await server.close();
  folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true }));
});

type Given = { readonly project: string; readonly files: ProjectFiles; readonly sampleOf: (town: number) => Sample; readonly decide: (sample: Sample, ruling: Ruling, label?: Label, round?: number, more?: Partial<Decision>) => void; readonly run: (rounds: number) => Promise<void>; readonly stage: (stage: StageName) => Promise<void> };

/** The policy answers "Elsewhere" for every third town; the label of every fifth one is wrong. */
function given(options: { readonly samples?: number; readonly trainer?: object; readonly change?: (config: Record<string, Record<string, unknown>>) => void } = {}): Given {
  const project = mkdtempSync(join(tmpdir(), 'looptool-decisions-'));
  folders.push(project);
  writeRemoteProject(project, server.baseUrl, { samples: options.samples ?? 12, ...(options.trainer === undefined ? {} : { trainer: options.trainer }) });
  const file = join(project, 'looptool.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, unknown>>;
  options.change?.(config);
  writeFileSync(file, JSON.stringify(config));
  const samples = ['data/train.jsonl', 'data/heldout.jsonl'].flatMap((file) => readDataset(readFileSync(join(project, file), 'utf8'), { file, steps: 'last' }).samples.map(({ sample }) => sample));
  const files = new ProjectFiles(project);
  const ports = nodePorts('dist/cli.js', { [new URL(server.baseUrl).origin]: 'key' });
  mkdirSync(files.state());
  let decided = 0;
  return {
    project,
    files,
    sampleOf: (town) => {
      const found = samples.find(({ messages }) => messages.some(({ content }) => content === `weather in Town${town}`));
      if (!found) throw new Error(`no sample for Town${town}`);
      return found;
    },
    decide: (sample, ruling, label, round, more = {}) => {
      const operation = { v: 1, op: 'decide', id: `d${++decided}`, at: '2026-01-01T00:00:00Z', by: 'ann', sampleId: sample.id, labelHash: sample.labelHash, ruling, label, round, ...more };
      writeFileSync(files.decisions(), `${JSON.stringify(operation)}\n`, { flag: 'a' });
    },
    run: (rounds) => runRounds(ports, { project, rounds, signal: new AbortController().signal, reporter: new Reporter(ports.clock, () => undefined) }),
    stage: (stage) => runOneStage(ports, { project, stage, signal: new AbortController().signal, reporter: new Reporter(ports.clock, () => undefined) }),
  };
}

const cityLabel = (city: string): Label => ({ kind: 'calls', calls: [{ name: 'get_weather', arguments: { city } }] });
const rowOf = async ({ files }: Given, round: number, sample: Sample) => (await files.round(round).readTrainRows()).find(({ id }) => id === sample.id);
const probed = async ({ files }: Given, sample: Sample) => (await readJournal(files.round(1).journal('probe'), probeEntrySchema)).entries.find(({ sampleId }) => sampleId === sample.id)?.outcome;

it('an answer that a person accepted is right for the probe and on held-out samples', async () => {
  const here = given();
  const [accepted, other, heldOut] = [here.sampleOf(3), here.sampleOf(9), here.sampleOf(1002)];
  here.decide(accepted, 'bothCorrect', cityLabel('Elsewhere'));
  here.decide(heldOut, 'bothCorrect', cityLabel('Elsewhere'));
  await here.run(1);
  expect([await probed(here, accepted), await probed(here, other)]).toEqual(['MATCH', 'MISMATCH']);
  const { entries } = await readJournal(here.files.round(1).journal('evaluate'), evaluateEntrySchema);
  expect(entries.filter(({ sampleId }) => sampleId === heldOut.id).map(({ outcome }) => outcome)).toEqual(['MATCH', 'MATCH']);
});

it('a label that a person replaced is in the next set, before it is written to the dataset', async () => {
  const here = given();
  const before = readFileSync(join(here.project, 'data/train.jsonl'), 'utf8');
  const [mismatched, matched] = [here.sampleOf(3), here.sampleOf(1)];
  here.decide(mismatched, 'takePrediction', cityLabel('Elsewhere'));
  // The policy has learned this label; the person's word counts all the same.
  here.decide(matched, 'takePrediction', cityLabel('Corrected'));
  await here.run(1);
  for (const [sample, city] of [[mismatched, 'Elsewhere'], [matched, 'Corrected']] as const) {
    expect(await rowOf(here, 2, sample)).toMatchObject({ label: cityLabel(city), origin: 'labelRefined', replaced: { label: sample.label, labelHash: sample.labelHash, round: 1, by: 'person', source: 'ann' } });
  }
  expect(readFileSync(join(here.project, 'data/train.jsonl'), 'utf8')).toBe(before);
});

it('a label that a person replaced after the next set was made is in the one after it, once', async () => {
  const here = given();
  await here.run(1);
  // Label and answer are both wrong here, so the next set goes without the sample.
  const dropped = here.sampleOf(0);
  expect(await rowOf(here, 2, dropped)).toBeUndefined();
  here.decide(dropped, 'takePrediction', cityLabel('Town0'), 1);
  await here.run(2);
  expect((await here.files.round(3).readTrainRows()).filter(({ id }) => id === dropped.id)).toHaveLength(1);
  expect(await rowOf(here, 3, dropped)).toMatchObject({ label: cityLabel('Town0'), origin: 'labelRefined', replaced: { label: dropped.label, round: 2, by: 'person' } });
});

const idsOf = async ({ files }: Given, round: number) => (await files.round(round).readTrainRows()).map(({ id }) => id);

it('a sample that a person dropped is in no later set: not from the mismatches, the matches, or fresh from the seeds', async () => {
  const small = { samples: 24, change: (config: Record<string, Record<string, unknown>>) => void (config['datasets'] = { ...config['datasets'], roundSize: 8 }, config['compose'] = { freshShare: 0.5, size: 40 }) };
  const control = given(small);
  await control.run(1);
  const first = await idsOf(control, 1);
  const second = await control.files.round(2).readTrainRows();
  const fresh = second.filter(({ origin }) => origin === 'seed').map(({ id }) => id);
  const matched = (await readJournal(control.files.round(1).journal('probe'), probeEntrySchema)).entries.filter(({ outcome }) => outcome === 'MATCH').map(({ sampleId }) => sampleId);
  expect([fresh.length, second.some(({ id }) => matched.includes(id)), second.some(({ origin }) => origin === 'errorSeed'), first.length]).toEqual([4, true, true, 8]);

  const here = given(small);
  await here.stage('probe');
  const towns = Array.from({ length: 24 }, (_, town) => here.sampleOf(town));
  const dropped = towns.filter(({ id }) => first.includes(id) || id === fresh[0]);
  dropped.forEach((sample) => here.decide(sample, 'drop'));
  await here.run(1);
  expect((await idsOf(here, 2)).filter((id) => dropped.some((sample) => sample.id === id))).toEqual([]);
  expect((await here.files.round(1).readManifest())?.stages.compose.notes).toContain('8 samples of this set are in no later one: people dropped them');
  // Too late for the second set: out of the third, with the label that the loop gave it too.
  const there = await idsOf(here, 2);
  const late = towns.find(({ id }) => there.includes(id));
  if (late === undefined) throw new Error('the second set is empty');
  here.decide({ ...late, labelHash: 'another' }, 'drop');
  await here.run(3);
  const later = [...(await idsOf(here, 3)), ...(await idsOf(here, 4))];
  expect(later.filter((id) => id === late.id || dropped.some((sample) => sample.id === id))).toEqual([]);
});

it('a sample that was dropped before is not in the first set of a project that begins anew', async () => {
  const here = given();
  here.decide(here.sampleOf(2), 'drop');
  await here.stage('probe');
  expect(await idsOf(here, 1)).toHaveLength(11);
  expect(await rowOf(here, 1, here.sampleOf(2))).toBeUndefined();
});

it('a sample that a person is unsure of is neither relabelled nor an error seed in that round', async () => {
  const here = given();
  const [wrongLabel, other, wrongAnswer, otherAnswer] = [here.sampleOf(5), here.sampleOf(10), here.sampleOf(3), here.sampleOf(9)];
  here.decide(wrongLabel, 'unsure', undefined, 1);
  here.decide(wrongAnswer, 'unsure', undefined, 1);
  await here.run(1);
  // What the judge makes of the same where nobody is unsure.
  expect([(await rowOf(here, 2, other))?.origin, (await rowOf(here, 2, otherAnswer))?.origin]).toEqual(['labelRefined', 'errorSeed']);
  expect([await rowOf(here, 2, wrongLabel), await rowOf(here, 2, wrongAnswer)]).toEqual([undefined, undefined]);
  const parents = (await here.files.round(2).readTrainRows()).flatMap((row) => row.parents);
  expect(parents.some((id) => id === otherAnswer.id)).toBe(true);
  expect(parents.some((id) => id === wrongLabel.id || id === wrongAnswer.id)).toBe(false);
});

it('a label that a person wrote is in the next set; a second look is not in force, its adjudication is', async () => {
  const here = given();
  const [edited, looked, settled] = [here.sampleOf(3), here.sampleOf(9), here.sampleOf(6)];
  here.decide(edited, 'edit', cityLabel('Written'), 1);
  here.decide(looked, 'edit', cityLabel('Second'), 1, { pass: 'second', by: 'bob' });
  here.decide(settled, 'edit', cityLabel('First'), 1);
  here.decide(settled, 'edit', cityLabel('Second'), 1, { pass: 'second', by: 'bob' });
  here.decide(settled, 'edit', cityLabel('Settled'), 1, { pass: 'adjudication', by: 'cid' });
  here.decide(settled, 'edit', cityLabel('Later'), 1);
  await here.run(1);
  expect(await rowOf(here, 2, edited)).toMatchObject({ label: cityLabel('Written'), origin: 'labelRefined' });
  expect(await rowOf(here, 2, looked)).toMatchObject({ label: looked.label, origin: 'errorSeed' });
  expect(await rowOf(here, 2, settled)).toMatchObject({ label: cityLabel('Settled'), replaced: { by: 'person', source: 'cid' } });
});

it('a trainer command gets the answers that people accepted as alternatives of the labels', async () => {
  const trainer = { kind: 'command', argv: [process.execPath, '-e', `require('node:fs').writeFileSync(process.argv[1] + '/checkpoint.json', JSON.stringify({ fingerprint: 'sha256:1', steps: 1 }))`, '{result}'] };
  const here = given({ trainer });
  const [accepted, other, withText] = [here.sampleOf(3), here.sampleOf(9), here.sampleOf(6)];
  here.decide(accepted, 'bothCorrect', cityLabel('Elsewhere'), 7);
  here.decide(accepted, 'bothCorrect', cityLabel('Third'), 8);
  here.decide(withText, 'bothCorrect', { kind: 'text', text: 'No calls can hold this.' });
  await here.stage('train');
  for (const [name, dialect] of [['train.looptool.jsonl', 'looptool'], ['train.openai.jsonl', 'openai-chat']] as const) {
    const text = readFileSync(join(here.files.round(1).exportDirectory(), name), 'utf8');
    const labels = new Map(readDataset(text, { file: name, dialect, steps: 'last' }).samples.map(({ sample }) => [sample.id, sample.label]));
    const own = accepted.label.kind === 'calls' ? accepted.label.calls : [];
    const calls = (city: string) => [{ name: 'get_weather', arguments: { city } }];
    expect(labels.get(accepted.id)).toEqual({ kind: 'calls', calls: own, alternatives: [calls('Elsewhere'), calls('Third')] });
    expect([labels.get(other.id), labels.get(withText.id)]).toEqual([other.label, withText.label]);
  }
});
