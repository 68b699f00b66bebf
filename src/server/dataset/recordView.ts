import type { Companions } from '../../core/dataset/companions.ts';
import type { Dialect, RecordProblem, RecordSample, SamplePlaces } from '../../core/dataset/dialect.ts';
import type { RecordReader } from '../../core/dataset/recordReader.ts';
import { RecordLocator } from '../../core/dataset/locate.ts';
import { parseJson } from '../../core/json/parse.ts';
import type { SourcePath } from '../../core/json/path.ts';
import { shifted } from '../../core/json/span.ts';
import { eachValue } from '../../core/jsonl/records.ts';
import type { Span } from '../../core/json/stringMap.ts';
import { nodeValue, parseTree } from '../../core/json/tree.ts';
import type { JsonValue } from '../../core/json/value.ts';
import { placesOf } from '../../core/rules/places.ts';

export type RecordViewInput = {
  /** 0-based among the records of the document. */
  readonly index: number;
  /** The record's own text, or the whole document where that is one record in many lines. */
  readonly text: string;
  /** Offset of `text` in the document. Everything else of a view is relative to `text`. */
  readonly base: number;
  /** Offsets of the lines or elements in `text`, where the whole document is one record. */
  readonly starts?: readonly number[];
  readonly dialect: Dialect;
  readonly companions: Companions;
  /** Reads records of other dialects in a mixed file as what they are; without it, `dialect` reads. */
  readonly reader?: RecordReader;
};

type Reading = { readonly dialect: Dialect; readonly value: JsonValue | undefined; readonly samples: readonly RecordSample[]; readonly problems: readonly RecordProblem[] };

/**
 * One record of an open document, read when it is first asked for. A view stays right as long as its record's text does:
 * what an edit elsewhere moves is only `base`. Offsets are UTF-16.
 */
export class RecordView {
  private reading: Reading | undefined;
  private located: RecordLocator | undefined;

  private at: { readonly index: number; readonly base: number };

  constructor(private readonly input: RecordViewInput) {
    this.at = input;
  }

  /** Edits elsewhere move a record. */
  moveTo(index: number, base: number): void {
    this.at = { index, base };
  }

  get index(): number {
    return this.at.index;
  }

  get text(): string {
    return this.input.text;
  }

  get base(): number {
    return this.at.base;
  }

  get dialect(): Dialect {
    return this.read().dialect;
  }

  /** What it is read with. */
  get companions(): Companions {
    return this.input.companions;
  }

  /** Where the record starts, in `text`: one offset, or one for each line. */
  get starts(): number | readonly number[] {
    return this.input.starts ?? 0;
  }

  /** The record in the document. */
  get span(): Span {
    return { start: this.base, end: this.base + this.text.length };
  }

  /** Undefined where the record is not JSON. */
  get value(): JsonValue | undefined {
    return this.read().value;
  }

  get samples(): readonly RecordSample[] {
    return this.read().samples;
  }

  get problems(): readonly RecordProblem[] {
    return this.read().problems;
  }

  /** Finds places in `text`. */
  get locator(): RecordLocator {
    return (this.located ??= new RecordLocator(this.text, this.starts));
  }

  /** The same record with another text. */
  edited(text: string): RecordView {
    const { starts: _, ...rest } = this.input;
    return new RecordView(this.input.starts === undefined ? { ...rest, text } : { ...rest, text, starts: startsOf(text) });
  }

  placesOf(sample: RecordSample): SamplePlaces {
    return placesOf(sample);
  }

  /** Where a part of the record stands in the document. */
  locate(path: SourcePath): Span | undefined {
    const place = this.locator.locate(path);
    return place && this.toDocument(place.span);
  }

  toDocument(span: Span): Span {
    return shifted(span, this.base);
  }

  /** The same record with another text, as it would read then. */
  withText(text: string, starts?: readonly number[], base = this.base): RecordView {
    const { index, dialect, companions } = this.input;
    return new RecordView({ index, base, dialect, companions, text, ...(starts === undefined ? {} : { starts }) });
  }

  private read(): Reading {
    return (this.reading ??= readRecord(this.input));
  }
}

function readRecord({ text, starts, dialect, companions, index, reader }: RecordViewInput): Reading {
  const value = starts === undefined ? valueAt(text, 0) : starts.map((start) => valueAt(text, start) ?? null);
  if (value === undefined) return { dialect, value, samples: [], problems: [] };
  if (reader !== undefined) {
    const read = reader.readValue(value, index);
    return { dialect: read.dialect, value, ...read.reading };
  }
  return { dialect, value, ...dialect.read(value, { steps: 'all', companions, index }) };
}

function startsOf(text: string): readonly number[] {
  return [...eachValue(text)].flatMap((entry) => (entry.ok ? [entry.start] : []));
}

function valueAt(text: string, offset: number): JsonValue | undefined {
  // The platform's parser, many times as fast, wherever the text is the record and nothing else.
  const whole = offset === 0 ? parseJson(text) : undefined;
  if (whole?.ok === true) return whole.value;
  const parsed = parseTree(text, { offset });
  return parsed.ok ? nodeValue(parsed.node) : undefined;
}
