import { ByteColumn, Uint32Column } from './columns.ts';

/** Where a sample stands: record, line and column from 0, the record's bytes (0 where there are none to read), and its number among the samples of the record. */
export type SamplePlaceRow = { readonly record: number; readonly line: number; readonly column: number; readonly byteOffset: number; readonly byteLength: number; readonly index: number };

/** Numbers of a sample in a batch: the members of `SamplePlaceRow` in their order. Numbers, since objects of millions of samples would be mostly garbage. */
export const samplePlaceNumbers = 6;

/** Records from one mark to the next; a place is found by going through them. */
const recordsPerMark = 32;

/**
 * Places of millions of samples, in about eight bytes a record: samples of one record follow each other, and of each record
 * is kept how it differs from the one before.
 */
export class SamplePlaces<File> {
  length = 0;
  private readonly files: File[] = [];
  private readonly bytes = new ByteColumn();
  private readonly markSamples = new Uint32Column();
  private readonly markBytes = new Uint32Column();
  private readonly markFiles = new Uint32Column();
  private recordsAfterMark = 0;
  private previous = start;

  /** The rows of whole records, `samplePlaceNumbers` a sample. */
  add(file: File, rows: Float64Array): void {
    if (rows.length === 0) return;
    if (this.files.at(-1) !== file) {
      this.files.push(file);
      this.recordsAfterMark = recordsPerMark;
    }
    for (let at = 0; at < rows.length; ) {
      const [record = 0, line = 0, column = 0, byteOffset = 0, byteLength = 0] = rows.subarray(at, at + samplePlaceNumbers);
      let samples = 0;
      for (; at < rows.length && rows[at] === record; at += samplePlaceNumbers) samples += 1;
      this.addRecord({ record, line, column, byteOffset, byteLength }, samples);
    }
  }

  at(sample: number): SamplePlaceRow & { readonly file: File } {
    const mark = this.markOf(sample);
    let first = this.markSamples.at(mark);
    let at = this.markBytes.at(mark);
    const read = (): number => {
      let number = 0;
      for (let unit = 1; ; unit *= 128) {
        const byte = this.bytes.at(at++);
        number += (byte % 128) * unit;
        if (byte < 128) return number;
      }
    };
    const signed = (): number => {
      const number = read();
      return number % 2 === 0 ? number / 2 : -(number + 1) / 2;
    };
    let { record, line, end } = start;
    for (;;) {
      record += signed();
      line += signed();
      const column = read();
      const byteOffset = end + signed();
      const byteLength = read();
      end = byteOffset + byteLength;
      const samples = read();
      const file = this.files[this.markFiles.at(mark)];
      if (file === undefined || samples === 0 || sample >= this.length) throw new Error(`there is no sample ${sample}`);
      if (sample < first + samples) return { file, record, line, column, byteOffset, byteLength, index: sample - first };
      first += samples;
    }
  }

  private addRecord({ record, line, column, byteOffset, byteLength }: Omit<SamplePlaceRow, 'index'>, samples: number): void {
    if (this.length === 0 || this.recordsAfterMark === recordsPerMark) {
      this.markSamples.push(this.length);
      this.markBytes.push(this.bytes.length);
      this.markFiles.push(this.files.length - 1);
      this.recordsAfterMark = 0;
      this.previous = start;
    }
    const { previous } = this;
    this.write(signless(record - previous.record));
    this.write(signless(line - previous.line));
    this.write(column);
    this.write(signless(byteOffset - previous.end));
    this.write(byteLength);
    this.write(samples);
    this.previous = { record, line, end: byteOffset + byteLength };
    this.recordsAfterMark += 1;
    this.length += samples;
  }

  /** In bytes of seven bits, the low ones first. */
  private write(number: number): void {
    let left = number;
    for (; left >= 128; left = Math.floor(left / 128)) this.bytes.push(128 + (left % 128));
    this.bytes.push(left);
  }

  /** The last mark at or before a sample. */
  private markOf(sample: number): number {
    let [low, high] = [0, this.markSamples.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.markSamples.at(middle) <= sample) low = middle;
      else high = middle;
    }
    return low;
  }
}

const start = { record: 0, line: 0, end: 0 };

/** Small numbers of either sign as small numbers without one. */
function signless(number: number): number {
  return number < 0 ? -2 * number - 1 : 2 * number;
}
