const lf = 0x0a;
const cr = 0x0d;

/** Finds line ends in bytes that grow at their end, without looking at a byte twice. */
export class LineBreaks {
  /** Of the line that was found: behind its last byte, and where the next line starts. */
  end = 0;
  next = 0;
  private nextCr = -1;
  private crSearched = 0;
  private lfSearched = 0;

  shift(bytes: number): void {
    this.end -= bytes;
    this.next -= bytes;
    this.nextCr = Math.max(this.nextCr - bytes, -1);
    this.crSearched = Math.max(this.crSearched - bytes, 0);
    this.lfSearched = Math.max(this.lfSearched - bytes, 0);
  }

  /** False when the first line end at or behind `from` may still come. */
  find(bytes: Uint8Array, from: number, last: boolean): boolean {
    const lfAt = bytes.indexOf(lf, Math.max(from, this.lfSearched));
    const limit = lfAt < 0 ? bytes.length : lfAt;
    const crAt = this.crFrom(bytes, from);
    if (crAt >= 0 && crAt < limit && (crAt + 1 < bytes.length || last)) return this.found(crAt, crAt + 1 === lfAt ? lfAt + 1 : crAt + 1);
    if (lfAt >= 0) return this.found(lfAt, lfAt + 1);
    this.lfSearched = bytes.length;
    return last && this.found(bytes.length, bytes.length);
  }

  private found(end: number, next: number): true {
    this.end = end;
    this.next = next;
    this.lfSearched = 0;
    return true;
  }

  private crFrom(bytes: Uint8Array, from: number): number {
    if (this.nextCr >= from) return this.nextCr;
    const start = Math.max(from, this.crSearched);
    this.nextCr = start < bytes.length ? bytes.indexOf(cr, start) : -1;
    this.crSearched = this.nextCr < 0 ? bytes.length : this.nextCr;
    return this.nextCr;
  }
}
