import type { Readable } from 'node:stream';
import type { Steps } from '../../core/dataset/dialect.ts';
import { dialectById } from '../../core/dataset/registry.ts';
import { BaselineFilter, type Baseline } from '../../core/rules/baseline.ts';
import type { RuleSettings } from '../../core/rules/settings.ts';
import type { Suppression } from '../../core/rules/suppression.ts';
import { loadCompanions, type ConfiguredCompanions } from '../../node/companionFiles.ts';
import type { DatasetPart } from '../../node/datasetParts.ts';
import type { Progress } from '../../node/datasetSource.ts';
import { runRecordJob, type RecordSource } from '../../node/recordWorkers.ts';
import { checkJob } from './checkJob.ts';
import { readHead } from './datasetHead.ts';
import { DatasetRules } from './datasetRules.ts';
import type { CheckSetup, FixedRecord, PlacedFinding } from './fileChecker.ts';
import { checkWholeFile } from './wholeFile.ts';
import { packCompanions } from './packedCompanions.ts';

/** A file to check, with what looptool.json or the command line say of it. */
export type FileToCheck = {
  readonly part: DatasetPart;
  /** As it is shown. */
  readonly path: string;
  readonly dialect?: string | undefined;
  readonly steps: Steps;
  readonly companions?: ConfiguredCompanions | undefined;
};

export type CheckOptions = {
  readonly settings: RuleSettings;
  readonly suppressions: readonly Suppression[];
  readonly baseline?: Baseline | undefined;
  /** Whether safe fixes are worked out. */
  readonly fix: boolean;
  readonly assetsDirectory: string;
  readonly threads?: number | undefined;
  readonly signal: AbortSignal;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
};

export type CheckedFile = {
  readonly path: string;
  /** Where the file lies; absent for a stream. */
  readonly absolute: string | undefined;
  /** `unknown` where no dialect was recognised. */
  readonly dialect: string;
  /** From 0 to 1; 1 for a dialect that was named. */
  readonly confidence: number;
  readonly container: string;
  readonly records: number;
  readonly samples: number;
  /** In the order of the file; at most `mostFindings` over all files, the worst rules of which are counted in `counts` whatever is kept. */
  readonly findings: readonly PlacedFinding[];
  /** All findings by rule, kept or not. */
  readonly counts: ReadonlyMap<string, number>;
  /** Findings that the baseline knows. */
  readonly known: number;
  /** What is amiss with its companion files. */
  readonly notes: readonly string[];
  readonly fixed: readonly FixedRecord[];
};

/** More findings are counted and not kept: nobody reads them, and they would fill the memory. */
export const mostFindings = 100_000;

type Prepared = { readonly file: FileToCheck; readonly setup: CheckSetup; readonly confidence: number; readonly container: string; readonly notes: readonly string[] };

/**
 * Checks datasets by all rules, in bounded memory and on all cores. Rules on the whole set see all files together.
 * Rejects with an AbortError, or LoopToolError `dataset-missing`, `dataset-unreadable` or `worker-failed`.
 */
export async function checkDatasets(files: readonly FileToCheck[], options: CheckOptions): Promise<readonly CheckedFile[]> {
  const prepared: Prepared[] = [];
  for (const file of files) prepared.push(await prepare(file, options));
  const runs = new Map(prepared.map((one) => [one.file.part.path, new FileRun(one)]));
  const wholes = prepared.filter(({ setup }) => setup.dialect !== undefined && dialectById(setup.dialect)?.unit === 'file');
  const streamed = prepared.filter((one) => !wholes.includes(one));
  const dataset = new DatasetRules(options.settings, options.suppressions);
  for (const one of wholes) {
    const run = runs.get(one.file.part.path);
    if (run !== undefined) run.add(await checkWholeFile(one.file.part.path, one.setup), dataset);
  }
  await checkStreams(streamed, { parts: streamed.map(({ file }) => file.part) }, runs, dataset, options);
  return conclude([...runs.values()], dataset, options);
}

/**
 * Checks what comes in over a stream, such as the standard input. Nothing of it can be read a second time, so that it is
 * recognised record by record where no dialect is named, and findings on the whole set show at their records.
 */
