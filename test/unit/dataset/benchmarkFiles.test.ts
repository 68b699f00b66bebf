import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDatasetFile } from '../../../src/node/datasetFiles.ts';
import { sharedData } from '../../builders/sharedData.ts';

/** Folder or file, dialect of all files below it, and over all of them: files, records, samples with every step, invalid labels. */
const expected = [
  ['bfcl', 'bfcl', 13, 1639, 1639, 0, /BFCL_v4_(?!multi_turn)/],
  ['bfcl', 'bfcl-multi-turn', 1, 100, 100, 0, /BFCL_v4_multi_turn/],
  ['bfcl/possible_answer', 'companion', 11, 1351, 0, 0],
  ['bfcl/multi_turn_func_doc', 'companion', 12, 162, 0, 0],
  ['acebench/data_en', 'acebench', 16, 462, 462, 0],
  ['acebench/data_zh', 'acebench', 6, 175, 175, 0],
  ['acebench/data_en/possible_answer', 'companion', 16, 462, 0, 0],
  ['acebench/data_zh/possible_answer', 'companion', 6, 175, 0, 0],
  // One dialogue of the first folder is an empty file.
  ['api-bank/lv1-lv2-samples/level-1-given-desc', 'api-bank', 118, 118, 777, 0],
  ['api-bank/lv1-lv2-samples/level-2-toolsearcher', 'api-bank', 27, 27, 176, 0],
  ['api-bank', 'companion', 1, 53, 0, 0],
  ['seal-tools', 'seal-tools', 4, 490, 490, 0, /^(?!tool\.jsonl)/],
  ['seal-tools', 'companion', 1, 725, 0, 0, /^tool\.jsonl/],
  ['toolalpaca', 'toolalpaca', 2, 11, 119, 7],
  ['nestful', 'nestful', 3, 151, 151, 0, /-data/],
  ['nestful', 'companion', 3, 139, 0, 0, /-spec/],
  ['toolbench/instruction', 'toolbench', 3, 6, 6, 0],
  ['toolbench/answer/G1_answer', 'toolbench', 1, 1, 3, 0],
  ['toolbench/answer/G2_answer', 'toolbench', 3, 3, 11, 0],
  ['rotbench', 'rotbench', 2, 40, 40, 0],
  ['callnavi/Questions', 'callnavi', 6, 249, 249, 0],
  ['callnavi/APISchema', 'companion', 6, 421, 0, 0],
  ['tooltalk/easy', 'tooltalk', 14, 14, 43, 0],
  ['tooltalk/tooltalk', 'tooltalk', 25, 25, 209, 0],
  ['tau2-bench', 'tau2', 2, 82, 82, 0],
  ['tau-bench', 'tau-few-shot', 2, 35, 35, 0, /few_shot/],
  ['tau-bench', 'companion', 2, 30, 0, 0, /_tools/],
] as const;

describe.skipIf(sharedData === undefined)('benchmark files (skipped where ../shared/data is absent)', () => {
  it.each(expected)('of %s are all read as %s', async (folder, dialect, files, records, samples, invalid, names: RegExp = /\.jsonl?$/) => {
    const path = join(sharedData ?? '', folder);
    const found = { files: 0, records: 0, samples: 0, invalid: 0 };
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (!entry.isFile() || !names.test(entry.name)) continue;
      const { reading, text } = await readDatasetFile(join(path, entry.name), { path: entry.name, steps: 'all' });
      if (text.trim() === '') continue;
      expect([entry.name, reading.dialect, reading.problems]).toEqual([entry.name, dialect, []]);
      found.files += 1;
      found.records += reading.records;
      found.samples += reading.samples.length;
      for (const { sample, places } of reading.samples) {
        if (sample.label.kind === 'invalid') found.invalid += 1;
        if (sample.label.kind === 'calls') expect(places().calls).toHaveLength(sample.label.calls.length);
        expect(places().messages).toHaveLength(sample.messages.length);
      }
    }
    expect(found).toEqual({ files, records, samples, invalid });
  });
});
