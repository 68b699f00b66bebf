import { LoopToolError } from '../errors.ts';
import { containerOf, eachRecord, eachValue, type Container, type RecordEntry, type ValueEntry } from '../jsonl/records.ts';
import { LineIndex } from '../jsonl/lineIndex.ts';
import type { JsonValue } from '../json/value.ts';
import { noCompanions, type Companions } from './companions.ts';
import type { Dialect, RecordSample, Steps } from './dialect.ts';
import { dialects } from './dialects.generated.ts';
import { RecordLocator } from './locate.ts';
import { recogniseValues, recordsLookedAt } from './recordReader.ts';
import { dialectById } from './registry.ts';
import type { Occurrence } from './sample.ts';
import { sampleSpans, type SampleSpans } from './spans.ts';

/** A sample with where it stands. `dialect` is the id of the dialect that read it; `start` is the offset of its record. */
export type ReadSample = RecordSample & {
  readonly occurrence: Occurrence;
  readonly start: number;
  /** Of a file that is one record: the offsets of its lines or elements. The first step of the sample's paths is their number. */
  readonly starts?: readonly number[] | undefined;
  readonly record: JsonValue;
  readonly dialect: string;
  /** Worked out when first asked for. */
  readonly spans: SampleSpans;
};

/** A record that cannot be read, in whole or from some step on, or that holds no sample on purpose (`leftOut`). `record` is 0-based, `line` and `column` are 1-based. */
export type DatasetProblem = { readonly record: number; readonly line: number; readonly column: number; readonly message: string; readonly leftOut?: true };

export type DatasetReading = {
  /** Id of the dialect, `unknown` when no record looks like any. */
  readonly dialect: string;
  readonly confidence: number;
  readonly container: Container;
  readonly samples: readonly ReadSample[];
  readonly problems: readonly DatasetProblem[];
  /** Records of the file, readable or not. */
  readonly records: number;
};

export type DatasetOptions = { readonly file: string; readonly dialect?: string | undefined; readonly steps: Steps; readonly companions?: Companions | undefined };

export type FileRecords = { readonly file: string; readonly container: Container; readonly records: readonly RecordEntry[] };

/** All records of a file with their trees, whatever they say. For large files prefer `eachRecord`, which holds one at a time. */
export function readRecords(text: string, file: string): FileRecords {
  return { file, container: containerOf(text), records: [...eachRecord(text)] };
}

/**
 * Reads the samples of a dataset: JSON array or JSON Lines, dialect by content unless it is given. A record that cannot be
 * read is one problem, and the rest is read. Throws `dataset-unreadable` only for a dialect id that does not exist.
 */
export function readDataset(text: string, options: DatasetOptions): DatasetReading {
  const container = containerOf(text);
  const { dialect, confidence } = recogniseDialect(text, options.dialect);
  const samples: ReadSample[] = [];
  const problems: DatasetProblem[] = [];
  const lines = new LineIndex(text);
  const addProblem = (record: number, offset: number, message: string, leftOut?: true): void => {
    const { line, column } = lines.positionAt(offset);
    problems.push({ record, line: line + 1, column: column + 1, message, ...(leftOut === undefined ? {} : { leftOut }) });
  };
  let records = 0;
  const lineEntries: ReadableRecord[] = [];
  const addReading = (index: number, at: RecordPlace): void => {
    const reading = at.dialect.read(at.record, { steps: options.steps, companions: options.companions ?? noCompanions, index });
    const locator = reading.problems.length === 0 ? undefined : new RecordLocator(text, at.starts ?? at.start);
    for (const sample of reading.samples) samples.push(readSample(text, at, sample, { file: options.file, record: index, step: sample.step }));
    for (const problem of reading.problems) addProblem(index, locator?.deepest(problem.path)?.span.start ?? at.start, problem.message, problem.leftOut);
  };
  for (const entry of eachValue(text)) {
    records++;
    if (!entry.ok) addProblem(entry.index, entry.offset, entry.message);
    else if (dialect === undefined) addProblem(entry.index, entry.start, 'the record is of no known dialect');
    else if (dialect.unit === 'file') lineEntries.push(entry);
    else addReading(entry.index, { start: entry.start, record: entry.value, dialect });
    // What follows a broken part of a dialogue has no known context.
    if (!entry.ok && dialect?.unit === 'file') break;
  }
  const [first] = lineEntries;
  if (first !== undefined && dialect !== undefined) {
    addReading(0, { start: first.start, starts: lineEntries.map(({ start }) => start), record: lineEntries.map(({ value }) => value), dialect });
  }
  return { dialect: dialect?.id ?? 'unknown', confidence, container, samples, problems, records: dialect?.unit === 'file' ? Math.min(records, 1) : records };
}

type ReadableRecord = Extract<ValueEntry, { readonly ok: true }>;
/** A record in a text: `start` is its offset there. */
type RecordPlace = { readonly start: number; readonly starts?: readonly number[]; readonly record: JsonValue; readonly dialect: Dialect };

/** A sample of a record with where it stands in the text that holds the record. */
export function readSample(text: string, { start, starts, record, dialect }: RecordPlace, sample: RecordSample, occurrence: Occurrence): ReadSample {
  let spans: SampleSpans | undefined;
  return {
    ...sample,
    start,
    ...(starts === undefined ? {} : { starts }),
    record,
    dialect: dialect.id,
    occurrence,
    get spans() {
      return (spans ??= sampleSpans(text, starts ?? start, sample.places()));
    },
  };
}

/** The dialect of a dataset by its first records, or the one that is named. Throws `dataset-unreadable` for an id that does not exist. */
export function recogniseDialect(text: string, id?: string): { readonly dialect: Dialect | undefined; readonly confidence: number } {
  if (id !== undefined) {
    const dialect = dialectById(id);
    if (dialect !== undefined) return { dialect, confidence: 1 };
    const known = dialects.map((one) => one.id).join(', ');
    throw new LoopToolError('dataset-unreadable', `There is no dialect ${JSON.stringify(id)}. Use one of ${known}, or leave it out to have it recognised.`);
  }
  return recogniseValues(firstValues(text));
}

/** The readable ones of the first records: those that a dialect is recognised by. */
export function firstValues(text: string): readonly JsonValue[] {
  const values: JsonValue[] = [];
  for (const entry of eachValue(text)) {
    if (entry.ok) values.push(entry.value);
    if (values.length === recordsLookedAt) break;
  }
  return values;
}
