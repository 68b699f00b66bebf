import { countUpTo } from '../ascending.ts';
import { escapeLengthAt } from './scanner.ts';

/** A range of UTF-16 offsets, `end` exclusive. */
export type Span = { readonly start: number; readonly end: number };

/** How one literal is written: where its content starts, where its escape sequences end, and how other text would stand in it. */
export type LiteralReading = {
  readonly contentStart: number;
  /** Offsets just behind each escape sequence that changes the distance, in the decoded value and in the literal's text. Ascending. */
  readonly decodedAfter: readonly number[];
  readonly sourceAfter: readonly number[];
  encode(decoded: string): string;
};

/**
 * Leads from offsets in the decoded value of a string literal to offsets in the source and back. With a parent, the literal
 * itself stands inside a decoded string, at any depth: offsets then lead through to the outermost source.
 * Decoded offsets run from 0 to the value's length; source offsets lie between the quotes.
 */
export class StringMap {
  private readonly reading: LiteralReading;

  /**
   * `literal` is the span of the string literal in `text`, quotes included; `text` is the parent's decoded value when there is
   * a parent. The literal is JSON's unless a reading of it is given.
   */
  constructor(
    text: string,
    literal: Span,
    private readonly parent?: StringMap,
    reading?: LiteralReading,
  ) {
    this.reading = reading ?? readJsonLiteral(text, literal);
  }

  toSource(decoded: number): number {
    const { contentStart, decodedAfter, sourceAfter } = this.reading;
    const index = countUpTo(decodedAfter, decoded) - 1;
    const here = index < 0 ? contentStart + decoded : (sourceAfter[index] ?? 0) + decoded - (decodedAfter[index] ?? 0);
    return this.parent === undefined ? here : this.parent.toSource(here);
  }

  /** An offset inside an escape sequence leads to the decoded character that the sequence stands for. */
  toDecoded(source: number): number {
    const here = this.parent === undefined ? source : this.parent.toDecoded(source);
    const { contentStart, decodedAfter, sourceAfter } = this.reading;
    const index = countUpTo(sourceAfter, here) - 1;
    const decoded = index < 0 ? here - contentStart : (decodedAfter[index] ?? 0) + here - (sourceAfter[index] ?? 0);
    const next = decodedAfter[index + 1];
    return next === undefined ? decoded : Math.min(decoded, next - 1);
  }

  spanToSource(span: Span): Span {
    return { start: this.toSource(span.start), end: this.toSource(span.end) };
  }

  /** Decoded text as it is written at this place of the source: escaped once per level, non-ASCII characters as the literal has them. */
  encode(decoded: string): string {
    const escaped = this.reading.encode(decoded);
    return this.parent === undefined ? escaped : this.parent.encode(escaped);
  }
}

function readJsonLiteral(text: string, literal: Span): LiteralReading {
  const decodedAfter: number[] = [];
  const sourceAfter: number[] = [];
  const contentStart = literal.start + 1;
  const end = literal.end - 1;
  let shift = contentStart;
  for (let at = text.indexOf('\\', contentStart); at >= 0 && at < end; at = text.indexOf('\\', at)) {
    const length = escapeLengthAt(text, at);
    at += length;
    shift += length - 1;
    decodedAfter.push(at - shift);
    sourceAfter.push(at);
  }
  const encode = (decoded: string): string => {
    const escaped = JSON.stringify(decoded).slice(1, -1);
    return escapesNonAscii(text.slice(contentStart, end)) ? escapeNonAscii(escaped) : escaped;
  };
  return { contentStart, decodedAfter, sourceAfter, encode };
}

// Halves of surrogate pairs that stand alone are escaped by all writers.
const nonAsciiEscape = /(?<!\\)(?:\\\\)*\\u(?:00[89a-f]|0[1-9a-f]|[1-9abcef]|d[0-7]|d[89ab][0-9a-f]{2}\\ud[c-f])/i;

/** Whether a JSON text writes characters that are not ASCII as escapes, and none of them as itself. */
export function escapesNonAscii(source: string): boolean {
  return nonAsciiEscape.test(source) && !/[\u0080-\uffff]/.test(source);
}

export function escapeNonAscii(json: string): string {
  return json.replace(/[\u0080-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
