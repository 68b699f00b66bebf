import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openaiRow, weatherTool } from '../builders/datasetText.ts';
import { eventsOf, runCli, temporaryFolder, type CliOptions } from './support/cli.ts';
import { clock, goodRow, writeLines } from './support/datasets.ts';

const cleanUps: (() => void)[] = [];
const newFolder = () => temporaryFolder((work) => cleanUps.push(work));
afterAll(() => cleanUps.forEach((work) => work()));

async function diffJson(args: readonly string[], options?: CliOptions): Promise<{ readonly code: number | null; readonly data: unknown }> {
  const { code, stdout } = await runCli(['diff', ...args, '--json'], options);
  const [event] = eventsOf(stdout);
  return { code, data: event?.type === 'result' ? event.data : event };
}

const nothing = { count: 0, first: [] };

test('order, layout and dialect make no difference', async () => {
  const folder = newFolder();
  const old = writeLines(folder, 'old.jsonl', [0, 1, 2, 3].map(goodRow));
  const moved = writeLines(folder, 'moved.jsonl', [3, 0, 1, 2].map(goodRow), '\r\n');
  const found = await diffJson([old, moved]);
  expect(found).toMatchObject({ code: 0, data: { different: false, same: 4, moved: 1, added: nothing, removed: nothing } });
  const human = await runCli(['diff', old, moved]);
  expect(human).toMatchObject({ code: 0 });
  expect(human.stdout).toContain('No difference: 4 samples are the same, 1 of them in another place');
  for (const name of ['new.json', 'new.parquet']) {
    const path = join(folder, name);
    expect((await runCli(['convert', old, '--to', 'openai-chat', '-o', path])).code).toBe(0);
    expect(await diffJson([old, path])).toMatchObject({ code: 0, data: { same: 4, moved: 0, after: { dialects: ['openai-chat'] } } });
  }
});

test('a label that changed is explained, and what is added, removed or copied is listed with its place', async () => {
  const folder = newFolder();
  const old = writeLines(folder, 'old.jsonl', [0, 1, 2, 3].map(goodRow));
  const relabelled = goodRow(1).replace('\\"city\\":\\"Port1\\"', '\\"city\\":\\"Bergen\\",\\"days\\":2');
  const fresh = writeLines(folder, 'new.jsonl', [goodRow(0), relabelled, goodRow(3), goodRow(3), goodRow(7)]);
  const { code, data } = await diffJson([old, fresh]);
  expect(code).toBe(1);
  expect(data).toMatchObject({
    different: true,
    same: 2,
    moved: 0,
    labelChanged: {
      count: 1,
      kinds: { value: 1, 'extra-argument': 1 },
      first: [{ before: { path: old, line: 2, record: 2 }, after: { path: fresh, line: 2 }, changes: [{ kind: 'value', message: 'city: "Port1" → "Bergen"' }, { kind: 'extra-argument', message: 'days: absent → 2' }] }],
    },
    contextChanged: { count: 0 },
    removed: { count: 1, first: [{ path: old, line: 3 }] },
    added: { count: 1, first: [{ path: fresh, line: 5 }] },
    copiesAdded: { count: 1, first: [{ path: fresh, line: 4 }] },
    copiesRemoved: nothing,
  });
  const back = await diffJson([fresh, old]);
  expect(back).toMatchObject({ code: 1, data: { copiesRemoved: { count: 1, first: [{ line: 4 }] }, copiesAdded: nothing, added: { count: 1 }, removed: { count: 1 } } });
  const human = await runCli(['diff', old, fresh]);
  expect(human.code).toBe(1);
  expect(human.stdout).toContain('1 labels changed: value 1, extra-argument 1');
  expect(human.stdout).toContain('city: "Port1" → "Bergen"');
});

