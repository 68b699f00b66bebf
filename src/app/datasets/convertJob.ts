import { convertRecord, type Loss } from '../../core/dataset/convertRecord.ts';
import type { RecordReader } from '../../core/dataset/recordReader.ts';
import { dialectById } from '../../core/dataset/registry.ts';
import type { RawRecord } from '../../core/jsonl/recordSplitter.ts';
import { stringifySpaced } from '../../core/json/stringify.ts';
import type { RecordBatch } from '../../node/datasetSource.ts';
import type { RecordJob } from '../../node/recordJobs/recordJob.ts';
import { rowsShape, type RowShape } from './rowShape.ts';
import { InputReaders, type ReadSetup } from './readSetup.ts';

export type ConvertSetup = {
  readonly inputs: readonly ReadSetup[];
  /** Dialect of the rows that are written. */
  readonly to: string;
  /** True when steps were named: then rows are made anew even of records that are of the dialect already. */
  readonly anew: boolean;
  /** Whether the shape of the rows is worked out, for Parquet. */
  readonly shape: boolean;
  /** What stands between two rows. */
  readonly between: string;
};

/** A record that cannot be read, or a part of it: line and column from 0. */
export type UnreadableRecord = { readonly record: number; readonly line: number; readonly column: number; readonly message: string };

export type ConvertedBatch = {
  readonly rows: number;
  /** The rows in UTF-8, on one line each, with `between` between them. Bytes, since a record may become many rows, which would be as many strings to hold. */
  readonly text: Uint8Array;
  readonly records: number;
  readonly samples: number;
  /** Records with samples that are of another dialect than the one written. */
  readonly foreign: number;
  /** Readable records that give no sample. */
  readonly empty: number;
  readonly unreadable: readonly UnreadableRecord[];
  /** How often each loss occurs; once a record for each. */
  readonly losses: readonly (Loss & { readonly count: number })[];
  readonly shape?: RowShape | undefined;
};

/** Writes records as rows of another dialect, on any thread. */
export const convertJob: RecordJob<ConvertSetup, ConvertedBatch> = {
  script: 'convertWorker',
  start: (setup) => {
    const inputs = new InputReaders(setup.inputs);
    return (batch: RecordBatch) => {
      const { reader, input } = inputs.of(batch.file);
      const run = new BatchConversion(setup, reader, input.steps);
      for (const record of batch.records) run.add(record);
      return run.result(batch.records.length);
    };
  },
};

class BatchConversion {
  private readonly rows: string[] = [];
  private readonly unreadable: UnreadableRecord[] = [];
  private readonly losses = new Map<string, Loss & { count: number }>();
  private samples = 0;
  private foreign = 0;
  private empty = 0;

  constructor(
    private readonly setup: ConvertSetup,
    private readonly reader: RecordReader,
    private readonly steps: ReadSetup['steps'],
  ) {}

  add(record: RawRecord): void {
    const { problem } = record;
    if (problem !== undefined) this.refuse(record, problem.message, problem.offset);
    if (problem?.readable === false) return;
    const read = this.reader.readText(record.text, record.index);
    if (!read.ok) return this.refuse(record, read.message, read.offset);
    const { value, dialect, reading } = read;
    for (const { message } of reading.problems) this.refuse(record, message, 0);
    this.samples += reading.samples.length;
    if (reading.samples.length === 0 && reading.problems.length === 0) this.empty += 1;
    if (dialect.id !== this.setup.to) this.foreign += reading.samples.length > 0 ? 1 : 0;
    // A record of the dialect stays as it is, whatever it holds.
    else if (!this.setup.anew && dialect.unit !== 'file') {
      if (reading.samples.length > 0 || reading.problems.length === 0) this.rows.push(oneLine(record.text) ?? stringifySpaced(value));
      return;
    }
    const target = dialectById(this.setup.to);
    if (target === undefined) return;
    const converted = convertRecord(value, reading.samples, target, this.steps);
    for (const row of converted.rows) this.rows.push(row);
    this.count(converted.losses);
  }

  result(records: number): ConvertedBatch {
    const { rows, samples, foreign, empty, unreadable, losses, setup } = this;
    return { rows: rows.length, text: Buffer.from(rows.join(setup.between)), records, samples, foreign, empty, unreadable, losses: [...losses.values()], ...(setup.shape ? { shape: rowsShape(rows) } : {}) };
  }

  private refuse({ index, line, column, text }: RawRecord, message: string, offset: number): void {
    const before = text.slice(0, offset);
    const lineStart = before.lastIndexOf('\n') + 1;
    this.unreadable.push({ record: index, line: line + before.split('\n').length - 1, column: offset - lineStart + (lineStart === 0 ? column : 0), message });
  }

  private count(losses: readonly Loss[]): void {
    const seen = new Set<string>();
    for (const loss of losses) {
      const key = `${loss.kind}\n${loss.name ?? ''}`;
      if (seen.has(key) && (loss.kind === 'part' || loss.kind === 'field')) continue;
      seen.add(key);
      const known = this.losses.get(key);
      if (known === undefined) this.losses.set(key, { ...loss, count: 1 });
      else known.count += 1;
    }
  }
}

function oneLine(text: string): string | undefined {
  return /[\r\n]/.test(text) ? undefined : text;
}
