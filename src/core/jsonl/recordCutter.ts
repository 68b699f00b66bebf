import { BrokenElement } from './brokenElement.ts';
import { endWithoutCr, refusalOf, standsAlone } from './cutterBytes.ts';
import { isBlank, JsonExtent } from './jsonExtent.ts';
import { LineBreaks } from './lineBreaks.ts';
import { PlaceCounter } from './placeCounter.ts';
import type { CutterOptions, RecordSink, StreamContainer } from './recordSink.ts';

type Mode = 'start' | 'lines' | 'laidOut' | 'lineRest' | 'skipLine' | 'seekOpenLine' | 'firstElement' | 'element' | 'broken' | 'junk' | 'behind' | 'behindComma' | 'closed' | 'done';

const lf = 0x0a;
const cr = 0x0d;
const comma = 0x2c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/**
 * Cuts a stream of UTF-8 into its records: a list (`[` is its first character) element by element, anything else line by
 * line, where a record may also be laid out over several lines. The cuts are those of `eachRecord` in records.ts for the
 * same text. Lines end with LF, CRLF or a lone CR. Only the record under way is held.
 */
export class RecordCutter {
  private mode: Mode = 'start';
  /** What has come and is not yet cut; its length is what is there. */
  private bytes: Uint8Array = new Uint8Array(0);
  /** Room behind `bytes` in the memory that it lies in, if that is ours to append to. */
  private room: Uint8Array | undefined;
  private position = 0;
  /** Offset of `bytes[0]` in the stream. */
  private base = 0;
  private last = false;
  /** The byte that follows `bytes`, where it is known already. */
  private following: number | undefined;
  private readonly lineBreaks = new LineBreaks();
  private recordStart = 0;
  /** End of the line that the record under way starts on. */
  private lineEnd = 0;
  /** Blanks before the element on its line; undefined when something else stands there, or it is the first line. */
  private indentation: number[] | undefined;
  private found: StreamContainer = 'unknown';
  /** The record under way is a problem already: its bytes are passed over. */
  private dropped = false;
  private readonly extent = new JsonExtent();
  private readonly recovery = new BrokenElement();
  private readonly place = new PlaceCounter();
  private readonly maxRecordBytes: number;

  constructor(
    private readonly sink: RecordSink,
    private readonly options: CutterOptions = {},
  ) {
    this.maxRecordBytes = options.maxRecordBytes ?? 64 * 1024 * 1024;
  }

  get container(): StreamContainer {
    return this.found;
  }

  /** True when nothing that may still come can be a record. */
  get done(): boolean {
    return this.mode === 'done';
  }

  /** Gives the sink every record that ends in what has come so far. `chunk` may be used again after the call. */
  push(chunk: Uint8Array): void {
    if (this.mode === 'done' || chunk.length === 0) return;
    if (this.bytes.length > 0 && this.mode === 'lines') {
      // Only the rest of the line under way is copied; what follows is cut where it lies.
      const end = chunk.indexOf(lf) + 1;
      if (end > 0 && end < chunk.length) {
        this.append(chunk.subarray(0, end));
        this.following = chunk[end];
        this.run();
        this.following = undefined;
        this.append(chunk.subarray(end));
        return this.runAndKeep();
      }
    }
    this.append(chunk);
    this.runAndKeep();
  }

  /** Gives the sink what is left: a last record without a line end, a list that is not closed. */
  end(): void {
    this.last = true;
    this.run();
    this.mode = 'done';
    this.bytes = new Uint8Array(0);
    this.room = undefined;
  }

  private append(chunk: Uint8Array): void {
    const held = this.bytes.length;
    if (held === 0) {
      this.bytes = chunk;
      this.room = undefined;
      return;
    }
    const needed = held + chunk.length;
    if (this.room === undefined || this.room.length < needed) {
      const room = new Uint8Array(Math.max(needed, 2 * held));
      room.set(this.bytes);
      this.room = room;
    }
    this.room.set(chunk, held);
    this.bytes = this.room.subarray(0, needed);
  }

  private runAndKeep(): void {
    this.run();
    if (this.room === undefined && this.bytes.length > 0) {
      // The chunk is the caller's: what is left of it is copied.
      this.room = new Uint8Array(Math.max(this.bytes.length * 2, 4096));
      this.room.set(this.bytes);
      this.bytes = this.room.subarray(0, this.bytes.length);
    }
  }

