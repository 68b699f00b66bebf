import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { nodePorts } from '../../../src/app/nodePorts.ts';
import { Reporter } from '../../../src/app/reporter.ts';
import { runRounds } from '../../../src/app/runRounds.ts';
import { readDataset } from '../../../src/core/dataset/dataset.ts';
import type { Label, Sample } from '../../../src/core/dataset/sample.ts';
import { evaluateEntrySchema, probeEntrySchema } from '../../../src/core/rounds/journalEntries.ts';
import type { Ruling } from '../../../src/core/review/decision.ts';
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

type Given = { readonly project: string; readonly files: ProjectFiles; readonly sampleOf: (town: number) => Sample; readonly decide: (sample: Sample, ruling: Ruling, label?: Label, round?: number) => void; readonly run: (rounds: number) => Promise<void> };

/** The policy answers "Elsewhere" for every third town; the label of every fifth one is wrong. */
function given(): Given {
  const project = mkdtempSync(join(tmpdir(), 'looptool-decisions-'));
  folders.push(project);
  writeRemoteProject(project, server.baseUrl, { samples: 12 });
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
    decide: (sample, ruling, label, round) => {
      const operation = { v: 1, op: 'decide', id: `d${++decided}`, at: '2026-01-01T00:00:00Z', by: 'ann', sampleId: sample.id, labelHash: sample.labelHash, ruling, label, round };
      writeFileSync(files.decisions(), `${JSON.stringify(operation)}\n`, { flag: 'a' });
    },
    run: (rounds) => runRounds(ports, { project, rounds, signal: new AbortController().signal, reporter: new Reporter(ports.clock, () => undefined) }),
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
