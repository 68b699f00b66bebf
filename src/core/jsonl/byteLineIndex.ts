import { countUpTo } from '../ascending.ts';
import { LineBreaks } from './lineBreaks.ts';

const linesApart = 64;
export const bytesApart = 1 << 16;

/**
 * Where lines start in a file of any size: not every line, but one of `linesApart`, or the first one behind each
 * `bytesApart` bytes. Whoever looks up a line reads on from the nearest mark; the index of ten million lines takes 2.5 MB.
 * Lines end with LF, CRLF or a lone CR, as in `LineIndex`; a file that ends with a line end has an empty last line.
 */
export class ByteLineIndex {
  constructor(
    /** Size of the file in bytes. */
    readonly sizeBytes: number,
    /** At least 1, also for an empty file. */
    readonly lineCount: number,
    private readonly markLines: Float64Array,
    private readonly markOffsets: Float64Array,
    /** The last byte is a CR: an LF that comes behind it belongs to the same line end. */
    readonly endsWithCr: boolean,
  ) {}

  get markCount(): number {
    return this.markLines.length;
  }

  /** The last mark at or before a line: its line, and the offset that this line starts at. */
  beforeLine(line: number): LineMark {
    return this.mark(countUpTo(this.markLines, line) - 1);
  }

  /** The last mark at or before an offset. */
  beforeOffset(offset: number): LineMark {
    return this.mark(countUpTo(this.markOffsets, offset) - 1);
  }

  /** The first mark behind a line; the end of the file where there is none. */
  behindLine(line: number): LineMark {
    const at = countUpTo(this.markLines, line);
    return at < this.markCount ? this.mark(at) : { line: this.lineCount, offset: this.sizeBytes };
  }

  /** For a builder that goes on with this index. */
  marks(): { readonly lines: Float64Array; readonly offsets: Float64Array } {
    return { lines: this.markLines, offsets: this.markOffsets };
  }

  private mark(at: number): LineMark {
    return { line: this.markLines[at] ?? 0, offset: this.markOffsets[at] ?? 0 };
  }

  /** As bytes: size, lines, flag, marks; numbers as varints, marks as differences. */
  encode(): Uint8Array {
    const bytes: number[] = [];
    for (const number of [this.sizeBytes, this.lineCount, this.endsWithCr ? 1 : 0, this.markCount]) pushVarint(bytes, number);
    for (let i = 0; i < this.markCount; i++) {
      const { line, offset } = this.mark(i);
      const before = i === 0 ? { line: 0, offset: 0 } : this.mark(i - 1);
      pushVarint(bytes, line - before.line);
      pushVarint(bytes, offset - before.offset);
    }
    return Uint8Array.from(bytes);
  }

  /** Undefined for bytes that `encode` cannot have made. */
  static decode(bytes: Uint8Array): ByteLineIndex | undefined {
    const reader = new VarintReader(bytes);
    const [sizeBytes, lineCount, flag, count] = [reader.next(), reader.next(), reader.next(), reader.next()];
    // Each mark takes two bytes at the least.
    if (!reader.ok || flag > 1 || lineCount < 1 || count > bytes.length / 2) return undefined;
    const lines = new Float64Array(count);
    const offsets = new Float64Array(count);
    let line = 0;
    let offset = 0;
    for (let i = 0; i < count; i++) {
      const [lineStep, offsetStep] = [reader.next(), reader.next()];
      if (lineStep === 0 || offsetStep === 0) return undefined;
      lines[i] = line += lineStep;
      offsets[i] = offset += offsetStep;
    }
    if (!reader.ok || !reader.atEnd || line >= lineCount || offset > sizeBytes) return undefined;
    return new ByteLineIndex(sizeBytes, lineCount, lines, offsets, flag === 1);
  }
}

/** A line from 0, and the byte offset that it starts at. */
export type LineMark = { readonly line: number; readonly offset: number };

/** Makes the index of bytes that come piece by piece, or goes on with the index of what was there before. */
export class ByteLineIndexBuilder {
  private readonly lines: number[];
  private readonly offsets: number[];
  private line: number;
  private size: number;
  private crBefore: boolean;
  private markLine = 0;
  private markOffset = 0;

  constructor(before?: ByteLineIndex) {
    const marks = before?.marks();
    this.lines = Array.from(marks?.lines ?? []);
    this.offsets = Array.from(marks?.offsets ?? []);
    this.line = (before?.lineCount ?? 1) - 1;
    this.size = before?.sizeBytes ?? 0;
    this.crBefore = before?.endsWithCr ?? false;
    // Where the line behind that CR starts is not known before the next byte.
    if (this.crBefore && this.offsets.at(-1) === this.size) {
      this.lines.pop();
      this.offsets.pop();
    }
    this.markLine = this.lines.at(-1) ?? 0;
    this.markOffset = this.offsets.at(-1) ?? 0;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    let at = 0;
    if (this.crBefore) {
      // The line that the CR ended was counted; a mark there would stand before the LF.
      if (chunk[0] === 0x0a) at = 1;
      this.crBefore = false;
      this.considerMark(this.size + at);
    }
    const breaks = new LineBreaks();
    while (at < chunk.length && breaks.find(chunk, at, false)) {
      at = breaks.next;
      this.line++;
      this.considerMark(this.size + at);
    }
    if (chunk[chunk.length - 1] === 0x0d) {
      this.line++;
      this.crBefore = true;
    }
    this.size += chunk.length;
  }

  end(): ByteLineIndex {
    if (this.crBefore) this.considerMark(this.size);
    return new ByteLineIndex(this.size, this.line + 1, Float64Array.from(this.lines), Float64Array.from(this.offsets), this.crBefore);
  }

  private considerMark(start: number): void {
    if (this.line - this.markLine < linesApart && start - this.markOffset < bytesApart) return;
    if (this.line === this.markLine) return;
    this.markLine = this.line;
    this.markOffset = start;
    this.lines.push(this.line);
    this.offsets.push(start);
  }
}

function pushVarint(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
}

class VarintReader {
  ok = true;
  private position = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get atEnd(): boolean {
    return this.position === this.bytes.length;
  }

  next(): number {
    let value = 0;
    for (let scale = 1; scale <= Number.MAX_SAFE_INTEGER; scale *= 0x80) {
      const byte = this.bytes[this.position++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        this.ok &&= Number.isSafeInteger(value);
        return value;
      }
    }
    this.ok = false;
    return 0;
  }
}
