import { LoopToolError } from '../errors.ts';
import { containerOf, eachRecord, type Container, type RecordEntry } from '../jsonl/records.ts';
import { LineIndex } from '../jsonl/lineIndex.ts';
import { nodeValue } from '../json/tree.ts';
import type { JsonValue } from '../json/value.ts';
import { noCompanions, type Companions } from './companions.ts';
import type { Dialect, RecordSample, Steps } from './dialect.ts';
import { dialects } from './dialects.generated.ts';
import { RecordLocator } from './locate.ts';
import { dialectById } from './registry.ts';
import type { Occurrence } from './sample.ts';
import { sampleSpans, type SampleSpans } from './spans.ts';

/** A sample with where it stands. `dialect` is the id of the dialect that read it; `start` is the offset of its record. */
export type ReadSample = RecordSample & {
  readonly occurrence: Occurrence;
  readonly start: number;
  readonly record: JsonValue;
  readonly dialect: string;
  /** Worked out when first asked for. */
  readonly spans: SampleSpans;
};

/** A record that cannot be read, in whole or from some step on. `record` is 0-based, `line` and `column` are 1-based. */
export type DatasetProblem = { readonly record: number; readonly line: number; readonly column: number; readonly message: string };

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
  const { dialect, confidence } = chooseDialect(text, options.dialect);
  const samples: ReadSample[] = [];
  const problems: DatasetProblem[] = [];
  const lines = new LineIndex(text);
  const addProblem = (record: number, offset: number, message: string): void => {
    const { line, column } = lines.positionAt(offset);
    problems.push({ record, line: line + 1, column: column + 1, message });
  };
  let records = 0;
  for (const entry of eachRecord(text)) {
    records++;
    if (!entry.ok) {
      addProblem(entry.index, entry.offset, entry.message);
      continue;
    }
    if (dialect === undefined) {
      addProblem(entry.index, entry.node.start, 'the record is of no known dialect');
      continue;
    }
    const record = nodeValue(entry.node);
    const reading = dialect.read(record, { steps: options.steps, companions: options.companions ?? noCompanions });
    const start = entry.node.start;
    for (const sample of reading.samples) samples.push(readSample(text, { start, record, dialect: dialect.id }, sample, { file: options.file, record: entry.index, step: sample.step }));
    for (const problem of reading.problems) addProblem(entry.index, new RecordLocator(text, start).deepest(problem.path)?.span.start ?? start, problem.message);
  }
  return { dialect: dialect?.id ?? 'unknown', confidence, container, samples, problems, records };
}

function readSample(text: string, place: Pick<ReadSample, 'start' | 'record' | 'dialect'>, sample: RecordSample, occurrence: Occurrence): ReadSample {
  let spans: SampleSpans | undefined;
  return {
    ...sample,
    ...place,
    occurrence,
    get spans() {
      return (spans ??= sampleSpans(text, place.start, sample.places()));
    },
  };
}

const recordsLookedAt = 20;

function chooseDialect(text: string, id: string | undefined): { readonly dialect: Dialect | undefined; readonly confidence: number } {
  if (id !== undefined) {
    const dialect = dialectById(id);
    if (dialect !== undefined) return { dialect, confidence: 1 };
    const known = dialects.map((one) => one.id).join(', ');
    throw new LoopToolError('dataset-unreadable', `There is no dialect ${JSON.stringify(id)}. Use one of ${known}, or leave it out to have it recognised.`);
  }
  const sums = new Map<Dialect, number>();
  let looked = 0;
  for (const entry of eachRecord(text)) {
    if (!entry.ok) continue;
    const value: JsonValue = nodeValue(entry.node);
    for (const dialect of dialects) sums.set(dialect, (sums.get(dialect) ?? 0) + dialect.detect(value));
    if (++looked === recordsLookedAt) break;
  }
  const [best] = [...sums].sort(([, a], [, b]) => b - a);
  if (best === undefined || best[1] === 0) return { dialect: undefined, confidence: 0 };
  return { dialect: best[0], confidence: best[1] / looked };
}
