import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import type { ZodType } from 'zod';
import { stringifyJson } from '../../../src/core/json/stringify.ts';
import { evaluateEntrySchema, expandEntrySchema, verifyEntrySchema } from '../../../src/core/rounds/journalEntries.ts';
import { AppendJournal, readJournal } from '../../../src/node/appendJournal.ts';
import { briefEntry } from '../../../src/node/briefEntries.ts';
import { plainJson } from '../../../src/node/plainJson.ts';

let path: string;
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'looptool-brief-')), 'entries.jsonl');
});

/** Texts that look like parts of an entry, which must not be taken for them. */
const hostile = fc.constantFrom('"', '\\', '\\"', ',"reply":"x"', ',"sample":{', '{"v":1,"attempt":1', '"type":"vote"', '\n', 'é\u2028😀', '}}', '5.0');
const text = fc.array(fc.oneof(hostile, fc.string()), { maxLength: 5 }).map((parts) => parts.join(''));
const base = { v: fc.constant(1 as const), attempt: fc.nat(20), startedAt: fc.constant('2026-01-01T00:00:00.000Z'), elapsedMs: fc.nat(), reply: text, promptTokens: fc.nat(), completionTokens: fc.nat() };
const names = { sampleId: fc.constantFrom('smp_1', 'smp_2'), labelHash: fc.constant('lbl_1'), requestKey: fc.constant('req_1') };
const votes = fc.record({ ...base, type: fc.constant('vote'), ...names, judge: text, simulated: fc.boolean(), promptVersion: fc.constant('judge-2'), order: fc.constantFrom('LP', 'PL'), verdict: fc.constantFrom('PRED_WRONG', 'UNPARSED'), analysis: text, approach: text }, { requiredKeys: ['v', 'attempt', 'startedAt', 'elapsedMs', 'type', 'sampleId', 'labelHash', 'requestKey', 'judge', 'simulated', 'promptVersion', 'order', 'verdict', 'analysis', 'approach'] });
const sample = text.map((content) => ({ id: 'smp_9', labelHash: 'lbl_9', family: 'fam_9', tools: [{ name: 'f', description: content }], messages: [{ role: 'user', content }], label: { kind: 'calls', calls: [{ name: 'f', arguments: { sample: { reply: content }, n: 1 } }] } }));
const generations = fc.record({ ...base, type: fc.constant('generation'), ...names, k: fc.nat(3), variation: text, generator: text, simulated: fc.boolean(), promptVersion: text, status: fc.constant('candidate'), reason: text, sample }, { requiredKeys: ['v', 'attempt', 'startedAt', 'elapsedMs', 'type', 'sampleId', 'labelHash', 'requestKey', 'k', 'variation', 'generator', 'simulated', 'promptVersion', 'status', 'reason'] });
const evaluations = fc.record({ ...base, type: fc.constant('evaluation'), ...names, set: text, phase: fc.constant('before'), outcome: fc.constant('MATCH'), prediction: fc.record({ kind: fc.constant('TEXT_ANSWER'), calls: fc.constant([]), text, warnings: fc.constant([]) }) }, { requiredKeys: ['v', 'attempt', 'startedAt', 'elapsedMs', 'type', 'sampleId', 'labelHash', 'requestKey', 'set', 'phase', 'outcome'] });

const lineOf = (value: object): string => `${stringifyJson(plainJson(value))}\n`;
/** With what is read on demand. */
const seen = (value: object): unknown => JSON.parse(JSON.stringify({ ...value, reply: 'reply' in value ? value.reply : undefined, sample: 'sample' in value ? value.sample : undefined }));

test.each([
  ['votes', votes, verifyEntrySchema],
  ['new samples', generations, expandEntrySchema],
  ['held-out answers', evaluations, evaluateEntrySchema],
] as readonly (readonly [string, fc.Arbitrary<object>, ZodType<object>])[])('a brief reading of %s says the same as a whole one, whatever the texts hold, and so does an entry that is written again', async (_name, entry, schema) => {
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { maxLength: 4 }), async (entries) => {
      writeFileSync(path, entries.map(lineOf).join(''));
      const [brief, full] = [await readJournal(path, schema, briefEntry(schema)), await readJournal(path, schema)];
      expect(brief.entries.map(seen)).toEqual(full.entries.map(seen));
      expect({ ...brief, entries: [] }).toEqual({ ...full, entries: [] });
      const again = `${path}.again`;
      writeFileSync(again, '');
      const { journal } = await AppendJournal.open(again, schema);
      await Promise.all((await readJournal(path, schema, briefEntry(schema))).entries.map((one) => journal.append({ ...one, attempt: 0 })));
      await journal.close();
      const { entries: rewritten } = await readJournal(again, schema);
      expect(rewritten.map(seen)).toEqual(full.entries.map((one) => seen({ ...one, attempt: 0 })));
    }),
    { numRuns: 60 },
  );
});

test('replies are not held, and are there when they are asked for', async () => {
  const vote = { v: 1, attempt: 1, startedAt: '2026-01-01T00:00:00.000Z', elapsedMs: 5, reply: 'well "said"', type: 'vote', sampleId: 's', labelHash: 'l', requestKey: 'r', judge: 'j', simulated: false, promptVersion: 'p', order: 'LP', verdict: 'PRED_WRONG', analysis: '', approach: '' };
  writeFileSync(path, lineOf(vote));
  const [entry] = (await readJournal(path, verifyEntrySchema, briefEntry(verifyEntrySchema))).entries;
  expect(Object.keys(entry ?? {})).not.toContain('reply');
  expect(entry?.reply).toBe('well "said"');
  // Gone from the file, it is not made up.
  const [other] = (await readJournal(path, verifyEntrySchema, briefEntry(verifyEntrySchema))).entries;
  writeFileSync(path, readFileSync(path, 'utf8').slice(0, 40));
  expect(() => other?.reply).toThrow(expect.objectContaining({ code: 'journal-unreadable' }) as Error);
});

test('a line that runs into another one is parsed whole, and told', async () => {
  const vote = (id: string) => lineOf({ v: 1, attempt: 1, startedAt: 'x', elapsedMs: 5, reply: 'r', type: 'vote', sampleId: id, labelHash: 'l', requestKey: 'r', judge: 'j', simulated: false, promptVersion: 'p', order: 'LP', verdict: 'PRED_WRONG', analysis: '', approach: '' });
  writeFileSync(path, `${vote('a').slice(0, 90)}${vote('b')}${vote('c')}`);
  const { entries, warnings } = await readJournal(path, verifyEntrySchema, briefEntry(verifyEntrySchema));
  expect(entries.map(({ sampleId }) => sampleId)).toEqual(['c']);
  expect(warnings).toHaveLength(1);
});
