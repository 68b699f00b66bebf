import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readDataset } from '../../src/core/dataset/dataset.ts';
import { weatherTool } from '../builders/datasetText.ts';
import { eventsOf, runCli, temporaryFolder } from './support/cli.ts';
import { goodRow, writeLines } from './support/datasets.ts';

const cleanUps: (() => void)[] = [];
const newFolder = () => temporaryFolder((work) => cleanUps.push(work));
afterAll(() => cleanUps.forEach((work) => work()));

const tools = [{ type: 'function', function: weatherTool }];
const call = (city: string) => ({ role: 'assistant', content: null, tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: `{"city": "${city}", "days": 5.0}` } }] });

/** A dialogue of two answers. */
function dialogue(city: string, more: object = {}): string {
  const messages = [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: `The weather in ${city}?` }, call(city), { role: 'tool', tool_call_id: 'call_1', content: '{"sky": "grey"}' }, { role: 'assistant', content: 'Grey.' }];
  return JSON.stringify({ ...more, messages, tools });
}

/** Who the samples of a file are, in their order. */
function identities(path: string): readonly string[] {
  return readDataset(readFileSync(path, 'utf8'), { file: path, steps: 'all' }).samples.map(({ sample }) => `${sample.id} ${sample.labelHash} ${sample.family}`);
}

async function convert(folder: string, args: readonly string[]) {
  return runCli(['convert', ...args], { cwd: folder });
}

test('to another dialect and back keeps every id, label hash, family and number literal, in order', async () => {
  const folder = newFolder();
  const a = writeLines(folder, 'a.jsonl', [dialogue('Oslo'), dialogue('Rome')]);
  const there = await convert(folder, ['a.jsonl', '--to', 'looptool', '-o', 'b.jsonl', '--strict']);
  expect(there).toMatchObject({ code: 0, stdout: '' });
  expect(there.stderr).toContain('b.jsonl: 4 rows of 4 samples of 2 records (openai-chat)');
  expect(readFileSync(join(folder, 'b.jsonl'), 'utf8')).toContain('5.0');
  expect(await convert(folder, ['b.jsonl', '--to', 'openai-chat', '-o', 'c.jsonl', '--strict'])).toMatchObject({ code: 0 });
  expect(identities(a)).toHaveLength(4);
  expect(identities(join(folder, 'b.jsonl'))).toEqual(identities(a));
  // Each row of one sample stays one: what is only its context is no sample.
  expect(identities(join(folder, 'c.jsonl'))).toEqual(identities(a));
});

test('a dialogue of several answers stays one row where the dialect can hold it', async () => {
  const folder = newFolder();
  const a = writeLines(folder, 'a.jsonl', [dialogue('Oslo'), dialogue('Rome')]);
  const made = await convert(folder, ['a.jsonl', '--to', 'openai-chat', '--steps', 'all', '-o', 'b.jsonl', '--strict']);
  expect(made.stderr).toContain('2 rows of 4 samples of 2 records');
  expect(made.stderr).toContain('Every sample reads back the same.');
  expect(identities(join(folder, 'b.jsonl'))).toEqual(identities(a));
});

test('labels that no row of the dialect says are kept beside it', async () => {
  const folder = newFolder();
  const label = { kind: 'noCall' };
  const row = JSON.stringify({ messages: [{ role: 'user', content: 'Sing.' }, { role: 'assistant', content: '' }], tools, looptool: { label } });
  const a = writeLines(folder, 'a.jsonl', [row]);
  expect((await convert(folder, ['a.jsonl', '--to', 'looptool', '-o', 'b.jsonl', '--strict'])).code).toBe(0);
  expect(identities(join(folder, 'b.jsonl'))).toEqual(identities(a));
  expect(readFileSync(join(folder, 'b.jsonl'), 'utf8')).toContain('"noCall"');
});

test('what the new rows do not hold is listed with counts, and --strict makes it an error', async () => {
  const folder = newFolder();
  const prose = goodRow(1).replace('<tool_call>', 'I look it up.\\n<tool_call>');
  writeLines(folder, 'a.jsonl', [dialogue('Oslo', { source: 'web' }), dialogue('Rome', { source: 'book' }), '{"messages": [']);
  writeLines(folder, 'b.jsonl', [prose]);
  const run = await convert(folder, ['a.jsonl', 'b.jsonl', '--to', 'looptool', '--steps', 'all', '--json', '-o', 'c.jsonl']);
  expect(run.code).toBe(0);
  const [event] = eventsOf(run.stdout);
  expect(event).toMatchObject({
    type: 'result',
    data: {
      records: 4,
      samples: 5,
      rows: 5,
      unreadable: { count: 1, first: [{ path: 'a.jsonl', line: 3, column: 15 }] },
      losses: [
        { kind: 'field', name: 'source', count: 2 },
        { kind: 'prose', count: 1 },
      ],
    },
  });
  const strict = await convert(folder, ['a.jsonl', '--to', 'looptool', '--strict', '-o', 'd.jsonl']);
  expect(strict.code).toBe(1);
  expect(strict.stderr).toContain('2 x the field "source" of a record');
  expect(strict.stderr).toMatch(/a\.jsonl:3:15 cannot be read/);
});

