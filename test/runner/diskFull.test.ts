import { build } from 'esbuild';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import * as z from 'zod';
import { AppendJournal, readJournal } from '../../src/node/appendJournal.ts';

const folder = mkdtempSync(join(tmpdir(), 'looptool-full-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const schema = z.object({ n: z.number().int(), text: z.string() });
const root = join(import.meta.dirname, '../..');

/** Appends entries from `first` on until one is refused; prints how many were promised, and the refusal. */
const writer = `
import { z } from 'zod';
import { AppendJournal } from './src/node/appendJournal.ts';
const [path, first] = [process.argv[2], Number(process.argv[3])];
const { journal } = await AppendJournal.open(path, z.object({ n: z.number(), text: z.string() }));
let promised = 0;
let refusal;
const all = [];
for (let n = first; n < first + 2000; n++) all.push(journal.append({ n, text: 'x'.repeat(100) }).then(() => (promised += 1), (error) => (refusal ??= { code: error.code, message: error.userMessage })));
await Promise.all(all);
await journal.close().catch(() => undefined);
console.log(JSON.stringify({ promised, refusal }));
`;
const resultSchema = z.object({ promised: z.number(), refusal: z.object({ code: z.string(), message: z.string() }).optional() });

const canLimit = process.platform !== 'win32' && spawnSync('bash', ['-c', 'ulimit -f 64']).status === 0;

test.skipIf(!canLimit)('a full disk stops the stage in words, and every entry that was promised is there for the next run', async () => {
  const script = join(folder, 'writer.mjs');
  await build({ stdin: { contents: writer, resolveDir: root, loader: 'ts' }, outfile: script, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' });
  const path = join(folder, 'probe.jsonl');
  // 64 blocks of 1,024 bytes: about a fourth of what is to be written.
  const first = resultSchema.parse(JSON.parse(execFileSync('bash', ['-c', 'ulimit -f 64; exec "$@"', 'bash', process.execPath, script, path, '0'], { encoding: 'utf8' })));
  expect(first.refusal).toMatchObject({ code: 'write-failed', message: expect.stringMatching(/could not be written.*Free space and run the command again/) as string });
  expect(first.promised).toBeGreaterThan(0);
  const { entries, warnings } = await readJournal(path, schema);
  expect(entries.slice(0, first.promised).map(({ n }) => n)).toEqual(Array.from({ length: first.promised }, (_, n) => n));
  expect(warnings).toEqual([]);
  const again = resultSchema.parse(JSON.parse(execFileSync(process.execPath, [script, path, String(entries.length)], { encoding: 'utf8' })));
  expect(again).toEqual({ promised: 2000 });
  const whole = await readJournal(path, schema);
  expect(whole.entries.map(({ n }) => n)).toEqual(Array.from({ length: entries.length + 2000 }, (_, n) => n));
  expect([whole.warnings, whole.endsTorn]).toEqual([[], false]);
});

test('a place that cannot be written is refused when the journal is opened, before anything is sent', async () => {
  // A file where a folder should be cannot be written into by anybody, the superuser too.
  const path = join(import.meta.filename, 'probe.jsonl');
  await expect(AppendJournal.open(path, schema)).rejects.toMatchObject({ code: 'journal-unreadable', userMessage: expect.stringContaining('Check permissions and free space') as string });
});

test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)('a read-only folder is left as it is', async () => {
  const closed = join(folder, 'closed');
  mkdirSync(closed);
  chmodSync(closed, 0o555);
  await expect(AppendJournal.open(join(closed, 'probe.jsonl'), schema)).rejects.toMatchObject({ code: 'journal-unreadable' });
  expect(existsSync(join(closed, 'probe.jsonl'))).toBe(false);
  chmodSync(closed, 0o755);
});
