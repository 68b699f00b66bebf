import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { DatasetStats } from '../../src/app/datasets/stats.ts';
import { openaiRow, weatherTool } from '../builders/datasetText.ts';
import { eventsOf, runCli, temporaryFolder, type CliOptions } from './support/cli.ts';
import { clock, goodRow, unknownToolRow, writeLines } from './support/datasets.ts';

const cleanUps: (() => void)[] = [];
const newFolder = () => temporaryFolder((work) => cleanUps.push(work));
afterAll(() => cleanUps.forEach((work) => work()));

async function statsOf(args: readonly string[], options?: CliOptions): Promise<DatasetStats> {
  const [event] = eventsOf((await runCli(['stats', ...args, '--json'], options)).stdout);
  if (event?.type !== 'result') throw new Error('stats gave no result');
  return event.data as DatasetStats;
}

const twice = [{ name: 'get_weather', arguments: { city: 'Oslo', days: 2 } }, { name: 'get_weather', arguments: { city: 'Rome', tags: ['a'], place: null } }];

function rows(): readonly string[] {
  return [
    goodRow(0),
    goodRow(0),
    unknownToolRow(1),
    openaiRow([weatherTool, clock], twice, 'Both, please.'),
    JSON.stringify({ messages: [{ role: 'user', content: 'Hello.' }, { role: 'assistant', content: 'Hello to you.' }, { role: 'user', content: 'Bye.' }, { role: 'assistant', content: 'Bye.' }], tools: [] }),
    '{"broken',
  ];
}

test('tools, kinds, lengths, findings, duplicates and dialects are counted', async () => {
  const folder = newFolder();
  const stats = await statsOf([writeLines(folder, 'a.jsonl', rows())]);
  expect(stats).toMatchObject({
    records: 6,
    samples: 6,
    unreadable: 1,
    kinds: { 'single call': 3, 'parallel calls': 1, text: 2 },
    multiTurn: 1,
    tools: { names: 2, neverCalled: 1, calls: 5, unknown: 1 },
    argumentTypes: { string: 5, array: 1, integer: 1, null: 1 },
    duplicates: 1,
    contradictions: 0,
    families: 4,
    // A null under an object is wrong, too.
    wrongSamples: 2,
  });
  expect(stats.files).toMatchObject([{ records: 6, samples: 6, unreadable: 1, dialects: { looptool: 3, 'openai-chat': 2 } }]);
  expect(stats.tools.top[0]).toEqual({ name: 'get_weather', offered: 4, called: 4 });
  expect(stats.quantiles.calls).toMatchObject({ count: 4, p50: 1, max: 2 });
  expect(stats.quantiles['user turns']).toMatchObject({ min: 1, p50: 1, max: 2 });
  const unknown = stats.findings.find(({ rule }) => rule === 'unknown-tool');
  expect(unknown).toMatchObject({ severity: 'error', count: 1, per1000: 166.67 });
});

test('contexts with different labels are told from duplicates', async () => {
  const other = goodRow(0).replace('\\"city\\":\\"Port0\\"', '\\"city\\":\\"Port9\\"');
  const stats = await statsOf([writeLines(newFolder(), 'a.jsonl', [goodRow(0), other, other])]);
  expect(stats).toMatchObject({ samples: 3, duplicates: 1, contradictions: 1 });
});

test('token lengths are estimated, and what the paper would cut is counted', async () => {
  const long = goodRow(0).replace('Tell me', `Tell ${'x'.repeat(40_000)} me`);
  const stats = await statsOf([writeLines(newFolder(), 'a.jsonl', [long, goodRow(1)])]);
  expect(stats.long).toMatchObject({ promptLimit: 4096, prompts: 1, responseLimit: 1024, responses: 0 });
  const { max } = stats.quantiles['prompt tokens'];
  expect(Math.abs(max / 10_150 - 1)).toBeLessThan(0.02);
});

test('people get tables, programs the standard input too, and threads count alike', async () => {
  const folder = newFolder();
  const path = writeLines(folder, 'a.jsonl', rows());
  const human = await runCli(['stats', path]);
  expect(human).toMatchObject({ code: 0, stderr: '' });
  expect(human.stdout).toContain('2 tools, 1 never called (50.0 %)');
  expect(human.stdout).toMatch(/error unknown-tool\s+1\s+166\.67/);
  expect(human.stdout).toContain('Tokens are estimated');
  const piped = await statsOf(['-'], { input: `${rows().join('\n')}\n` });
  expect({ ...piped, files: [] }).toEqual({ ...(await statsOf([path])), files: [] });
  const large = writeLines(folder, 'large.jsonl', Array.from({ length: 6000 }, (_, i) => goodRow(i % 5000).replace('Tell me', `Tell ${'x'.repeat(1400)} me`)));
  const one = await statsOf([large, '--threads', '1']);
  expect(one.duplicates).toBe(1000);
  expect(await statsOf([large, '--threads', '2'])).toEqual(one);
});

test('nothing at all is counted as nothing', async () => {
  const path = join(newFolder(), 'none.jsonl');
  writeFileSync(path, '');
  expect(await statsOf([path])).toMatchObject({ records: 0, samples: 0, kinds: {}, findings: [], tools: { names: 0 } });
  expect((await runCli(['stats', path])).code).toBe(0);
  expect((await runCli(['stats', `${path}x`])).code).toBe(2);
});
