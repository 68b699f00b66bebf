import { expect, test } from 'vitest';
import { DatasetRules } from '../../../src/app/datasets/datasetRules.ts';
import { FactPacker } from '../../../src/app/datasets/factPack.ts';
import type { CheckSetup } from '../../../src/app/datasets/fileChecker.ts';
import { samplePlaceNumbers } from '../../../src/app/datasets/samplePlaces.ts';
import { recommendedSettings } from '../../../src/core/rules/settings.ts';

const setup: CheckSetup = { file: 'data.jsonl', dialect: 'looptool', fixedDialect: false, steps: 'all', companions: [], settings: recommendedSettings, suppressions: [], fix: false, named: true };

/** Four units of the sample's id, four of its label's hash, and the label's kind. */
function identity(sample: number): string {
  return `${sample.toString(36).padStart(4, '0')}sameo`;
}

/** So many samples that have nothing to do with each other. */
function filled(samples: number): DatasetRules {
  const rules = new DatasetRules(recommendedSettings, []);
  const facts = new FactPacker();
  const rows = new Float64Array(samplePlaceNumbers * samples);
  for (let sample = 0; sample < samples; sample += 1) {
    facts.push('identity', sample, identity(sample));
    rows[samplePlaceNumbers * sample] = sample;
  }
  rules.add(setup, rows, facts.packed());
  return rules;
}

test('looking through many samples that give no finding can be stopped', async () => {
  const rules = filled(30_000);
  const stop = new AbortController();
  const concluded = rules.conclude(stop.signal, () => undefined);
  setImmediate(() => stop.abort());
  await expect(concluded).rejects.toMatchObject({ name: 'AbortError' });
  rules.close();
});

test('samples with one id are found over batches, and each finding goes to its file', async () => {
  const rules = filled(3);
  const facts = new FactPacker();
  facts.push('identity', 0, identity(1));
  rules.add(setup, Float64Array.of(7, 7, 0, 0, 0, 0), facts.packed());
  const found: unknown[] = [];
  await rules.conclude(new AbortController().signal, (file) => ({ isFull: false, addFinding: ({ rule, line, message }) => found.push([file, rule, line, message]), count: () => undefined }));
  rules.close();
  expect(found).toEqual([['data.jsonl', 'duplicate-sample', 7, 'the same sample stands in the data before (line 1)']]);
});
