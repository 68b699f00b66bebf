import { utf16Length } from './utf8.ts';

const cr = 0x0d;

/** Counts lines (ended by LF, CRLF or a lone CR) and UTF-16 columns of a stream, as far as it is asked to. Both from 0. */
export class PlaceCounter {
  line = 0;
  column = 0;
  /** Index of the first byte that is not counted. */
  private mark = 0;
  private crBefore = false;

  /** Counts the bytes up to index `to`, which may not lie before the last one; `units` is their UTF-16 length where it is known. */
  advance(bytes: Uint8Array, to: number, units?: number): void {
    let at = this.mark;
    if (at >= to) return;
    let lineStart = -1;
    if (this.crBefore) {
      this.crBefore = false;
      if (bytes[at] !== 0x0a) lineStart = this.newLine(at);
    }
    const four = to - 3;
    // All indices are below the end of the bytes.
    for (; at < to; at++) {
      while (at < four && (bytes[at] as number) > cr && (bytes[at + 1] as number) > cr && (bytes[at + 2] as number) > cr && (bytes[at + 3] as number) > cr) at += 4;
      if (at >= to) break;
      const byte = bytes[at];
      if (byte === 0x0a) lineStart = this.newLine(at + 1);
      else if (byte === cr) {
        if (at + 1 === to) this.crBefore = true;
        else if (bytes[at + 1] !== 0x0a) lineStart = this.newLine(at + 1);
      }
    }
    if (lineStart >= 0) this.column = utf16Length(bytes, lineStart, to);
    else this.column += units ?? utf16Length(bytes, this.mark, to);
    this.mark = to;
  }

  /** As `advance` to a byte that is known not to be LF. */
  advanceToRecord(bytes: Uint8Array, to: number): void {
    this.advance(bytes, to);
    if (!this.crBefore) return;
    this.crBefore = false;
    this.line++;
    this.column = 0;
  }

  /** Passes over the rest of a line that has ended; the next one starts at index `start`. */
  toNextLine(start: number): void {
    this.line++;
    this.column = 0;
    this.crBefore = false;
    this.mark = start;
  }

  /** Passes over what editors do not count: a byte order mark. */
  skip(to: number): void {
    this.mark = to;
  }

  shift(bytes: number): void {
    this.mark -= bytes;
  }

  private newLine(start: number): number {
    this.line++;
    return start;
  }
}