  private run(): void {
    while (this.mode !== 'done' && this.step());
    this.options.release?.();
    const keep = this.mode === 'done' ? this.bytes.length : this.keepFrom();
    if (keep === 0) return;
    this.place.advance(this.bytes, keep);
    this.place.shift(keep);
    this.extent.shift(keep);
    this.recovery.shift(keep);
    this.position -= keep;
    this.recordStart -= keep;
    this.lineEnd -= keep;
    this.lineBreaks.shift(keep);
    this.base += keep;
    const left = this.bytes.length - keep;
    if (this.room !== undefined && left > 0) {
      this.room.copyWithin(0, keep, this.bytes.length);
      this.bytes = this.room.subarray(0, left);
    } else this.bytes = this.bytes.subarray(keep);
    if (left === 0) this.room = undefined;
  }

  /** First byte that is still needed. */
  private keepFrom(): number {
    const held = this.mode === 'laidOut' || this.mode === 'lineRest' || this.mode === 'element' || (this.mode === 'broken' && !this.dropped);
    return held ? this.recordStart : this.position;
  }

  /** One step; false when more bytes have to come first. */
  private step(): boolean {
    switch (this.mode) {
      case 'start':
        return this.start();
      case 'lines':
        return this.cutLine();
      case 'laidOut':
        return this.cutLaidOut();
      case 'lineRest':
        return this.cutLineRest();
      case 'skipLine':
        return this.skipLine();
      case 'seekOpenLine':
        return this.seekOpenLine();
      case 'firstElement':
      case 'behindComma':
        return this.openElement();
      case 'element':
        return this.cutElement();
      case 'broken':
        return this.passBroken();
      case 'junk':
        return this.passJunk();
      case 'behind':
        return this.behindElement();
      case 'closed':
        return this.afterList();
      case 'done':
        return false;
    }
  }

