import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { probeEntrySchema, probeOutcomes, type ProbeEntry } from '../../../src/core/rounds/journalEntries.ts';
import { stringifyJson } from '../../../src/core/json/stringify.ts';
import { AppendJournal, readJournal } from '../../../src/node/appendJournal.ts';
import { plainJson } from '../../../src/node/plainJson.ts';
import { briefProbe } from '../../../src/node/probeLines.ts';

let path: string;
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'looptool-probe-')), 'probe.jsonl');
});

/** Texts that look like parts of an entry, which must not be taken for them. */
const hostile = fc.constantFrom('"', '\\', '\\"', ',"ppl":1', '"type":"probe","sampleId":"x"', '{"v":1,"attempt":1', '\n', 'é\u2028😀', '}');
const text = fc.array(fc.oneof(hostile, fc.string()), { maxLength: 5 }).map((parts) => parts.join(''));
const entry: fc.Arbitrary<ProbeEntry> = fc.record(
  {
    v: fc.constant(1 as const),
    attempt: fc.nat(20),
    startedAt: fc.constant('2026-01-01T00:00:00.000Z'),
    elapsedMs: fc.nat(),
    reply: text,
    promptTokens: fc.nat(),
    completionTokens: fc.nat(),
    type: fc.constant('probe' as const),
    sampleId: fc.constantFrom('smp_1', 'smp_2'),
    labelHash: fc.constant('lbl_1'),
    requestKey: fc.constant('req_1'),
    outcome: fc.constantFrom(...probeOutcomes),
    prediction: fc.record({ kind: fc.constant('CALL' as const), calls: fc.constant([{ name: 'f', arguments: { a: [{ ppl: 1, type: 'probe' }] } }]), text, warnings: fc.array(text, { maxLength: 2 }) }),
    ppl: fc.option(fc.double({ min: 1, noNaN: true, noDefaultInfinity: true })),
    pplMissing: text,
    finishReason: text,
    error: text,
  },
  { requiredKeys: ['v', 'attempt', 'startedAt', 'elapsedMs', 'type', 'sampleId', 'labelHash', 'requestKey', 'outcome', 'ppl'] },
);
const lineOf = (value: object): string => stringifyJson(plainJson(value));
const plain = (value: ProbeEntry): unknown => JSON.parse(JSON.stringify({ ...value, reply: value.reply, prediction: value.prediction, comparison: value.comparison }));
const whole = (value: ProbeEntry): unknown => JSON.parse(JSON.stringify(value));

test('a brief reading says the same as a whole one, whatever the texts hold', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { maxLength: 4 }), async (entries) => {
      writeFileSync(path, entries.map((one) => `${lineOf(one)}\n`).join(''));
      const [brief, full] = [await readJournal(path, probeEntrySchema, briefProbe), await readJournal(path, probeEntrySchema)];
      expect(brief.entries.map(plain)).toEqual(full.entries.map(plain));
      expect(brief.entries.map(whole)).toEqual(full.entries.map(whole));
      expect({ ...brief, entries: [] }).toEqual({ ...full, entries: [] });
    }),
    { numRuns: 200 },
  );
});

const good = (sampleId: string): string =>
  lineOf({ v: 1, attempt: 1, startedAt: '2026-01-01T00:00:00.000Z', elapsedMs: 5, reply: 'well "said"', promptTokens: 3, completionTokens: 4, type: 'probe', sampleId, labelHash: 'lbl_1', requestKey: 'req_1', outcome: 'MATCH', ppl: 1.5, finishReason: 'stop' });

test('our own lines are read without being parsed', () => {
  expect(briefProbe(Buffer.from(good('smp_1')), { path, end: 0 })).toMatchObject({ sampleId: 'smp_1', outcome: 'MATCH', ppl: 1.5, attempt: 1, promptTokens: 3, completionTokens: 4, finishReason: 'stop' });
});

test('a line that is cut anywhere, or that another one ran into, is not an entry', async () => {
  const line = good('smp_1');
  for (let at = 1; at < line.length; at++) {
    expect(briefProbe(Buffer.from(line.slice(0, at)), { path, end: at + 1 })).toBeUndefined();
    writeFileSync(path, `${line.slice(0, at)}${good('smp_2')}\n`);
    const { entries, warnings } = await readJournal(path, probeEntrySchema, briefProbe);
    expect([entries.length, warnings.length]).toEqual([0, 1]);
  }
});

test('a copy of a brief entry is written with everything that the entry has', async () => {
  writeFileSync(path, `${good('smp_1')}\n`);
  const { journal, reading } = await AppendJournal.open(path, probeEntrySchema, briefProbe);
  const [first] = reading.entries;
  await journal.append({ ...first, attempt: 2 });
  await journal.close();
  expect(readFileSync(path, 'utf8')).toBe(`${good('smp_1')}\n${good('smp_1').replace('"attempt":1', '"attempt":2')}\n`);
});

test('a torn last line is left out', async () => {
  writeFileSync(path, `${good('smp_1')}\n${good('smp_2').slice(0, 40)}`);
  expect(await readJournal(path, probeEntrySchema, briefProbe)).toMatchObject({ endsTorn: true, wholeBytes: good('smp_1').length + 1 });
});
