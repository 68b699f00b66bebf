import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parquetWriteFile } from 'hyparquet-writer';
import { shownRecordSchema } from '../../src/protocol/checkedFiles.ts';
import { runCli, temporaryFolder } from './support/cli.ts';

const cleanUps: (() => void)[] = [];
afterAll(() => cleanUps.forEach((work) => work()));
const folder = temporaryFolder((work) => cleanUps.push(work));

test('a record of JSON Lines, of a list and of Parquet is shown as JSON over several lines, its numbers as they are', async () => {
  writeFileSync(join(folder, 'a.jsonl'), '{"n": 1}\n\n{"n": 5.0, "id": 12345678901234567890}\n');
  writeFileSync(join(folder, 'b.json'), '[{"n": 1}, {"n": [true, {}]}]');
  parquetWriteFile({ filename: join(folder, 'c.parquet'), columnData: [{ name: 'text', data: ['one', 'two'], type: 'STRING' }] });
  expect(await runCli(['show', join(folder, 'a.jsonl'), '--record', '2'])).toMatchObject({ code: 0, stdout: '{\n  "n": 5.0,\n  "id": 12345678901234567890\n}\n' });
  expect((await runCli(['show', join(folder, 'b.json'), '--record', '2'])).stdout).toBe('{\n  "n": [\n    true,\n    {}\n  ]\n}\n');
  const { stdout } = await runCli(['show', join(folder, 'c.parquet'), '--record', '2', '--json']);
  const event = JSON.parse(stdout) as { readonly data: unknown };
  expect(shownRecordSchema.parse(event.data)).toEqual({ path: join(folder, 'c.parquet'), record: 2, container: 'parquet', text: '{\n  "text": "two"\n}' });
});

test('a record that is no JSON is shown as it stands', async () => {
  writeFileSync(join(folder, 'broken.jsonl'), '{"n": 1}\n{"n": \n');
  expect((await runCli(['show', join(folder, 'broken.jsonl'), '--record', '2'])).stdout).toContain('{"n":');
});

test('a record that is not there, a file that is not there, and a number that is none are told of', async () => {
  writeFileSync(join(folder, 'short.jsonl'), '{"n": 1}\n');
  expect(await runCli(['show', join(folder, 'short.jsonl'), '--record', '2'])).toMatchObject({ code: 2, stderr: expect.stringContaining('has 1 records, so there is no record 2') as string });
  expect((await runCli(['show', join(folder, 'none.jsonl'), '--record', '1'])).code).toBe(2);
  expect((await runCli(['show', join(folder, 'short.jsonl'), '--record', '0'])).code).toBe(2);
  expect((await runCli(['show', join(folder, 'short.jsonl')])).code).toBe(2);
});