  private start(): boolean {
    const { bytes } = this;
    if (this.base === 0 && this.position === 0) {
      if (bytes.length < 4 && !this.last) return false;
      const refusal = refusalOf(bytes);
      if (refusal !== undefined) return this.stopWith(refusal);
      if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
        this.position = 3;
        this.place.skip(3);
      }
    }
    if (!this.skipBlanks()) return false;
    const isArray = bytes[this.position] === openBracket;
    if (isArray) this.position++;
    this.indentation = undefined;
    this.found = isArray ? 'array' : 'lines';
    this.mode = isArray ? 'firstElement' : 'lines';
    return true;
  }

  private cutLine(): boolean {
    const { bytes, lineBreaks } = this;
    let start = this.position;
    while (start < bytes.length && isBlank(bytes[start] as number)) start++;
    this.position = start;
    if (start >= bytes.length) return false;
    if (!lineBreaks.find(bytes, start, this.last)) {
      if (bytes.length - start <= this.maxRecordBytes) return false;
      this.problem(start, this.tooLong());
      this.mode = 'skipLine';
      return true;
    }
    const { end, next } = lineBreaks;
    const following = next < bytes.length ? bytes[next] : this.following;
    if (following === undefined && !this.last) return false;
    this.lineEnd = end;
    if (standsAlone(bytes, start, end, following)) {
      this.record(start, end);
      this.position = next;
      this.place.toNextLine(next);
      return true;
    }
    this.recordStart = start;
    this.extent.reset(start);
    this.mode = 'laidOut';
    return true;
  }

  private cutLaidOut(): boolean {
    const result = this.extent.scan(this.bytes, this.bytes.length, this.last);
    if (result === 'end') {
      this.mode = 'lineRest';
      return true;
    }
    if (result === 'more') {
      if (this.bytes.length - this.recordStart <= this.maxRecordBytes) return false;
      this.problem(this.recordStart, this.tooLong());
    } else this.record(this.recordStart, this.lineEnd);
    this.position = this.lineEnd;
    // What broke behind its first line: what follows is its rest until a line opens a record.
    this.mode = result === 'more' || this.extent.failedAt > this.lineEnd ? 'seekOpenLine' : 'lines';
    return true;
  }

  /** The value has ended; its record goes to the end of the line, so that what stands behind it there is seen. */
  private cutLineRest(): boolean {
    if (!this.lineBreaks.find(this.bytes, this.extent.position, this.last)) {
      if (this.bytes.length - this.recordStart <= this.maxRecordBytes) return false;
      this.problem(this.recordStart, this.tooLong());
      this.mode = 'skipLine';
      return true;
    }
    this.record(this.recordStart, this.lineBreaks.end);
    this.position = this.lineBreaks.next;
    this.mode = 'lines';
    return true;
  }

  private skipLine(): boolean {
    const found = this.lineBreaks.find(this.bytes, this.position, this.last);
    if (found) this.mode = 'lines';
    this.position = found ? this.lineBreaks.next : endWithoutCr(this.bytes);
    return found;
  }

  private seekOpenLine(): boolean {
    const { bytes, lineBreaks } = this;
    if (!lineBreaks.find(bytes, this.position, this.last)) {
      this.position = endWithoutCr(bytes);
      return false;
    }
    if (lineBreaks.next >= bytes.length && !this.last) return false;
    this.position = lineBreaks.next;
    if (this.position >= bytes.length) return false;
    if (bytes[this.position] === openBrace) this.mode = 'lines';
    return true;
  }

  private openElement(): boolean {
    if (!this.skipBlanks()) return this.last && this.stopWith('the list is not closed');
    if (this.bytes[this.position] === closeBracket) {
      if (this.mode === 'behindComma') this.problem(this.position, "a ',' stands before the end of the list");
      this.position++;
      this.mode = 'closed';
      return true;
    }
    this.recordStart = this.position;
    this.extent.reset(this.position);
    this.mode = 'element';
    return true;
  }

  private cutElement(): boolean {
    const result = this.extent.scan(this.bytes, this.bytes.length, this.last);
    if (result === 'end') {
      this.position = this.extent.position;
      const units = this.record(this.recordStart, this.position);
      if (units !== undefined) this.place.advance(this.bytes, this.position, units);
      this.indentation = undefined;
      this.mode = 'behind';
      return true;
    }
    if (result === 'more' && this.bytes.length - this.recordStart <= this.maxRecordBytes) return false;
    const failedAt = result === 'more' ? this.recordStart : this.extent.failedAt;
    this.recover(this.recordStart, failedAt, this.indentation && Uint8Array.from(this.indentation));
    if (result === 'more') this.drop();
    return true;
  }

  private recover(from: number, failedAt: number, indentation: Uint8Array | undefined): void {
    this.recovery.reset(from, failedAt, indentation);
    this.dropped = false;
    this.mode = 'broken';
  }

  /** The element under way is too long to be kept. */
  private drop(): void {
    this.problem(this.recordStart, this.tooLong());
    this.dropped = true;
    this.position = this.recordStart;
  }

  private passBroken(): boolean {
    const result = this.recovery.scan(this.bytes, this.bytes.length, this.last);
    if (result === 'more') {
      if (!this.dropped && this.bytes.length - this.recordStart > this.maxRecordBytes) this.drop();
      if (this.dropped) this.position = this.recovery.position;
      return false;
    }
    this.position = this.recovery.position;
    if (!this.dropped) this.record(this.recordStart, this.position);
    this.mode = 'behind';
    return true;
  }

  private behindElement(): boolean {
    if (!this.skipBlanks()) return this.last && this.stopWith('the list is not closed');
    const byte = this.bytes[this.position];
    if (byte === openBrace) {
      this.mode = 'firstElement';
      return true;
    }
    this.indentation = undefined;
    if (byte === comma || byte === closeBracket) {
      this.position++;
      this.mode = byte === comma ? 'behindComma' : 'closed';
      return true;
    }
    this.problem(this.position, "expected ',' or ']' behind the record");
    this.mode = 'junk';
    return true;
  }

  /** What stands between elements is passed over like an element that is broken; one problem for all of it. */
  private passJunk(): boolean {
    while (this.position < this.bytes.length && (isBlank(this.bytes[this.position] as number) || this.bytes[this.position] === closeBrace)) this.position++;
    if (this.position >= this.bytes.length && !this.last) return false;
    this.recover(this.position, this.position, undefined);
    this.dropped = true;
    return true;
  }

  private afterList(): boolean {
    return this.skipBlanks() && this.stopWith('something stands behind the list');
  }

  /** False when only blanks are left. Remembers those since the last line end. */
  private skipBlanks(): boolean {
    const { bytes } = this;
    for (; this.position < bytes.length; this.position++) {
      const byte = bytes[this.position] as number;
      if (!isBlank(byte)) return true;
      if (byte === lf) this.indentation = [];
      else if (byte === cr) this.indentation = undefined;
      else this.indentation?.push(byte);
    }
    return false;
  }

  private record(start: number, end: number): number | undefined {
    if (end - start > this.maxRecordBytes) return void this.problem(start, this.tooLong());
    this.place.advanceToRecord(this.bytes, start);
    return this.sink(this.bytes, start, end, this.base + start, this.place.line, this.place.column, undefined);
  }

  private problem(at: number, message: string): void {
    this.place.advanceToRecord(this.bytes, at);
    this.sink(this.bytes, at, at, this.base + at, this.place.line, this.place.column, message);
  }

  private stopWith(message: string): true {
    this.problem(this.position, message);
    this.mode = 'done';
    return true;
  }

  private tooLong(): string {
    return `a record is longer than ${this.maxRecordBytes.toLocaleString('en')} bytes and is not read`;
  }
}
