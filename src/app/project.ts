import { resolve } from 'node:path';
import type { ProjectConfig } from '../core/config/projectConfig.ts';
import type { Occurrence, Sample } from '../core/dataset/sample.ts';
import { LoopToolError } from '../core/errors.ts';
import { readDatasetFile } from '../node/datasetFiles.ts';
import { ProjectFiles } from '../node/projectFiles.ts';

export type Project = { readonly files: ProjectFiles; readonly config: ProjectConfig };

export async function openProject(root: string): Promise<Project> {
  const files = new ProjectFiles(resolve(root));
  return { files, config: checkTogether(await files.readConfig()) };
}

/** What the schema alone cannot say. */
function checkTogether(config: ProjectConfig): ProjectConfig {
  const { policy, judge, generator, judge2 } = config.endpoints;
  if (config.trainer.kind === 'embedded' && policy.kind !== 'embedded') {
    throw new LoopToolError('config-invalid', 'The trainer "embedded" trains the embedded policy only: set endpoints.policy.kind to "embedded", or trainer.kind to "command" or "none".');
  }
  if (policy.kind === 'simulated') throw new LoopToolError('config-invalid', 'The policy is the model that is trained and measured; it cannot be simulated. Set endpoints.policy.kind to "embedded" or "openai".');
  if (config.verify.thirdVote === 'second' && judge2 === undefined) throw new LoopToolError('config-invalid', 'verify.thirdVote "second" asks another model: name it as endpoints.judge2, or set verify.thirdVote to "same" or "off".');
  if (judge.kind === 'simulated' && judge.model !== 'simulated-judge') throw new LoopToolError('config-invalid', 'endpoints.judge.model must be "simulated-judge" for a simulated judge.');
  if (generator.kind === 'simulated' && generator.model !== 'simulated-generator') throw new LoopToolError('config-invalid', 'endpoints.generator.model must be "simulated-generator" for a simulated generator.');
  return config;
}

export type CorpusSample = { readonly sample: Sample; readonly occurrence: Occurrence };

export type Corpus = {
  /** Distinct samples that can be trained on, in file order; of duplicates the first. */
  readonly samples: readonly CorpusSample[];
  readonly files: readonly { readonly path: string; readonly sha256: string; readonly samples: number }[];
  /** Records and samples that were left out, and why. */
  readonly notes: readonly string[];
};

/** The training corpus of the project: nothing that a held-out set measures with, and nothing of the same dialogues, is in it. */
export async function readCorpus(files: ProjectFiles, config: ProjectConfig): Promise<Corpus> {
  const heldOut = await readHeldOutFiles(files, config);
  const measured = new Set([...heldOut.sets.values()].flatMap((placed) => placed.flatMap(({ sample: { id, family } }) => [id, family])));
  const samples = new Map<string, CorpusSample>();
  const read: { path: string; sha256: string; samples: number }[] = [];
  let unreadable = 0;
  let duplicates = 0;
  let untrainable = 0;
  let heldBack = 0;
  for (const entry of config.datasets.seed) {
    const file = await readDatasetFile(files.absolute(entry.path), { ...entry, companions: files.companions(entry) });
    unreadable += file.reading.problems.length;
    read.push({ path: file.path, sha256: file.sha256, samples: file.reading.samples.length });
    for (const { sample, occurrence } of file.reading.samples) {
      if (!isTrainable(sample)) untrainable += 1;
      else if (measured.has(sample.id) || measured.has(sample.family)) heldBack += 1;
      else if (samples.has(sample.id)) duplicates += 1;
      else samples.set(sample.id, { sample, occurrence });
    }
  }
  if (samples.size === 0) {
    if (heldBack > 0) throw new LoopToolError('dataset-unreadable', `Every sample of ${config.datasets.seed.map(({ path }) => path).join(', ')} stands in a held-out set too (or shares its dialogue), and what is measured with is never trained on. Name different files in datasets.seed and datasets.heldOut of looptool.json.`);
    throw new LoopToolError('dataset-unreadable', `No sample that can be trained on was found in ${config.datasets.seed.map(({ path }) => path).join(', ')}. See what is wrong with: looptool validate`);
  }
  const notes: string[] = [];
  if (unreadable > 0) notes.push(`${unreadable} records or steps of the training corpus cannot be read and are left out (looptool validate lists them).`);
  if (duplicates > 0) notes.push(`${duplicates} samples stand more than once in the training corpus; the first of each is taken.`);
  if (untrainable > 0) notes.push(`${untrainable} samples without a label that a reward can be computed for are left out.`);
  if (heldBack > 0) notes.push(`${heldBack} samples of the training corpus stand in a held-out set too (or share its dialogue): left out.`);
  if (heldOut.unreadable > 0) notes.push(`${heldOut.unreadable} records or steps of the held-out files cannot be read and are not measured (looptool validate lists them).`);
  return { samples: [...samples.values()], files: read, notes };
}

export type HeldOutSet = { readonly name: string; readonly samples: readonly Sample[] };

/** Held-out sets, each with its distinct samples in file order. Sets of one name are joined. */
export async function readHeldOut(files: ProjectFiles, config: ProjectConfig): Promise<readonly HeldOutSet[]> {
  const { sets } = await readHeldOutFiles(files, config);
  return [...sets].map(([name, samples]) => ({ name, samples: samples.map(({ sample }) => sample) }));
}

/** The same, by name, each sample with its place in its file. */
export async function readPlacedHeldOut(files: ProjectFiles, config: ProjectConfig): Promise<ReadonlyMap<string, readonly CorpusSample[]>> {
  return (await readHeldOutFiles(files, config)).sets;
}

async function readHeldOutFiles(files: ProjectFiles, config: ProjectConfig): Promise<{ readonly sets: ReadonlyMap<string, readonly CorpusSample[]>; readonly unreadable: number }> {
  const sets = new Map<string, Map<string, CorpusSample>>();
  let unreadable = 0;
  for (const entry of config.datasets.heldOut) {
    const { reading } = await readDatasetFile(files.absolute(entry.path), { ...entry, companions: files.companions(entry) });
    unreadable += reading.problems.length;
    const samples = sets.get(entry.name) ?? new Map<string, CorpusSample>();
    for (const { sample, occurrence } of reading.samples) if (isTrainable(sample) && !samples.has(sample.id)) samples.set(sample.id, { sample, occurrence });
    sets.set(entry.name, samples);
  }
  return { sets: new Map([...sets].map(([name, samples]) => [name, [...samples.values()]])), unreadable };
}

/** Execution traces are read and shown but not probed; unreadable labels are findings. */
function isTrainable(sample: Sample): boolean {
  return sample.label.kind !== 'trace' && sample.label.kind !== 'invalid';
}
