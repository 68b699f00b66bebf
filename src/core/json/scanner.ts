/**
 * The one JSON reader of the project (RFC 8259, strict). What it makes of what it reads is up to a builder:
 * plain values (`parse.ts`) or positioned nodes (`tree.ts`). All offsets are UTF-16 offsets into the text.
 */
export interface JsonBuilder<T, M> {
  string(start: number, end: number, value: string): T;
  number(start: number, end: number, raw: string): T;
  literal(start: number, end: number, value: boolean | null): T;
  array(start: number, end: number, items: readonly T[]): T;
  member(key: string, keyStart: number, keyEnd: number, value: T): M;
  /** Members in source order; a key may stand there twice. */
  object(start: number, end: number, members: readonly M[]): T;
}

export type ScanOptions = {
  /**
   * Where the value starts (white space before it is skipped). What follows the value is then not looked at;
   * without an offset the whole text has to be one value.
   */
  readonly offset?: number | undefined;
  /** Levels of arrays and objects; default 512, at most 2,000, so that no reader of the result can overflow the stack. */
  readonly maxDepth?: number | undefined;
};

export type ScanFailure = { readonly ok: false; readonly message: string; readonly offset: number };
export type ScanResult<T> = { readonly ok: true; readonly value: T; readonly end: number; readonly warnings: readonly string[] } | ScanFailure;

const defaultDepth = 512;
const largestDepth = 2000;

/** The levels that are read where so many are asked for. */
export function depthLimit(maxDepth: number | undefined): number {
  return Math.min(maxDepth ?? defaultDepth, largestDepth);
}

/** Reads one JSON value. A failure says what stands where; it never throws for any text. */
export function scanJson<T, M>(text: string, builder: JsonBuilder<T, M>, options: ScanOptions = {}): ScanResult<T> {
  const scanner = new Scanner(text, builder, depthLimit(options.maxDepth));
  try {
    const value = scanner.value(options.offset ?? startOfJson(text), 0);
    const end = scanner.position;
    if (options.offset === undefined) scanner.expectEnd();
    return { ok: true, value, end, warnings: scanner.warnings };
  } catch (error) {
    if (error instanceof ScanError) return { ok: false, message: error.message, offset: error.offset };
    throw error;
  }
}

/** 1 after a byte order mark, else 0. */
export function startOfJson(text: string): number {
  return text.charCodeAt(0) === 0xfeff ? 1 : 0;
}

/** First offset at or after `position` that is not JSON white space. */
export function skipWhitespace(text: string, position: number): number {
  let at = position;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return at;
    at++;
  }
}

class ScanError extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

/** The keys of one object. Most objects are small, and for these a list is faster than a set. */
class KeySet {
  private readonly list: string[] = [];
  private set: Set<string> | undefined;

  /** False when the key was there before. */
  add(key: string): boolean {
    if (this.set?.has(key) ?? this.list.includes(key)) return false;
    if (this.set !== undefined) this.set.add(key);
    else if (this.list.push(key) > 12) this.set = new Set(this.list);
    return true;
  }
}

const numberPattern = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

class Scanner<T, M> {
  position = 0;
  readonly warnings: string[] = [];

  constructor(
    private readonly text: string,
    private readonly builder: JsonBuilder<T, M>,
    private readonly maxDepth: number,
  ) {}

  value(from: number, depth: number): T {
    const start = skipWhitespace(this.text, from);
    const code = this.text.charCodeAt(start);
    if (code === quote) {
      const value = this.stringValue(start);
      return this.builder.string(start, this.position, value);
    }
    if (code === openBrace || code === openBracket) {
      if (depth >= this.maxDepth) throw new ScanError(`nested deeper than ${this.maxDepth} levels`, start);
      return code === openBrace ? this.object(start, depth + 1) : this.array(start, depth + 1);
    }
    if (code === 0x2d || (code >= 0x30 && code <= 0x39)) return this.number(start);
    if (this.text.startsWith('true', start)) return this.literal(start, 4, true);
    if (this.text.startsWith('false', start)) return this.literal(start, 5, false);
    if (this.text.startsWith('null', start)) return this.literal(start, 4, null);
    throw this.unexpected('a value', start);
  }

  expectEnd(): void {
    const at = skipWhitespace(this.text, this.position);
    if (at < this.text.length) throw this.unexpected('the end of the text', at);
  }

  private literal(start: number, length: number, value: boolean | null): T {
    this.position = start + length;
    this.refuseTail(start);
    return this.builder.literal(start, this.position, value);
  }

  private number(start: number): T {
    numberPattern.lastIndex = start;
    const raw = numberPattern.exec(this.text)?.[0];
    if (raw === undefined) throw this.unexpected('a number', start);
    this.position = start + raw.length;
    this.refuseTail(start);
    return this.builder.number(start, this.position, raw);
  }