test('another kind of label and another tool are named', async () => {
  const folder = newFolder();
  const row = (calls: Parameters<typeof openaiRow>[1]): string => openaiRow([weatherTool, clock], calls, 'How is it?');
  const text = JSON.stringify({ ...(JSON.parse(row([])) as object), messages: [{ role: 'user', content: 'How is it?' }, { role: 'assistant', content: 'Where?' }] });
  const old = writeLines(folder, 'a.jsonl', [row([{ name: 'get_weather', arguments: { city: 'Oslo' } }])]);
  expect(await diffJson([old, writeLines(folder, 'b.jsonl', [text])])).toMatchObject({ data: { labelChanged: { first: [{ changes: [{ kind: 'kind', message: 'call of get_weather → "Where?"' }] }] } } });
  expect(await diffJson([old, writeLines(folder, 'c.jsonl', [row([{ name: 'get_time', arguments: {} }])])])).toMatchObject({ data: { labelChanged: { first: [{ changes: [{ kind: 'name', message: '"get_weather" → "get_time"' }] }] } } });
});

test('a changed context is one sample that changed, not one removed and one added', async () => {
  const folder = newFolder();
  const calls = [{ name: 'get_weather', arguments: { city: 'Oslo' } }];
  const old = writeLines(folder, 'a.jsonl', [openaiRow([weatherTool], calls, 'Oslo?'), openaiRow([weatherTool], calls, 'And now?')]);
  const fresh = writeLines(folder, 'b.jsonl', [openaiRow([weatherTool, clock], calls, 'Oslo?'), openaiRow([{ ...weatherTool, description: 'Other' }], calls, 'And now?')]);
  expect(await diffJson([old, fresh])).toMatchObject({
    code: 1,
    data: {
      contextChanged: { count: 2, kinds: { tools: 2 }, first: [{ changes: [{ kind: 'tools', message: 'tools with get_time' }] }, { changes: [{ kind: 'tools', message: 'tools changed get_weather' }] }] },
      added: nothing,
      removed: nothing,
      labelChanged: { count: 0 },
    },
  });
});

test('records that cannot be read are left out and said, and the standard input is one side', async () => {
  const folder = newFolder();
  const old = writeLines(folder, 'a.jsonl', [goodRow(0), '{"broken', goodRow(1)]);
  const other = goodRow(1).replace('\\"city\\":\\"Port1\\"', '\\"city\\":\\"Bergen\\"');
  const { code, data } = await diffJson([old, '-'], { input: `${goodRow(0)}\n${other}\n` });
  expect(code).toBe(1);
  expect(data).toMatchObject({ before: { unreadable: 1, records: 3, samples: 2 }, labelChanged: { count: 1, kinds: {}, first: [{ after: { path: '<stdin>', line: 2 }, changes: [] }] } });
  expect((await runCli(['diff', '-', '-'], { input: '' })).code).toBe(2);
  expect((await runCli(['diff', old, `${old}x`])).code).toBe(2);
});

test('threads find the same, and --limit lists so many while all are counted', async () => {
  const folder = newFolder();
  const row = (i: number): string => goodRow(i).replace('Tell me', `Tell ${'x'.repeat(1400)} me`);
  const old = writeLines(folder, 'a.jsonl', Array.from({ length: 6000 }, (_, i) => row(i)));
  const fresh = writeLines(folder, 'b.jsonl', Array.from({ length: 6000 }, (_, i) => (i % 100 === 7 ? row(i).replace(`\\"city\\":\\"Port${i}\\"`, '\\"city\\":\\"Bergen\\"') : row(i))));
  expect(readFileSync(old).length).toBeGreaterThan(8_000_000);
  const one = await diffJson([old, fresh, '--threads', '1', '--limit', '3']);
  expect(one).toMatchObject({ code: 1, data: { same: 5940, moved: 0, labelChanged: { count: 60, kinds: { value: 60 } } } });
  expect((one.data as { readonly labelChanged: { readonly first: readonly unknown[] } }).labelChanged.first).toHaveLength(3);
  expect(await diffJson([old, fresh, '--threads', '2', '--limit', '3'])).toEqual(one);
});
