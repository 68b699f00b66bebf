/** `unknown` until the first byte that is not blank has come. */
export type StreamContainer = 'unknown' | 'lines' | 'array';

/**
 * What takes the records: bytes [start, end) of `bytes`, valid only during the call. `byteOffset` counts from the start of
 * the stream, `line` from 0, `column` in UTF-16 units without a byte order mark. With `problem` the range is no record, but
 * where something is wrong with the file. A sink that has decoded the record and found no bytes that are not UTF-8 returns
 * its UTF-16 length, which saves counting it.
 */
export type RecordSink = (bytes: Uint8Array, start: number, end: number, byteOffset: number, line: number, column: number, problem: string | undefined) => number | undefined;

export type CutterOptions = {
  /** A longer record is a problem and is not kept. Default 64 MiB. */
  readonly maxRecordBytes?: number;
  /** Called when bytes that the sink was given are about to be moved, or to go back to the caller. */
  readonly release?: () => void;
};
