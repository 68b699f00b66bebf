import { escapeLengthAt } from './scanner.ts';

/** A range of UTF-16 offsets, `end` exclusive. */
export type Span = { readonly start: number; readonly end: number };

/**
 * Leads from offsets in the decoded value of a JSON string literal to offsets in the source and back. With a parent, the
 * literal itself stands inside a decoded string, at any depth: offsets then lead through to the outermost source.
 * Decoded offsets run from 0 to the value's length; source offsets lie between the quotes.
 */
export class StringMap {
  /** Offsets just behind each escape sequence that changes the distance, decoded and in `text`. */
  private readonly decodedAfter: number[] = [];
  private readonly sourceAfter: number[] = [];
  private escapesNonAscii = false;
  private holdsNonAscii = false;

  /** `literal` is the span of the string literal in `text`, quotes included; `text` is the parent's decoded value when there is a parent. */
  constructor(
    private readonly text: string,
    private readonly literal: Span,
    private readonly parent?: StringMap,
  ) {
    let shift = literal.start + 1;
    for (let at = literal.start + 1; at < literal.end - 1; ) {
      const code = text.charCodeAt(at);
      if (code >= 0x80) this.holdsNonAscii = true;
      if (code !== 0x5c) {
        at++;
        continue;
      }
      const length = escapeLengthAt(text, at);
      if (length === 6 && parseInt(text.slice(at + 2, at + 6), 16) >= 0x80) this.escapesNonAscii = true;
      at += length;
      shift += length - 1;
      this.decodedAfter.push(at - shift);
      this.sourceAfter.push(at);
    }
  }

  toSource(decoded: number): number {
    const index = lastAtMost(this.decodedAfter, decoded);
    const here = index < 0 ? this.literal.start + 1 + decoded : (this.sourceAfter[index] ?? 0) + decoded - (this.decodedAfter[index] ?? 0);
    return this.parent === undefined ? here : this.parent.toSource(here);
  }

  /** An offset inside an escape sequence leads to the decoded character that the sequence stands for. */
  toDecoded(source: number): number {
    const here = this.parent === undefined ? source : this.parent.toDecoded(source);
    const index = lastAtMost(this.sourceAfter, here);
    const decoded = index < 0 ? here - this.literal.start - 1 : (this.decodedAfter[index] ?? 0) + here - (this.sourceAfter[index] ?? 0);
    const next = this.decodedAfter[index + 1];
    return next === undefined ? decoded : Math.min(decoded, next - 1);
  }

  spanToSource(span: Span): Span {
    return { start: this.toSource(span.start), end: this.toSource(span.end) };
  }

  /** Decoded text as it is written at this place of the source: escaped once per level, non-ASCII characters as the literal has them. */
  encode(decoded: string): string {
    let escaped = JSON.stringify(decoded).slice(1, -1);
    if (this.escapesNonAscii && !this.holdsNonAscii) escaped = escaped.replace(/[\u0080-\uffff]/g, unicodeEscape);
    return this.parent === undefined ? escaped : this.parent.encode(escaped);
  }
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Index of the last member <= value in an ascending list, -1 for none. */
function lastAtMost(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? Infinity) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