  /** Refuses `01`, `1.`, `truex`: a literal ends where no word character and no full stop follows. */
  private refuseTail(start: number): void {
    if (!isWordCode(this.text.charCodeAt(this.position))) return;
    throw this.unexpected('a value', start);
  }

  private array(start: number, depth: number): T {
    const items: T[] = [];
    let at = skipWhitespace(this.text, start + 1);
    if (this.text.charCodeAt(at) === closeBracket) {
      this.position = at + 1;
      return this.builder.array(start, this.position, items);
    }
    for (;;) {
      items.push(this.value(at, depth));
      at = skipWhitespace(this.text, this.position);
      const code = this.text.charCodeAt(at);
      this.position = ++at;
      if (code === comma) continue;
      if (code === closeBracket) return this.builder.array(start, at, items);
      throw this.unexpected("',' or ']'", at - 1);
    }
  }

  private object(start: number, depth: number): T {
    const members: M[] = [];
    const keys = new KeySet();
    let at = skipWhitespace(this.text, start + 1);
    if (this.text.charCodeAt(at) === closeBrace) {
      this.position = at + 1;
      return this.builder.object(start, this.position, members);
    }
    for (;;) {
      members.push(this.member(skipWhitespace(this.text, at), depth, keys));
      at = skipWhitespace(this.text, this.position);
      const code = this.text.charCodeAt(at);
      this.position = ++at;
      if (code === comma) continue;
      if (code === closeBrace) return this.builder.object(start, at, members);
      throw this.unexpected("',' or '}'", at - 1);
    }
  }

  private member(keyStart: number, depth: number, keys: KeySet): M {
    if (this.text.charCodeAt(keyStart) !== quote) throw this.unexpected('a key in double quotes', keyStart);
    const key = this.stringValue(keyStart);
    const keyEnd = this.position;
    const at = skipWhitespace(this.text, keyEnd);
    if (this.text.charCodeAt(at) !== colon) throw this.unexpected("':'", at);
    if (!keys.add(key)) this.warnings.push(`the key ${JSON.stringify(key)} stands twice; the last one counts`);
    return this.builder.member(key, keyStart, keyEnd, this.value(at + 1, depth));
  }

  private stringValue(start: number): string {
    const text = this.text;
    const close = closingQuote(text, start);
    if (close - start > longString) {
      try {
        // The platform checks and decodes a long literal faster than the loop below: a string gives a string.
        const value = JSON.parse(text.slice(start, close + 1)) as string;
        this.position = close + 1;
        return value;
      } catch {
        // The loop below says what is wrong with it.
      }
    }
    let at = start + 1;
    let escaped = false;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === quote) break;
      if (code === backslash) {
        escaped = true;
        at += this.escapeLength(at);
      } else if (code >= 0x20) at++;
      else throw Number.isNaN(code) ? new ScanError('a string has no closing quote', start) : new ScanError('a string holds an unescaped control character', at);
    }
    this.position = at + 1;
    if (!escaped) return text.slice(start + 1, at);
    // The literal was checked above, so the platform's own decoder can do the unescaping: a string gives a string.
    return JSON.parse(text.slice(start, at + 1)) as string;
  }

  private escapeLength(at: number): number {
    const length = escapeLengthAt(this.text, at);
    if (length === 0) throw new ScanError('an escape sequence is not valid', at);
    return length;
  }

  private unexpected(expected: string, at: number): ScanError {
    if (at >= this.text.length) return new ScanError(`the text ends where ${expected} is expected`, this.text.length);
    const word = /^(?:-?(?:NaN|Infinity)|undefined|None|True|False)/.exec(this.text.slice(at, at + 10))?.[0];
    if (word !== undefined) return new ScanError(`${word} is not JSON`, at);
    const found = String.fromCodePoint(this.text.codePointAt(at) ?? 0);
    return new ScanError(`expected ${expected}, found ${JSON.stringify(found)}`, at);
  }
}

const longString = 48;

/** Offset of the first quote behind the one at `open` that no backslash escapes; -1 for none. */
export function closingQuote(text: string, open: number): number {
  for (let at = text.indexOf('"', open + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let before = at;
    while (text.charCodeAt(before - 1) === backslash) before--;
    if ((at - before) % 2 === 0) return at;
  }
  return -1;
}

/** Source length of the escape sequence at a backslash: 2, 6, or 0 when it is not one. */
export function escapeLengthAt(text: string, at: number): number {
  const code = text.charCodeAt(at + 1);
  if (code === 0x75) return /^[0-9a-fA-F]{4}$/.test(text.slice(at + 2, at + 6)) ? 6 : 0;
  return '"\\/bfnrt'.includes(String.fromCharCode(code)) ? 2 : 0;
}

function isWordCode(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a) || code === 0x2e || code === 0x5f;
}
