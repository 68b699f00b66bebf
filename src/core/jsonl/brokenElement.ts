/** What `BrokenElement.scan` found: where reading goes on, or that it needs more bytes. */
export type RecoveryResult = 'found' | 'more';

/**
 * Finds where reading goes on behind an element of a list that is not JSON, in bytes that come piece by piece: at the `,`
 * or `]` that its brackets lead to, or, if they are not balanced, at the next line that opens an element with the same
 * indentation, whichever comes first. The same rule as `endOfBrokenElement` of records.ts, which works on a text.
 */
export class BrokenElement {
  position = 0;
  private siblingFrom = Infinity;
  private indentation: Uint8Array | undefined;
  private depth = 0;
  private inString = false;
  private escaped = false;

  /** `indentation`: the blanks before the element on its line; undefined when it is not the first thing on a line behind the first. */
  reset(start: number, failedAt: number, indentation: Uint8Array | undefined): void {
    this.position = start;
    this.siblingFrom = Math.max(failedAt - 1, start);
    this.indentation = indentation;
    this.depth = 0;
    this.inString = false;
    this.escaped = false;
  }

  shift(bytes: number): void {
    this.position -= bytes;
    this.siblingFrom -= bytes;
  }

  /** Goes on over `bytes` up to `limit`; found at the limit when `last`. */
  scan(bytes: Uint8Array, limit: number, last: boolean): RecoveryResult {
    for (; this.position < limit; this.position++) {
      // Below the limit, which is at most the length.
      const byte = bytes[this.position] as number;
      if (byte === 0x0a && this.position >= this.siblingFrom && this.indentation !== undefined) {
        const end = this.position + 1 + this.indentation.length;
        if (end >= limit && !last) return 'more';
        if (end < limit && bytes[end] === 0x7b && this.indentationStandsAt(bytes, this.position + 1)) {
          this.position = end;
          return 'found';
        }
      }
      if (this.passesOver(byte)) continue;
      return 'found';
    }
    return last ? 'found' : 'more';
  }

  private passesOver(byte: number): boolean {
    if (this.escaped) this.escaped = false;
    else if (this.inString) {
      if (byte === 0x5c) this.escaped = true;
      else if (byte === 0x22 || byte === 0x0a) this.inString = false;
    } else if (byte === 0x22) this.inString = true;
    else if (byte === 0x7b || byte === 0x5b) this.depth++;
    else if (byte === 0x7d || byte === 0x5d) return this.depth-- > 0;
    else if (byte === 0x2c) return this.depth > 0;
    return true;
  }

  private indentationStandsAt(bytes: Uint8Array, at: number): boolean {
    return this.indentation?.every((byte, i) => bytes[at + i] === byte) ?? false;
  }
}
