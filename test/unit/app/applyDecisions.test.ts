import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { applyDecisions, type ApplyResult } from '../../../src/app/applyDecisions.ts';
import { nodePorts } from '../../../src/app/nodePorts.ts';
import { writeRow } from '../../../src/core/dataset/registry.ts';
import { buildProject, cityLabel, decide, weatherSample } from '../../builders/builtProject.ts';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const heldOutSample = weatherSample(90);

/** A project with a held-out set of one sample, whose training file is named as a held-out set as well. */
function project() {
  const directory = mkdtempSync(join(tmpdir(), 'looptool-apply-'));
  folders.push(directory);
  const built = buildProject(directory);
  const heldOutFile = join(directory, 'data/heldout.jsonl');
  writeFileSync(heldOutFile, `${writeRow('openai-chat', heldOutSample)}\n`);
  const configFile = join(directory, 'looptool.json');
  const config = JSON.parse(readFileSync(configFile, 'utf8')) as { datasets: object };
  const heldOut = [{ name: 'held', path: 'data/heldout.jsonl' }, { name: 'training', path: 'data/train.jsonl' }];
  writeFileSync(configFile, JSON.stringify({ ...config, datasets: { ...config.datasets, heldOut } }));
  return { ...built, heldOutFile };
}

const apply = (directory: string, write: boolean): Promise<ApplyResult> => applyDecisions(nodePorts('dist/cli.js'), { project: directory, write });
const placesOf = ({ files }: ApplyResult): readonly string[] => files.flatMap(({ path, edits }) => edits.map(({ line }) => `${path}:${line}`));

it('covers training and held-out sets, each file once, and writes nothing unless told to', async () => {
  const { directory, datasetFile, heldOutFile, samples } = project();
  const [first] = samples;
  if (!first) throw new Error('the project has samples');
  decide(directory, first, cityLabel('Lyon', 1));
  decide(directory, heldOutSample, cityLabel('Nice', 90));
  const [training, heldOut] = [readFileSync(datasetFile, 'utf8'), readFileSync(heldOutFile, 'utf8')];

  const shown = await apply(directory, false);
  expect(shown).toMatchObject({ refused: [], alreadyApplied: 0, notApplicable: 0, written: false });
  expect(placesOf(shown)).toEqual(['data/train.jsonl:1', 'data/heldout.jsonl:1']);
  expect([readFileSync(datasetFile, 'utf8'), readFileSync(heldOutFile, 'utf8')]).toEqual([training, heldOut]);
  expect(existsSync(`${datasetFile}.bak`)).toBe(false);

  const written = await apply(directory, true);
  expect(placesOf(written)).toEqual(placesOf(shown));
  expect(readFileSync(datasetFile, 'utf8')).toBe(training.replace(/Paris(\\*")/, 'Lyon$1'));
  expect(readFileSync(heldOutFile, 'utf8')).toBe(heldOut.replace(/Paris(\\*")/, 'Nice$1'));
  expect([readFileSync(`${datasetFile}.bak`, 'utf8'), readFileSync(`${heldOutFile}.bak`, 'utf8')]).toEqual([training, heldOut]);
  expect(await apply(directory, false)).toMatchObject({ files: [], refused: [], alreadyApplied: 2 });
});

it('lists stale decisions with where their samples stand, and counts those on samples that stand nowhere', async () => {
  const { directory, datasetFile, samples } = project();
  const [, second] = samples;
  if (!second) throw new Error('the project has samples');
  decide(directory, second, cityLabel('Lyon', 2), { labelHash: 'lbl_seen_before' });
  decide(directory, weatherSample(500), cityLabel('Lyon', 500));
  const before = readFileSync(datasetFile, 'utf8');
  const result = await apply(directory, true);
  expect(result).toMatchObject({ files: [], refused: [{ path: 'data/train.jsonl', record: 1, sampleId: second.id, reason: 'stale' }], alreadyApplied: 0, notApplicable: 1 });
  expect(readFileSync(datasetFile, 'utf8')).toBe(before);
});

it('names the lines of the decisions that cannot be read, and applies the others', async () => {
  const { directory, samples } = project();
  const [first] = samples;
  if (!first) throw new Error('the project has samples');
  decide(directory, first, cityLabel('Lyon', 1));
  appendFileSync(join(directory, '.looptool/decisions.jsonl'), '{"v":1,"op":"unknown"}\n');
  const result = await apply(directory, false);
  expect(result.warnings).toEqual([expect.stringMatching(/decisions\.jsonl:2: /)]);
  expect(placesOf(result)).toEqual(['data/train.jsonl:1']);
});

it('writes no file when one of them cannot be planned', async () => {
  const { directory, datasetFile, heldOutFile, samples } = project();
  const [first] = samples;
  if (!first) throw new Error('the project has samples');
  decide(directory, first, cityLabel('Lyon', 1));
  rmSync(heldOutFile);
  const before = readFileSync(datasetFile, 'utf8');
  await expect(apply(directory, true)).rejects.toMatchObject({ code: 'dataset-missing' });
  expect(readFileSync(datasetFile, 'utf8')).toBe(before);
});
