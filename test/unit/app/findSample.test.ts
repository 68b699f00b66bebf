import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { openProject, type Project } from '../../../src/app/project.ts';
import { findSample } from '../../../src/app/samples/findSample.ts';
import { readDataset } from '../../../src/core/dataset/dataset.ts';
import { buildProject, type BuiltProject } from '../../builders/builtProject.ts';
import { dialectRows } from '../../builders/dialectRows.ts';

let directory: string;
let built: BuiltProject;
let project: Project;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'looptool-find-'));
  built = buildProject(directory);
  project = await openProject(directory);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function file(name: string, text: string): string {
  mkdirSync(join(directory, 'other'), { recursive: true });
  writeFileSync(join(directory, 'other', name), text);
  return join(directory, 'other', name);
}

test.each(dialectRows)('every sample of a record of %s (%s) is found, the same as the whole file gives', async (dialect, _what, row) => {
  const line = JSON.stringify(row);
  const text = `${line}\n${line}\n`;
  const path = file(`${dialect}.jsonl`, text);
  const { samples } = readDataset(text, { file: path, steps: 'all' });
  for (const { sample, occurrence } of samples) {
    const found = await findSample(project, { file: path, record: occurrence.record, step: occurrence.step });
    expect([found.sample.id, found.sample.labelHash, found.occurrence]).toEqual([sample.id, sample.labelHash, { ...occurrence, file: `other/${dialect}.jsonl` }]);
  }
  expect(samples.length).toBeGreaterThan(0);
});

describe('a sample by its place', () => {
  it('is read from the text that is given, not from the disk', async () => {
    const changed = await findSample(project, { file: built.datasetFile, record: 0, text: readFileSync(built.datasetFile, 'utf8').split('\n').reverse().join('\n') });
    expect(changed.sample.id).toBe(built.samples.at(-1)?.id);
  });

  it('is found in a list over many lines', async () => {
    const rows = dialectRows.filter(([dialect]) => dialect === 'openai-chat').slice(0, 2).map(([, , row]) => row);
    const path = file('list.json', JSON.stringify(rows, undefined, 2));
    expect((await findSample(project, { file: path, record: 1 })).occurrence).toEqual({ file: 'other/list.json', record: 1, step: 0 });
  });

  it.each([
    ['a record that there is not', { record: 6 }, /no record 7: it has 6/],
    ['a step that there is not', { record: 0, step: 4 }, /no step 5; it has 1/],
    ['a record that is no JSON', { record: 0, text: '{"instruction": \n{}' }, /Record 1 of .* cannot be read|looks like no dataset/],
    ['a text that is no dataset', { record: 0, text: '{"a": 1}' }, /no dataset of tool calls/],
    ['Parquet', { record: 0, text: 'PAR1\u0000' }, /Convert it first/],
  ])('%s is said', async (_what, place, message) => {
    await expect(findSample(project, { file: built.datasetFile, ...place })).rejects.toThrow(message);
  });

  it('needs its step where the record has several', async () => {
    const row = dialectRows.find(([dialect]) => dialect === 'trl')?.[2];
    const path = file('steps.jsonl', `${JSON.stringify(row)}\n`);
    await expect(findSample(project, { file: path, record: 0 })).rejects.toThrow('Name one: --step 1, --step 2');
  });

  it('of a file that is not there is said', async () => {
    await expect(findSample(project, { file: join(directory, 'none.jsonl'), record: 0 })).rejects.toThrow('There is no file');
  });
});
