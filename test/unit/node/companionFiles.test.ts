import { mkdtemp, mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Dialect } from '../../../src/core/dataset/dialect.ts';
import { dialectById } from '../../../src/core/dataset/registry.ts';
import { loadCompanions } from '../../../src/node/companionFiles.ts';
import { datasetSchema } from '../../../src/core/config/projectConfig.ts';
import { ProjectFiles } from '../../../src/node/projectFiles.ts';
import { readDatasetFile } from '../../../src/node/datasetFiles.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'companions-'));
});
afterEach(() => rm(root, { recursive: true }));

async function put(path: string, content: unknown): Promise<string> {
  const absolute = join(root, path);
  await mkdir(dirname(absolute), { recursive: true });
  await writeFile(absolute, typeof content === 'string' ? content : JSON.stringify(content));
  return absolute;
}

const question = { id: 'simple_0', question: [[{ role: 'user', content: 'x' }]], function: [{ name: 'f', description: 'd', parameters: { type: 'dict', properties: {} } }] };
const answer = (city: string): object => ({ id: 'simple_0', ground_truth: [{ f: { city: [city] } }] });
const bfcl = (): Dialect => dialectById('bfcl') as Dialect;
const apiBank = (): Dialect => dialectById('api-bank') as Dialect;

describe('companions in looptool.json', () => {
  it('are a path or several, from the folder of the project', () => {
    const files = new ProjectFiles('/project');
    const entry = datasetSchema.parse({ path: 'a.json', companions: { answers: 'b.json', tools: ['c.json', '/d.json'] } });
    expect(files.companions(entry)).toEqual({ answers: ['/project/b.json'], tools: ['/project/c.json', '/d.json'] });
    expect(files.companions(datasetSchema.parse({ path: 'a.json' }))).toBeUndefined();
    expect(datasetSchema.safeParse({ path: 'a.json', companions: { docs: 'x' } }).success).toBe(false);
  });
});

describe('loadCompanions', () => {
  it('finds possible answers by the layout, and a dataset is read with them', async () => {
    const path = await put('data/q.json', question);
    await put('data/possible_answer/q.json', answer('Oslo'));
    const { reading } = await readDatasetFile(path, { path: 'data/q.json', steps: 'last' });
    expect(reading.problems).toEqual([]);
    expect(reading.samples[0]?.sample.label).toMatchObject({ kind: 'calls', calls: [{ arguments: { city: 'Oslo' } }] });
    expect(reading.samples[0]?.places().answers).toEqual({ file: 'possible_answer/q.json', record: 0 });
  });

  it('takes what is configured in the place of the layout, and says what of it is missing', async () => {
    const path = await put('data/q.json', question);
    await put('data/possible_answer/q.json', answer('Oslo'));
    const other = await put('other/answers.jsonl', answer('Rome'));
    const { reading } = await readDatasetFile(path, { path: 'q.json', steps: 'last', companions: { answers: [other, join(root, 'none.json')] } });
    expect(reading.samples[0]?.sample.label).toMatchObject({ calls: [{ arguments: { city: 'Rome' } }] });
    expect(reading.samples[0]?.places().answers?.file).toBe('../other/answers.jsonl');
    expect(reading.problems).toMatchObject([{ record: 0, line: 1, column: 1, message: expect.stringMatching(/^the companion file \.\.\/none\.json cannot be read: /) as string }]);
  });

  it('looks in the folders above, and in whole folders', async () => {
    const path = await put('a/b/c/d.jsonl', '');
    await put('api_definitions.json', [{ name: 'f' }]);
    expect((await loadCompanions(path, apiBank())).companions.tools).toEqual([{ stem: 'api_definitions', path: '../../../api_definitions.json', records: [{ name: 'f' }] }]);
    await put('a/b/c/api_definitions.json', [{ name: 'near' }]);
    expect((await loadCompanions(path, apiBank())).companions.tools[0]?.path).toBe('api_definitions.json');
    await put('a/b/c/multi_turn_func_doc/b.json', '{"name": "b1"}\n{"name": "b2"}');
    await put('a/b/c/multi_turn_func_doc/a.json', '{"name": "a"}');
    await put('a/b/c/multi_turn_func_doc/read.me', '');
    const { companions } = await loadCompanions(path, dialectById('bfcl-multi-turn'));
    expect(companions.tools.map(({ stem, records }) => [stem, records.length])).toEqual([['a', 1], ['b', 2]]);
  });

  it('keeps the numbers of records where one is broken, and names it', async () => {
    const path = await put('q.json', '');
    await put('possible_answer/q.json', `{"id": 1,\n${JSON.stringify(answer('Oslo'))}`);
    const { companions, problems } = await loadCompanions(path, bfcl());
    expect(companions.answers[0]?.records).toMatchObject([null, { id: 'simple_0' }]);
    expect(problems).toEqual([expect.stringMatching(/^possible_answer\/q\.json: record 1 cannot be read: /)]);
  });

  it('gives the same object until a file changes', async () => {
    const path = await put('q.json', '');
    const answers = await put('possible_answer/q.json', answer('Oslo'));
    const before = await loadCompanions(path, bfcl());
    expect((await loadCompanions(join(root, 'q.json'), bfcl())).companions).toBe(before.companions);
    await writeFile(answers, JSON.stringify(answer('Bergen')));
    await utimes(answers, new Date(0), new Date(0));
    expect((await loadCompanions(path, bfcl())).companions).not.toBe(before.companions);
  });

  it('gives none for dialects without, and where nothing is there', async () => {
    const path = await put('q.json', '');
    expect(await loadCompanions(path, dialectById('looptool'))).toEqual({ companions: { answers: [], tools: [] }, problems: [] });
    expect(await loadCompanions(path, bfcl())).toEqual({ companions: { answers: [], tools: [] }, problems: [] });
    expect(await loadCompanions(path, undefined)).toEqual({ companions: { answers: [], tools: [] }, problems: [] });
  });
});