export async function checkStream(stream: Readable, file: Omit<FileToCheck, 'part'>, options: CheckOptions): Promise<CheckedFile> {
  const part: DatasetPart = { path: file.path, sizeBytes: 0, kind: 'text' };
  const setup = setupOf({ ...file, part }, file.dialect, options, []);
  const prepared: Prepared = { file: { ...file, part }, setup, confidence: 1, container: 'stream', notes: [] };
  const run = new FileRun(prepared);
  const dataset = new DatasetRules(options.settings, options.suppressions);
  await checkStreams([prepared], { stream, name: file.path }, new Map([[file.path, run]]), dataset, { ...options, threads: 1 });
  const [checked] = await conclude([run], dataset, options);
  return checked as CheckedFile; // One run gives one file.
}

async function checkStreams(prepared: readonly Prepared[], source: RecordSource, runs: ReadonlyMap<string, FileRun>, dataset: DatasetRules, options: CheckOptions): Promise<void> {
  if (prepared.length === 0) return;
  const { signal, assetsDirectory, threads, onProgress } = options;
  const workers = { signal, assetsDirectory, ...(threads === undefined ? {} : { threads }), ...(onProgress === undefined ? {} : { onProgress }) };
  for await (const { file, result } of runRecordJob(checkJob, prepared.map(({ setup }) => setup), source, workers)) runs.get(file)?.add(result, dataset);
}

async function prepare(file: FileToCheck, options: CheckOptions): Promise<Prepared> {
  const named = file.dialect === undefined ? undefined : dialectById(file.dialect);
  const head = await readHead(file.part, options.signal);
  const dialect = named ?? head.dialect;
  const { companions, problems } = await loadCompanions(file.part.path, dialect, file.companions ?? {});
  return {
    file,
    setup: setupOf(file, dialect?.id, options, packCompanions(companions)),
    confidence: named === undefined ? head.confidence : 1,
    container: head.container,
    notes: problems,
  };
}

function setupOf(file: FileToCheck, dialect: string | undefined, { settings, suppressions, fix }: CheckOptions, companions: CheckSetup['companions']): CheckSetup {
  return { file: file.part.path, dialect, fixedDialect: file.dialect !== undefined, steps: file.steps, settings, suppressions, companions, fix };
}

/** What has been found in one file so far. */
class FileRun {
  records = 0;
  samples = 0;
  readonly findings: PlacedFinding[] = [];
  readonly fixed: FixedRecord[] = [];

  constructor(readonly prepared: Prepared) {}

  add(batch: { readonly records: number; readonly samples: Parameters<DatasetRules['add']>[1]; readonly findings: readonly PlacedFinding[]; readonly facts: Parameters<DatasetRules['add']>[2]; readonly fixed: readonly FixedRecord[] }, dataset: DatasetRules): void {
    this.records += batch.records;
    this.samples += batch.samples.length;
    for (const finding of batch.findings) this.findings.push(finding);
    for (const record of batch.fixed) this.fixed.push(record);
    dataset.add(this.prepared.setup, batch.samples, batch.facts);
  }
}

async function conclude(runs: readonly FileRun[], dataset: DatasetRules, options: CheckOptions): Promise<readonly CheckedFile[]> {
  const late = await dataset.conclude(options.signal);
  const filter = options.baseline === undefined ? undefined : new BaselineFilter(options.baseline);
  let room = mostFindings;
  return runs.map(({ prepared, records, samples, findings, fixed }) => {
    const all = [...findings, ...(late.get(prepared.setup.file) ?? [])].sort((a, b) => a.line - b.line || a.column - b.column);
    const fresh = filter === undefined ? all : all.filter(({ print }) => !filter.isKnown(print));
    const counts = new Map<string, number>();
    for (const { rule } of fresh) counts.set(rule, (counts.get(rule) ?? 0) + 1);
    const kept = fresh.slice(0, room);
    room -= kept.length;
    return {
      path: prepared.file.path,
      absolute: prepared.setup.file === prepared.file.path && prepared.container === 'stream' ? undefined : prepared.setup.file,
      dialect: prepared.setup.dialect ?? 'unknown',
      confidence: prepared.confidence,
      container: prepared.container,
      records,
      samples,
      findings: kept,
      counts,
      known: all.length - fresh.length,
      notes: prepared.notes,
      fixed,
    };
  });
}