test('nothing to change copies the bytes, broken lines and blanks between records too', async () => {
  const folder = newFolder();
  const text = `\ufeff${goodRow(0)}\r\n\r\n  ${goodRow(1)}\n{"broken\n${goodRow(2)}`;
  writeFileSync(join(folder, 'a.jsonl'), text);
  const run = await convert(folder, ['a.jsonl', '--to', 'looptool', '-o', 'b.jsonl', '--strict']);
  expect(run.code).toBe(0);
  expect(run.stderr).toContain('copied as they are');
  expect(readFileSync(join(folder, 'b.jsonl'), 'utf8')).toBe(text);
  expect((await convert(folder, ['a.jsonl', '--to', 'looptool'])).stdout).toBe(text);
  // A record of another dialect is a change.
  writeFileSync(join(folder, 'mixed.jsonl'), `${text}\n${dialogue('Oslo')}\n`);
  expect((await convert(folder, ['mixed.jsonl', '--to', 'looptool', '-o', 'd.jsonl'])).stderr).toContain('5 rows of 5 samples of 5 records');
});

test('a record of the dialect stays as it is when only its container changes', async () => {
  const folder = newFolder();
  const own = goodRow(0).replace(/\}$/, ', "mine": {"kept": 1.50}}');
  writeLines(folder, 'a.jsonl', [own, goodRow(1)]);
  expect((await convert(folder, ['a.jsonl', '--to', 'looptool', '-o', 'b.json'])).code).toBe(0);
  expect(readFileSync(join(folder, 'b.json'), 'utf8')).toBe(`[\n${own},\n${goodRow(1)}\n]\n`);
  expect((await convert(folder, ['b.json', '--to', 'looptool', '--container', 'jsonl'])).stdout).toBe(readFileSync(join(folder, 'a.jsonl'), 'utf8'));
  writeFileSync(join(folder, 'none.jsonl'), '');
  expect((await convert(folder, ['none.jsonl', '--to', 'looptool', '--container', 'array'])).stdout).toBe('[]\n');
});

test('Parquet and back keeps every sample; tools and what LoopTool adds are JSON text there', async () => {
  const folder = newFolder();
  const noCall = JSON.stringify({ messages: [{ role: 'user', content: 'Sing.' }, { role: 'assistant', content: '' }], tools, looptool: { label: { kind: 'noCall' } } });
  const a = writeLines(folder, 'a.jsonl', [dialogue('Oslo'), noCall, dialogue('Rome')]);
  const there = await convert(folder, ['a.jsonl', '--to', 'openai-chat', '-o', 'b.parquet', '--strict']);
  expect(there.code).toBe(0);
  expect(there.stderr).toMatch(/JSON text.*: tools, looptool|JSON text.*: looptool, tools/);
  expect((await convert(folder, ['b.parquet', '--to', 'openai-chat', '-o', 'c.jsonl', '--strict'])).code).toBe(0);
  expect(identities(join(folder, 'c.jsonl'))).toEqual(identities(a));
  expect(readdirSync(folder).sort()).toEqual(['a.jsonl', 'b.parquet', 'c.jsonl']);
  expect((await convert(folder, ['a.jsonl', '--to', 'openai-chat', '--container', 'parquet'])).code).toBe(2);
});

test('a file that is there is not touched without --force, the input least of all', async () => {
  const folder = newFolder();
  const a = writeLines(folder, 'a.jsonl', [goodRow(0)]);
  const before = readFileSync(a, 'utf8');
  const refused = await convert(folder, ['a.jsonl', '--to', 'openai-chat', '-o', 'a.jsonl']);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('--force');
  expect(readFileSync(a, 'utf8')).toBe(before);
  expect((await convert(folder, ['a.jsonl', '--to', 'openai-chat', '-o', 'a.jsonl', '--force'])).code).toBe(0);
  expect(readFileSync(a, 'utf8')).toContain('"messages"');
  expect(readdirSync(folder)).toEqual(['a.jsonl']);
});

test('the standard input is converted to the standard output', async () => {
  const run = await runCli(['convert', '-', '--to', 'openai-chat'], { input: `${goodRow(0)}\n${goodRow(1)}\n` });
  expect(run.code).toBe(0);
  expect(run.stdout.trim().split('\n').map((line) => Object.keys(JSON.parse(line) as object))).toEqual([['messages', 'tools'], ['messages', 'tools']]);
  expect((await runCli(['convert', '-', '--to', 'openai-chat', '--json'], { input: '' })).code).toBe(2);
});

test('dialects that are not there, or not written, are refused with those that are', async () => {
  const folder = newFolder();
  writeLines(folder, 'a.jsonl', [goodRow(0)]);
  for (const to of ['nonsense', 'bfcl']) {
    const run = await convert(folder, ['a.jsonl', '--to', to]);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('openai-chat');
  }
  expect((await convert(folder, ['a.jsonl', '--to', 'looptool', '--from', 'nonsense'])).code).toBe(2);
  expect((await convert(folder, ['missing.jsonl', '--to', 'looptool'])).code).toBe(2);
  expect((await convert(folder, ['a.jsonl'])).code).toBe(2);
});

test('several threads write the rows of one', async () => {
  const folder = newFolder();
  writeLines(folder, 'a.jsonl', Array.from({ length: 6000 }, (_, i) => goodRow(i).replace('Tell me', `Tell ${'x'.repeat(1400)} me`)));
  for (const threads of ['1', '2']) expect((await convert(folder, ['a.jsonl', '--to', 'openai-chat', '--threads', threads, '-o', `${threads}.jsonl`])).code).toBe(0);
  const [one, two] = ['1.jsonl', '2.jsonl'].map((name) => readFileSync(join(folder, name), 'utf8'));
  expect(one?.split('\n')).toHaveLength(6001);
  expect(two === one).toBe(true);
});
