import { resolve } from 'node:path';
import { readDataset, recogniseDialect } from '../../core/dataset/dataset.ts';
import type { Dialect, RecordReading, RecordSample } from '../../core/dataset/dialect.ts';
import type { Occurrence, Sample } from '../../core/dataset/sample.ts';
import { LoopToolError } from '../../core/errors.ts';
import { eachValue } from '../../core/jsonl/records.ts';
import { loadCompanions } from '../../node/companionFiles.ts';
import { readText } from '../../node/projectFiles.ts';
import type { Companions } from '../../core/dataset/companions.ts';
import type { Project } from '../project.ts';
import { findSamples } from '../review/findSamples.ts';
import { newestRound } from '../round.ts';

/** Where a sample stands: `record` and `step` are 0-based, `step` may be left out where the record has one sample. */
export type SampleAddress = { readonly file: string; readonly record: number; readonly step?: number | undefined; /** The file's text where it is not what is on the disk. */ readonly text?: string | undefined };

export type FoundSample = { readonly sample: Sample; readonly occurrence: Occurrence };

/** Reads one sample of a file, as the project would. Throws `dataset-missing`, `dataset-unreadable`, or `usage` for a place that there is not. */
export async function findSample(project: Project, address: SampleAddress): Promise<FoundSample> {
  const file = resolve(address.file);
  const text = address.text ?? (await readText(file));
  if (text === undefined) throw new LoopToolError('dataset-missing', `There is no file ${address.file}.`);
  if (text.startsWith('PAR1')) throw new LoopToolError('usage', `${address.file} is Parquet: single samples are asked about in text. Convert it first: looptool convert ${address.file} --to looptool -o train.jsonl`);
  const { seed, heldOut } = project.config.datasets;
  const entry = [...seed, ...heldOut].find(({ path }) => project.files.absolute(path) === file);
  const { dialect } = recogniseDialect(text, entry?.dialect);
  if (dialect === undefined) throw new LoopToolError('dataset-unreadable', `${address.file} looks like no dataset of tool calls. See: looptool validate ${address.file}`);
  const { companions } = await loadCompanions(file, dialect, entry && project.files.companions(entry));
  const { samples, problems } = readRecord(text, dialect, companions, address);
  const sample = pick(samples, address, problems[0]?.message).sample;
  return { sample, occurrence: { file: project.files.relative(file), record: address.record, step: stepOf(samples, address) } };
}

/** A sample of the newest round's set, else of the datasets, with its first place. Throws `usage` where there is none. */
export async function findSampleById(project: Project, sampleId: string, signal: AbortSignal): Promise<{ readonly sample: Sample; readonly occurrence: Occurrence | undefined }> {
  const row = (await (await newestRound(project))?.files.readTrainRows())?.find(({ id }) => id === sampleId);
  if (row !== undefined) return { sample: row, occurrence: row.occurrence };
  const { seed, heldOut } = project.config.datasets;
  const datasets = [...seed, ...heldOut].map((entry) => ({ file: entry.path, dialect: entry.dialect, steps: entry.steps, configured: entry }));
  const [found] = await findSamples(project.files, datasets, new Set([sampleId]), signal);
  if (found === undefined) throw new LoopToolError('usage', `There is no sample ${sampleId} in the newest round or in the datasets of looptool.json. Name it by its place: looptool sample prompt FILE --record N`);
  return found;
}

function readRecord(text: string, dialect: Dialect, companions: Companions, { file, record }: SampleAddress): RecordReading {
  if (dialect.unit === 'file') {
    const { samples, problems } = readDataset(text, { file, dialect: dialect.id, steps: 'all', companions });
    return { samples, problems: problems.map(({ message }) => ({ path: [], message })) };
  }
  let records = 0;
  for (const entry of eachValue(text)) {
    records++;
    if (entry.index !== record) continue;
    if (!entry.ok) throw new LoopToolError('dataset-unreadable', `Record ${record + 1} of ${file} cannot be read: ${entry.message}.`);
    return dialect.read(entry.value, { steps: 'all', companions, index: record });
  }
  throw new LoopToolError('usage', `${file} has no record ${record + 1}: it has ${records}.`);
}

function stepOf(samples: readonly RecordSample[], { step }: SampleAddress): number {
  return step ?? samples[0]?.step ?? 0;
}

function pick(samples: readonly RecordSample[], address: SampleAddress, problem: string | undefined): RecordSample {
  const { file, record, step } = address;
  const where = `Record ${record + 1} of ${file}`;
  if (samples.length === 0) throw new LoopToolError('dataset-unreadable', `${where} has no sample${problem === undefined ? '' : `: ${problem}`}.`);
  if (step === undefined && samples.length > 1) throw new LoopToolError('usage', `${where} has ${samples.length} samples. Name one: --step ${samples.map((one) => one.step + 1).join(', --step ')}`);
  const found = samples.find((one) => one.step === stepOf(samples, address));
  if (found === undefined) throw new LoopToolError('usage', `${where} has no step ${stepOf(samples, address) + 1}; it has ${samples.map((one) => one.step + 1).join(', ')}.`);
  return found;
}
