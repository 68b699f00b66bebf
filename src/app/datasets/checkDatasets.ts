import type { Readable } from 'node:stream';
import { dialectById } from '../../core/dataset/registry.ts';
import { BaselineFilter, type Baseline } from '../../core/rules/baseline.ts';
import type { Severity } from '../../core/rules/finding.ts';
import type { RuleSettings } from '../../core/rules/settings.ts';
import type { Suppression } from '../../core/rules/suppression.ts';
import type { Progress } from '../../node/datasetSource.ts';
import { runRecordJob, type RecordSource } from '../../node/recordWorkers.ts';
import type { SpillFile } from '../../node/spillFile.ts';
import { checkJob } from './checkJob.ts';
import { DatasetRules, type FindingSink } from './datasetRules.ts';
import type { CheckedBatch, CheckSetup, FixedRecord, PlacedFinding } from './fileChecker.ts';
import { FindingList } from './findingList.ts';
import { prepareFile, prepareStream, type InputFile, type PreparedInput } from './inputs.ts';
import { samplePlaceNumbers } from './samplePlaces.ts';
import { checkWholeFile } from './wholeFile.ts';

export type CheckOptions = {
  readonly settings: RuleSettings;
  readonly suppressions: readonly Suppression[];
  readonly baseline?: Baseline | undefined;
  /** Whether safe fixes are worked out. */
  readonly fix: boolean;
  /** Whether findings tell whose they are, by `sampleId` and `print`; they always do where a baseline is read or written. */
  readonly named: boolean;
  /** Whether the prints of all findings are kept, for a baseline. */
  readonly keepPrints: boolean;
  /** Where the findings lie; whoever makes it closes it when nobody looks at them any more. */
  readonly findings: SpillFile;
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
  readonly findings: FindingList;
  /** All findings by rule, kept or not. */
  readonly counts: ReadonlyMap<string, number>;
  /** The same by severity. */
  readonly severities: ReadonlyMap<Severity, number>;
  /** What all findings are known by, where it is asked for. */
  readonly prints: readonly string[];
  /** Findings that the baseline knows. */
  readonly known: number;
  /** What is amiss with its companion files. */
  readonly notes: readonly string[];
  readonly fixed: readonly FixedRecord[];
};

/** More findings are counted and not kept: nobody reads them, and they would fill the memory. */
export const mostFindings = 100_000;

type Prepared = Omit<PreparedInput, 'setup'> & { readonly setup: CheckSetup };

/**
 * Checks datasets by all rules, in bounded memory and on all cores. Rules on the whole set see all files together.
 * Rejects with an AbortError, or LoopToolError `dataset-missing`, `dataset-unreadable` or `worker-failed`.
 */
export async function checkDatasets(files: readonly InputFile[], options: CheckOptions): Promise<readonly CheckedFile[]> {
  const prepared: Prepared[] = [];
  for (const file of files) prepared.push(checked(await prepareFile(file, options.signal), options));
  const filter = baselineFilter(options);
  const runs = new Map(prepared.map((one) => [one.setup.file, new FileRun(one, filter, options)]));
  const wholes = prepared.filter(({ setup }) => setup.dialect !== undefined && dialectById(setup.dialect)?.unit === 'file');
  const streamed = prepared.filter((one) => !wholes.includes(one));
  const dataset = new DatasetRules(options.settings, options.suppressions);
  try {
    for (const one of wholes) runs.get(one.setup.file)?.add(await checkWholeFile(one.setup.file, one.setup), dataset);
    await checkStreams(streamed, { parts: streamed.flatMap(({ source }) => ('part' in source ? [source.part] : [])) }, runs, dataset, options);
    return await conclude([...runs.values()], dataset, options);
  } finally {
    dataset.close();
  }
}

/**
 * Checks what comes in over a stream, such as the standard input. Nothing of it can be read a second time: findings on the
 * whole set show at their records.
 */
