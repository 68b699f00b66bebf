import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeEach, expect, test } from 'vitest';
import * as z from 'zod';
import { jsonValueSchema, JsonNumber } from '../../../src/core/json/value.ts';
import { AppendJournal, readJournal } from '../../../src/node/appendJournal.ts';
import { parseLine } from '../../../src/node/jsonLine.ts';

const folder = mkdtempSync(join(tmpdir(), 'looptool-journal-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const schema = z.object({ n: z.number().int(), value: jsonValueSchema.optional() });
let path = '';
let count = 0;
beforeEach(() => {
  path = join(folder, `${(count += 1)}.jsonl`);
});

test('what append has promised can be read, in order, by whoever opens the file', async () => {
  const { journal } = await AppendJournal.open(path, schema);
  await Promise.all(Array.from({ length: 200 }, (_, n) => journal.append({ n })));
  const { entries } = await readJournal(path, schema);
  expect(entries.map(({ n }) => n)).toEqual(Array.from({ length: 200 }, (_, n) => n));
  await journal.close();
});

test('a torn last line is cut off on open, and the next entry stands on a line of its own', async () => {
  writeFileSync(path, '{"n":1}\n{"n":2}\n{"n":3,"val');
  const { journal, reading } = await AppendJournal.open(path, schema);
  expect(reading.entries.map(({ n }) => n)).toEqual([1, 2]);
  expect(reading.warnings).toEqual([]);
  await journal.append({ n: 4 });
  await journal.close();
  expect(readFileSync(path, 'utf8')).toBe('{"n":1}\n{"n":2}\n{"n":4}\n');
});

test('a bad line inside is a warning with its number, and the lines around it count', async () => {
  writeFileSync(path, '{"n":1}\n{"n":\n{"n":"x"}\n{"n":2}\n');
  const { entries, warnings } = await readJournal(path, schema);
  expect(entries.map(({ n }) => n)).toEqual([1, 2]);
  expect(warnings).toHaveLength(2);
  expect(warnings[0]).toContain(':2:');
  expect(warnings[1]).toContain(':3:');
});

test('cut at any byte, a journal reads as the entries whose line break is left', async () => {
  const text = '{"n":1,"value":"ä\\n"}\n{"n":2}\n{"n":3,"value":[5.0,"π"]}\n';
  const bytes = Buffer.from(text);
  for (let length = 0; length <= bytes.length; length += 1) {
    writeFileSync(path, bytes.subarray(0, length));
    const whole = bytes.subarray(0, length).filter((byte) => byte === 10).length;
    const { journal, reading } = await AppendJournal.open(path, schema);
    expect(reading.entries).toHaveLength(whole);
    await journal.close();
    expect(readFileSync(path).length).toBe(reading.wholeBytes);
  }
});

test('a missing file is an empty journal, and reading does not make it', async () => {
  const { entries } = await readJournal(path, schema);
  expect(entries).toEqual([]);
  expect(() => readFileSync(path)).toThrow();
});

test('numbers survive exactly, undefined keys are left out', async () => {
  const { journal } = await AppendJournal.open(path, schema);
  await journal.append({ n: 1, value: { a: new JsonNumber('5.0'), b: new JsonNumber('12345678901234567890') }, gone: undefined });
  await journal.close();
  expect(readFileSync(path, 'utf8').replaceAll(' ', '')).toBe('{"n":1,"value":{"a":5.0,"b":12345678901234567890}}\n');
  const { entries } = await readJournal(path, schema);
  expect(entries[0]?.value).toEqual({ a: new JsonNumber('5.0'), b: new JsonNumber('12345678901234567890') });
});

test('lines longer than a chunk are read whole', async () => {
  const long = 'ü'.repeat(400_000);
  writeFileSync(path, `{"n":1,"value":"${long}"}\n{"n":2}\n`);
  const { entries } = await readJournal(path, schema);
  expect(entries.map(({ n }) => n)).toEqual([1, 2]);
  expect(entries[0]?.value).toBe(long);
});

test('the fast way of reading a line gives what the lossless way gives', () => {
  const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }).map(String), fc.bigInt().map(String), fc.constantFrom('5.0', '1e3', '-0', '0.10', '1.2345678901234567890', '9007199254740993'));
  fc.assert(
    fc.property(fc.array(number, { maxLength: 5 }), fc.string(), (numbers, text) => {
      const parsed = parseLine(`{"numbers":[${numbers.join(',')}],"text":${JSON.stringify(text)}}`);
      if (!parsed.ok) throw new Error(parsed.message);
      // The writer gives literals back exactly where they would not survive a number.
      const { numbers: read } = parsed.value as { numbers: (number | JsonNumber)[] };
      read.forEach((value, index) => expect(value instanceof JsonNumber ? value.raw : String(value)).toBe(numbers[index]));
    }),
  );
});
