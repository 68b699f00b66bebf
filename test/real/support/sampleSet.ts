import { join } from 'node:path';
import type { Sample } from '../../../src/core/dataset/sample.ts';
import { readDatasetFile } from '../../../src/node/datasetFiles.ts';

/** Samples of the sample project's own files, spread evenly over each; no sample twice. */
export async function projectSamples(mediaDirectory: string, perFile: number): Promise<readonly Sample[]> {
  const chosen = new Map<string, Sample>();
  for (const name of ['train', 'heldout-values', 'heldout-templates']) {
    const { reading } = await readDatasetFile(join(mediaDirectory, 'sample/data', `${name}.jsonl`), { path: name, dialect: 'openai-chat', steps: 'last' });
    const samples = reading.samples.map(({ sample }) => sample);
    const step = Math.max(1, Math.floor(samples.length / perFile));
    samples.filter((_, index) => index % step === 0).slice(0, perFile).forEach((sample) => chosen.set(sample.id, sample));
  }
  return [...chosen.values()];
}