export async function checkStream(stream: Readable, file: Omit<InputFile, 'part'>, options: CheckOptions): Promise<CheckedFile> {
  const prepared = checked(await prepareStream(stream, file, options.signal), options);
  const run = new FileRun(prepared, baselineFilter(options), options);
  const dataset = new DatasetRules(options.settings, options.suppressions);
  try {
    if ('stream' in prepared.source) await checkStreams([prepared], { stream: prepared.source.stream, name: file.path }, new Map([[file.path, run]]), dataset, options);
    const [only] = await conclude([run], dataset, options);
    return only as CheckedFile; // One run gives one file.
  } finally {
    dataset.close();
  }
}

function checked(input: PreparedInput, { settings, suppressions, fix, named, keepPrints, baseline }: CheckOptions): Prepared {
  return { ...input, setup: { ...input.setup, settings, suppressions, fix, named: named || keepPrints || baseline !== undefined } };
}

async function checkStreams(prepared: readonly Prepared[], source: RecordSource, runs: ReadonlyMap<string, FileRun>, dataset: DatasetRules, options: CheckOptions): Promise<void> {
  if (prepared.length === 0) return;
  const { signal, assetsDirectory, threads, onProgress } = options;
  const workers = { signal, assetsDirectory, ...(threads === undefined ? {} : { threads }), ...(onProgress === undefined ? {} : { onProgress }) };
  for await (const { file, result } of runRecordJob(checkJob, prepared.map(({ setup }) => setup), source, workers)) runs.get(file)?.add(result, dataset);
}

function baselineFilter({ baseline }: CheckOptions): BaselineFilter | undefined {
  return baseline === undefined ? undefined : new BaselineFilter(baseline);
}

/** What has been found in one file so far. */
class FileRun implements FindingSink {
  records = 0;
  samples = 0;
  readonly findings: FindingList;
  readonly counts = new Map<string, number>();
  readonly severities = new Map<Severity, number>();
  readonly prints: string[] = [];
  known = 0;
  readonly fixed: FixedRecord[] = [];

  constructor(
    readonly prepared: Prepared,
    private readonly filter: BaselineFilter | undefined,
    private readonly options: Pick<CheckOptions, 'findings' | 'keepPrints'>,
  ) {
    this.findings = new FindingList(options.findings);
  }

  add(batch: CheckedBatch, dataset: DatasetRules): void {
    this.records += batch.records;
    this.samples += batch.samples.length / samplePlaceNumbers;
    for (const finding of batch.findings) this.addFinding(finding);
    for (const record of batch.fixed) this.fixed.push(record);
    dataset.add(this.prepared.setup, batch.samples, batch.facts);
  }

  /** All are counted, and only so many kept: a file may have more than the memory holds. */
  addFinding(finding: PlacedFinding): void {
    if (this.filter?.isKnown(finding.print) === true) {
      this.known += 1;
      return;
    }
    this.count(finding.rule, finding.severity);
    if (this.options.keepPrints) this.prints.push(finding.print);
    if (this.findings.length < mostFindings) this.findings.push(finding);
  }

  get isFull(): boolean {
    return this.findings.length >= mostFindings && this.filter === undefined && !this.options.keepPrints;
  }

  count(rule: string, severity: Severity): void {
    this.counts.set(rule, (this.counts.get(rule) ?? 0) + 1);
    this.severities.set(severity, (this.severities.get(severity) ?? 0) + 1);
  }
}

async function conclude(runs: readonly FileRun[], dataset: DatasetRules, options: CheckOptions): Promise<readonly CheckedFile[]> {
  const byFile = new Map(runs.map((run) => [run.prepared.setup.file, run]));
  await dataset.conclude(options.signal, (file) => byFile.get(file));
  let room = mostFindings;
  return runs.map((run) => {
    const { prepared, records, samples, findings, fixed, counts, severities, prints } = run;
    findings.keepFirst(room);
    room -= findings.length;
    return {
      path: prepared.path,
      absolute: 'part' in prepared.source ? prepared.setup.file : undefined,
      dialect: prepared.setup.dialect ?? 'unknown',
      confidence: prepared.confidence,
      container: prepared.container,
      records,
      samples,
      findings,
      counts,
      severities,
      prints,
      known: run.known,
      notes: prepared.notes,
      fixed,
    };
  });
}
