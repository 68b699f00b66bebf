import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectConfigSchema } from '../../../src/core/config/projectConfig.ts';
import { readDataset } from '../../../src/core/dataset/dataset.ts';
import { labelHash } from '../../../src/core/dataset/identity.ts';
import { parseTruth } from '../../../src/core/dataset/truth.ts';
import { checkCalls } from '../../../src/core/schema/checkCalls.ts';
import { compileTextKinds, classifyText } from '../../../src/core/toolcall/textKinds.ts';
import { sampleDataFiles, sampleProjectFiles } from '../../../src/demo/sampleProject.ts';

const folder = join(import.meta.dirname, '../../../media/sample');
const files = sampleProjectFiles();
const read = (path: string): ReturnType<typeof readDataset> => readDataset(files.get(path) ?? '', { file: path, steps: 'last' });

describe('the sample project', () => {
  it('is, byte for byte, what its generator makes', () => {
    for (const [path, text] of files) expect(readFileSync(join(folder, path), 'utf8') === text, `${path}: run node scripts/makeSample.mjs`).toBe(true);
  });

  it('is other data under another seed', () => {
    expect(sampleDataFiles('smoke', 2).get('data/smoke-train.jsonl')).not.toBe(files.get('data/smoke-train.jsonl'));
  });

  it.each(['looptool.json', 'looptool.smoke.json'])('has settings in %s that are valid and name files that exist', (name) => {
    const config = projectConfigSchema.parse(JSON.parse(files.get(name) ?? ''));
    for (const { path } of [...config.datasets.seed, ...config.datasets.heldOut]) expect(files.has(path), path).toBe(true);
    expect(files.has(config.datasets.truth ?? '')).toBe(true);
    expect(config.datasets.roundSize ?? 0).toBeLessThan(read(config.datasets.seed[0]?.path ?? '').samples.length);
  });

  it('reads back without a problem, every sample under the id that the truth names', () => {
    const reading = read('data/train.jsonl');
    const truth = parseTruth(files.get('data/truth.jsonl') ?? '');
    expect(reading.dialect).toBe('openai-chat');
    expect(reading.problems).toEqual([]);
    expect(truth.size).toBe(reading.samples.length);
    let wrong = 0;
    for (const { sample } of reading.samples) {
      const row = truth.get(sample.id);
      expect(row).toBeDefined();
      expect(row && labelHash(row.label) === sample.labelHash).toBe(row?.planted === undefined);
      wrong += Number(row?.planted !== undefined);
    }
    expect(wrong / truth.size).toBeGreaterThan(0.1);
    expect(wrong / truth.size).toBeLessThan(0.18);
  });

  it('has right labels that satisfy their tools’ schemas, and text answers that its text kinds know', () => {
    const kinds = compileTextKinds(projectConfigSchema.parse(JSON.parse(files.get('looptool.json') ?? '')).textKinds);
    for (const path of ['data/heldout-values.jsonl', 'data/heldout-templates.jsonl']) {
      for (const { sample } of read(path).samples) {
        if (sample.label.kind === 'calls') expect(checkCalls(sample.label.calls, sample.tools).map((call) => call)).toEqual([]);
        else expect(sample.label.kind === 'text' && classifyText(sample.label.text, kinds)).toBeTruthy();
      }
    }
  });
});
