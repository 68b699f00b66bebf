import type { Sample } from '../../core/dataset/sample.ts';
import { readDatasetFile } from '../../node/datasetFiles.ts';
import { readCorpus, readHeldOut, type Corpus } from '../project.ts';
import type { StageContext } from './stage.ts';

/** What an expansion must not repeat: the round's set, the seed corpus, held-out sets and benchmarks. `corpus` where it was read already. */
export async function knownSamples({ project, config }: Pick<StageContext, 'project' | 'config'>, rows: readonly Sample[], corpus?: Corpus): Promise<readonly Sample[]> {
  const { samples } = corpus ?? (await readCorpus(project.files, config));
  const heldOut = await readHeldOut(project.files, config);
  const benchmarks = await Promise.all(config.lint.benchmarks.map((path) => readDatasetFile(project.files.absolute(path), { path, steps: 'all' })));
  return [
    ...rows,
    ...samples.map(({ sample }) => sample),
    ...heldOut.flatMap((set) => set.samples),
    ...benchmarks.flatMap(({ reading }) => reading.samples.map(({ sample }) => sample)),
  ];
}
