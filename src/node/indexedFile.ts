import type { FileHandle } from 'node:fs/promises';
import { bytesApart, type ByteLineIndex, type LineMark } from '../core/jsonl/byteLineIndex.ts';
import { LineBreaks } from '../core/jsonl/lineBreaks.ts';

/** Byte offsets of a line, `end` exclusive and before its line end. */
export type LineRange = { readonly start: number; readonly end: number };

/** Random access to the lines of a file of any size; each look-up reads 64 KiB at the most, besides the line itself. */
export class IndexedFile {
  constructor(
    private readonly handle: FileHandle,
    private readonly index: ByteLineIndex,
  ) {}

  get lineCount(): number {
    return this.index.lineCount;
  }

  /** Bytes that the index knows; what was appended since is not seen. */
  get sizeBytes(): number {
    return this.index.sizeBytes;
  }

  /** Undefined for a line that is not there. Lines count from 0. */
  async lineRange(line: number): Promise<LineRange | undefined> {
    if (!Number.isSafeInteger(line) || line < 0 || line >= this.lineCount) return undefined;
    const mark = this.index.beforeLine(line);
    const behind = this.index.behindLine(line);
    let { offset: start } = mark;
    let at = mark.line;
    for (const one of await this.linesFrom(mark, behind)) {
      if (at === line) return { start, end: one.end };
      start = one.next;
      at++;
    }
    return { start, end: line === this.lineCount - 1 ? behind.offset : await this.endBefore(behind.offset) };
  }

  /** Decoded as UTF-8; undefined for a line that is not there. */
  async readLine(line: number): Promise<string | undefined> {
    const range = await this.lineRange(line);
    return range && (await this.read(range.start, range.end)).toString('utf8');
  }

  /** The line that a byte stands on, its line end included; the last line for what lies behind the end. */
  async lineOfByte(offset: number): Promise<number> {
    const mark = this.index.beforeOffset(offset);
    let { line } = mark;
    for (const one of await this.linesFrom(mark, this.index.behindLine(mark.line))) {
      if (one.next > offset) break;
      line++;
    }
    return line;
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  /** The line ends between two marks. Every line between marks starts within `bytesApart` of the first, so the rest is not read. */
  private async linesFrom(mark: LineMark, behind: LineMark): Promise<readonly { readonly end: number; readonly next: number }[]> {
    const to = Math.min(behind.offset, mark.offset + bytesApart + 1);
    const bytes = await this.read(mark.offset, to);
    const breaks = new LineBreaks();
    const found: { readonly end: number; readonly next: number }[] = [];
    for (let at = 0; at < bytes.length && breaks.find(bytes, at, false); at = breaks.next) found.push({ end: mark.offset + breaks.end, next: mark.offset + breaks.next });
    if (to === behind.offset && bytes[bytes.length - 1] === 0x0d) found.push({ end: to - 1, next: to });
    return found;
  }

  /** Where the line ends whose line end stands before an offset. */
  private async endBefore(offset: number): Promise<number> {
    const bytes = await this.read(Math.max(0, offset - 2), offset);
    return offset - (bytes.toString('latin1') === '\r\n' ? 2 : 1);
  }

  private async read(start: number, end: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(Math.max(0, end - start));
    let done = 0;
    while (done < bytes.length) {
      const { bytesRead } = await this.handle.read(bytes, done, bytes.length - done, start + done);
      // The file has been cut since: what is left is given.
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return bytes.subarray(0, done);
  }
}
