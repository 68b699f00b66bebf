import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { canonicalFold } from '../../src/core/rounds/fold.ts';
import { probeEntrySchema, repeatEntrySchema } from '../../src/core/rounds/journalEntries.ts';
import { roundManifestSchema } from '../../src/core/rounds/manifest.ts';
import { readJournal } from '../../src/node/appendJournal.ts';
import { runCli, temporaryFolder } from './support/cli.ts';

const cleanUps: (() => void)[] = [];
afterAll(() => cleanUps.forEach((work) => work()));

/** The small sample project, not trained, with few samples. */
async function probed(): Promise<string> {
  const folder = temporaryFolder((work) => cleanUps.push(work));
  expect((await runCli(['init', '--sample', '--smoke', '--project', folder])).code).toBe(0);
  const file = join(folder, 'looptool.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as { datasets: object; probe: object };
  const probe = { ...config.probe, again: 6, repeats: { n: 2, samples: 8 } };
  writeFileSync(file, JSON.stringify({ ...config, datasets: { ...config.datasets, heldOut: [], roundSize: 16 }, trainer: { kind: 'none' }, probe }));
  const run = await runCli(['probe', '--project', folder]);
  expect([run.stderr, run.code]).toEqual(['', 0]);
  return folder;
}

const round = (folder: string, name: string): string => join(folder, '.looptool/rounds/0001', name);
const probes = async (folder: string) => (await readJournal(round(folder, 'probe.jsonl'), probeEntrySchema)).entries;
const repeats = async (folder: string) => (await readJournal(round(folder, 'repeat.jsonl'), repeatEntrySchema)).entries;

test('the embedded engine answers alike when it is asked again, gives all perplexities, and repeats are the same in every run', async () => {
  const first = await probed();
  const { counts, notes } = roundManifestSchema.parse(JSON.parse(readFileSync(round(first, 'round.json'), 'utf8'))).stages.probe;
  expect(counts).toMatchObject({ samples: 16, pplMissing: 0, 'again.samples': 6, 'again.flips': 0, 'again.changed': 0, 'repeats.samples': 8, 'repeats.answers': 16 });
  expect(notes).toContain('The second greedy pass over 6 samples gave the same answers.');
  const entries = await probes(first);
  expect(entries.every(({ ppl, pplAnswer }) => ppl !== null && ppl >= 1 && pplAnswer === ppl)).toBe(true);
  const calling = entries.filter(({ prediction }) => prediction?.kind === 'CALL');
  expect(calling.length).toBeGreaterThan(0);
  expect(calling.every(({ pplCall, pplCovers }) => pplCall !== undefined && pplCall >= 1 && pplCovers === 'all')).toBe(true);
  expect(entries.filter(({ prediction }) => prediction?.kind !== 'CALL').every(({ pplCall }) => pplCall === undefined)).toBe(true);

  const second = await probed();
  expect(canonicalFold(await repeats(second))).toBe(canonicalFold(await repeats(first)));
  expect((await repeats(first)).filter(({ pass }) => pass === 'sampled').length).toBe(16);
}, 240_000);
