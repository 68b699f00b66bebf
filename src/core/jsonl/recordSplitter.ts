import { RecordCutter } from './recordCutter.ts';
import type { CutterOptions, StreamContainer } from './recordSink.ts';
import { firstInvalidByte } from './utf8.ts';

/**
 * One record of a stream, not yet parsed. Problems count as records, too, as they do in `eachRecord`.
 */
export type RawRecord = {
  /** From 0. */
  readonly index: number;
  /** The record as it stands there, without its line end; empty where there is none (`problem` says why). */
  readonly text: string;
  /** From the start of the stream, a byte order mark counted. */
  readonly byteOffset: number;
  readonly byteLength: number;
  /** Line that the record starts on, from 0; lines end with LF, CRLF or a lone CR. */
  readonly line: number;
  /** UTF-16 column that it starts at, from 0; a byte order mark is not counted. */
  readonly column: number;
  readonly problem?: RawProblem;
};

export type RawProblem = {
  readonly message: string;
  /** UTF-16 offset in `text`. */
  readonly offset: number;
  /** True when `text` is the record nevertheless (bytes that are not UTF-8 have become U+FFFD); false when there is none. */
  readonly readable: boolean;
};

/** Decodes UTF-8 bytes [start, end); bytes that are not UTF-8 become U+FFFD, a byte order mark stays. Hosts have faster ones. */
export type DecodeUtf8 = (bytes: Uint8Array, start: number, end: number) => string;

export type SplitterOptions = CutterOptions & { readonly decode?: DecodeUtf8 };

/**
 * Splits a stream of UTF-8 chunks into its raw records, each decoded once. Containers and recovery as `RecordCutter`:
 * JSON Lines, one list, one object a file, objects laid out over several lines. Never throws, whatever the bytes are.
 */
export class RecordSplitter {
  private readonly cutter: RecordCutter;
  private readonly decode: DecodeUtf8;
  private records: RawRecord[] = [];
  private index = 0;

  constructor(options: SplitterOptions = {}) {
    this.decode = options.decode ?? textDecoding();
    this.cutter = new RecordCutter((...cut) => this.take(...cut), options);
  }

  get container(): StreamContainer {
    return this.cutter.container;
  }

  /** True when no more records can come, whatever is pushed. */
  get done(): boolean {
    return this.cutter.done;
  }

  /** The records that end in this chunk. The chunk may be used again afterwards. */
  push(chunk: Uint8Array): readonly RawRecord[] {
    this.cutter.push(chunk);
    return this.taken();
  }

  /** The records that end with the stream. */
  end(): readonly RawRecord[] {
    this.cutter.end();
    return this.taken();
  }

  private taken(): readonly RawRecord[] {
    const { records } = this;
    this.records = [];
    return records;
  }

  private take(bytes: Uint8Array, start: number, end: number, byteOffset: number, line: number, column: number, message: string | undefined): number | undefined {
    const index = this.index++;
    const byteLength = end - start;
    if (message !== undefined) {
      this.records.push({ index, text: '', byteOffset, byteLength, line, column, problem: { message, offset: 0, readable: false } });
      return undefined;
    }
    const record = rawRecord({ bytes, start, end, index, byteOffset, line, column }, this.decode);
    this.records.push(record);
    return record.problem === undefined ? record.text.length : undefined;
  }
}

export type RecordRange = { readonly bytes: Uint8Array; readonly start: number; readonly end: number; readonly index: number; readonly byteOffset: number; readonly line: number; readonly column: number };

/** The record that stands at a range of bytes. */
export function rawRecord(range: RecordRange, decode: DecodeUtf8): RawRecord {
  const { bytes, start, end, index, byteOffset, line, column } = range;
  const text = decode(bytes, start, end);
  if (text.includes('\ufffd')) {
    const bad = firstInvalidByte(bytes, start, end);
    if (bad >= 0) return { index, text, byteOffset, byteLength: end - start, line, column, problem: { message: 'bytes are not UTF-8', offset: decode(bytes, start, bad).length, readable: true } };
  }
  return { index, text, byteOffset, byteLength: end - start, line, column };
}

/** All records of a text in memory. */
export function splitText(text: string, options: SplitterOptions = {}): readonly RawRecord[] {
  const splitter = new RecordSplitter(options);
  return [...splitter.push(new TextEncoder().encode(text)), ...splitter.end()];
}

/** The decoder that every host has. */
export function textDecoding(): DecodeUtf8 {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return (bytes, start, end) => decoder.decode(bytes.subarray(start, end));
}
