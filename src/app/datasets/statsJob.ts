import { unknownDialect, type RecordReader } from '../../core/dataset/recordReader.ts';
import { RecordChecker, unreadable } from '../../core/rules/recordChecker.ts';
import { rules } from '../../core/rules/rules.generated.ts';
import { activeRules, type RuleSettings } from '../../core/rules/settings.ts';
import { Suppressions, type Suppression } from '../../core/rules/suppression.ts';
import type { RawRecord } from '../../core/jsonl/recordSplitter.ts';
import type { RecordBatch } from '../../node/datasetSource.ts';
import type { RecordJob } from '../../node/recordJobs/recordJob.ts';
import { identityOf } from './identities.ts';
import { InputReaders, type ReadSetup } from './readSetup.ts';
import { bump, SampleCounter, type SampleCounts } from './sampleStats.ts';

export type StatsSetup = { readonly inputs: readonly ReadSetup[]; readonly settings: RuleSettings; readonly suppressions: readonly Suppression[] };

export type StatsBatch = {
  readonly records: number;
  /** Records that cannot be read, or not wholly. */
  readonly unreadable: number;
  /** Records by dialect. */
  readonly dialects: ReadonlyMap<string, number>;
  readonly counts: SampleCounts;
  /** Findings by severity and rule, with a blank between. */
  readonly findings: ReadonlyMap<string, number>;
  /** Samples with a finding of severity error. */
  readonly wrongSamples: number;
  /** See `identityOf`. */
  readonly identities: Uint32Array;
};

/** Counts what a dataset holds, on any thread. */
export const statsJob: RecordJob<StatsSetup, StatsBatch> = {
  script: 'statsWorker',
  start: ({ inputs, settings, suppressions }) => {
    const readers = new InputReaders(inputs);
    const active = activeRules(rules, settings).filter(({ rule }) => rule.scope === 'sample');
    const all = new Suppressions(suppressions);
    let last: { readonly suppressions: Suppressions; readonly checker: RecordChecker } | undefined;
    return (batch: RecordBatch) => {
      const own = all.forFile(batch.file);
      if (last?.suppressions !== own) last = { suppressions: own, checker: new RecordChecker(active, own) };
      const run = new BatchStats(readers.of(batch.file).reader, last.checker);
      for (const record of batch.records) run.add(record);
      return run.result(batch.records.length);
    };
  },
};

class BatchStats {
  private unreadable = 0;
  private wrongSamples = 0;
  private readonly dialects = new Map<string, number>();
  private readonly counter = new SampleCounter();
  private readonly findings = new Map<string, number>();
  private readonly identities: number[] = [];

  constructor(
    private readonly reader: RecordReader,
    private readonly checker: RecordChecker,
  ) {}

  add(record: RawRecord): void {
    const read = record.problem?.readable === false ? undefined : this.reader.readText(record.text, record.index);
    if (read?.ok !== true) {
      this.unreadable += 1;
      bump(this.findings, `error ${unreadable}`, 1);
      return;
    }
    const { value, dialect, reading } = read;
    bump(this.dialects, dialect.id, 1);
    if (reading.problems.length > 0 || record.problem !== undefined) this.unreadable += 1;
    for (const { sample } of reading.samples) {
      this.counter.add(sample);
      for (const word of identityOf(sample)) this.identities.push(word);
    }
    if (dialect.id === unknownDialect.id) bump(this.findings, `error ${unreadable}`, 1);
    else this.check(this.checker.check({ text: record.text, start: 0, value, dialect: dialect.id }, reading.samples, reading.problems).findings);
  }

  result(records: number): StatsBatch {
    const { unreadable: broken, dialects, findings, wrongSamples } = this;
    return { records, unreadable: broken, dialects, counts: this.counter.counts, findings, wrongSamples, identities: Uint32Array.from(this.identities) };
  }

  private check(findings: ReturnType<RecordChecker['check']>['findings']): void {
    const wrong = new Set<string>();
    for (const { rule, severity, sampleId } of findings) {
      bump(this.findings, `${severity} ${rule}`, 1);
      if (severity === 'error' && sampleId !== undefined) wrong.add(sampleId);
    }
    this.wrongSamples += wrong.size;
  }
}
