import type { JsonNode, MemberNode, StringNode } from '../../json/tree.ts';
import { readPythonNumber } from './pythonNumber.ts';
import { readPythonString, type PythonFailure } from './pythonString.ts';

export type PythonLiteral = { readonly ok: true; readonly node: JsonNode; readonly warnings: readonly string[] } | PythonFailure;

export type PythonLiteralOptions = {
  /** Levels of lists, tuples and dicts; 512 when absent. */
  readonly maxDepth?: number;
  /** Takes a bare name for its own text, with a warning; else it is refused. */
  readonly names?: 'text';
  /** Takes line breaks inside of plainly quoted strings, with a warning. */
  readonly newlines?: boolean;
};

/**
 * Reads the Python literal that starts at `offset` (blanks before it are skipped) as `repr` writes it, and does not look at
 * what follows: `node.end` says where it ended. Dicts become objects (keys that are no strings as Python prints them), lists,
 * tuples and sets become arrays, `True`, `None` and also `true`, `null` become what they are in JSON. Numbers keep their digits.
 * Positions are UTF-16 offsets into the text. Never throws; linear in the literal's length.
 */
export function parsePythonLiteral(text: string, offset = 0, options: PythonLiteralOptions = {}): PythonLiteral {
  const reader = new LiteralReader(text, options);
  try {
    const node = reader.value(offset, 0);
    return { ok: true, node, warnings: reader.warnings };
  } catch (error) {
    if (error instanceof LiteralError) return { ok: false, message: error.message, offset: error.offset };
    throw error;
  }
}

/** First offset at or after `from` that is no white space and no comment. */
export function skipPythonBlanks(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === 0x20 || (code >= 0x09 && code <= 0x0d)) at += 1;
    else if (code === 0x23) {
      const line = text.indexOf('\n', at);
      at = line < 0 ? text.length : line;
    } else return at;
  }
}

/** Where the name that starts at `at` ends; `at` itself where none starts. */
export function pythonNameEnd(text: string, at: number): number {
  let end = at;
  for (;;) {
    const code = text.charCodeAt(end);
    const letter = ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a && code < 0x80) || code === 0x5f || code >= 0xaa;
    if (!letter && !(end > at && code >= 0x30 && code <= 0x39)) return end;
    end += 1;
  }
}

class LiteralError extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

const constants: ReadonlyMap<string, boolean | null> = new Map([['True', true], ['true', true], ['False', false], ['false', false], ['None', null], ['null', null]]);

class LiteralReader {
  readonly warnings: string[] = [];
  private readonly maxDepth: number;

  constructor(
    private readonly text: string,
    private readonly options: PythonLiteralOptions,
  ) {
    this.maxDepth = Math.min(options.maxDepth ?? 512, 2000);
  }

  value(from: number, depth: number): JsonNode {
    const start = skipPythonBlanks(this.text, from);
    const character = this.text[start];
    if (character === '[' || character === '(' || character === '{') {
      if (depth >= this.maxDepth) throw new LiteralError(`nested deeper than ${this.maxDepth} levels`, start);
      if (character === '{') return this.braces(start, depth + 1);
      return character === '[' ? this.list(start, depth + 1) : this.parentheses(start, depth + 1);
    }
    return this.strings(start) ?? this.number(start) ?? this.name(start);
  }

  /** One string literal, or several that stand side by side, which Python joins. */
  private strings(start: number): StringNode | undefined {
    const values: string[] = [];
    let end = start;
    for (let at = start; ; at = skipPythonBlanks(this.text, end)) {
      const read = readPythonString(this.text, at, { newlines: this.options.newlines === true });
      if (read === undefined) break;
      if (!read.ok) throw new LiteralError(read.message, read.offset);
      if (read.rawNewline) this.warnings.push('a string goes over several lines');
      if (read.prefix.includes('f')) this.warnings.push('an f-string is taken as it is written');
      if (read.prefix.includes('b')) this.warnings.push('a bytes literal is taken for text');
      values.push(read.value);
      end = read.end;
    }
    return values.length === 0 ? undefined : { kind: 'string', start, end, value: values.length === 1 ? (values[0] ?? '') : values.join('') };
  }

  private number(start: number): JsonNode | undefined {
    let at = start;
    let negative = false;
    while (this.text[at] === '-' || this.text[at] === '+') {
      if (this.text[at] === '-') negative = !negative;
      at += 1;
      while (this.text[at] === ' ') at += 1;
    }
    const read = readPythonNumber(this.text, at);
    if (read === undefined || read.kind === 'complex') return undefined;
    // Python has no negative zero among its integers.
    const raw = negative && read.json !== '0' ? `-${read.json}` : read.json;
    return { kind: 'number', start, end: read.end, raw };
  }

  private name(start: number): JsonNode {
    const end = pythonNameEnd(this.text, start);
    if (end === start) throw this.unexpected('a value', start);
    const word = this.text.slice(start, end);
    const constant = constants.get(word);
    if (constant !== undefined) return constant === null ? { kind: 'null', start, end } : { kind: 'boolean', start, end, value: constant };
    if (this.options.names !== 'text') throw new LiteralError(`${word.slice(0, 40)} is not a value`, start);
    this.warnings.push(`the name ${word.slice(0, 40)} is taken for text`);
    return { kind: 'string', start, end, value: word };
  }

  private list(start: number, depth: number): JsonNode {
    const read = this.items(start + 1, ']', depth);
    return { kind: 'array', start, end: read.end, items: read.items };
  }

  private parentheses(start: number, depth: number): JsonNode {
    const read = this.items(start + 1, ')', depth);
    const only = read.items[0];
    if (only !== undefined && read.items.length === 1 && !read.comma) {
      // The parentheses belong to the value's place: an edit replaces them with it.
      return { ...only, start, end: read.end };
    }
    return { kind: 'array', start, end: read.end, items: read.items };
  }

  private items(from: number, close: string, depth: number): { readonly items: readonly JsonNode[]; readonly end: number; readonly comma: boolean } {
    const items: JsonNode[] = [];
    let comma = false;
    let at = skipPythonBlanks(this.text, from);
    while (this.text[at] !== close) {
      const item = this.value(at, depth);
      items.push(item);
      at = skipPythonBlanks(this.text, item.end);
      comma = this.text[at] === ',';
      if (comma) at = skipPythonBlanks(this.text, at + 1);
      else if (this.text[at] !== close) throw this.unexpected(`',' or '${close}'`, at);
    }
    return { items, end: at + 1, comma };
  }

  private braces(start: number, depth: number): JsonNode {
    let at = skipPythonBlanks(this.text, start + 1);
    if (this.text[at] === '}') return { kind: 'object', start, end: at + 1, members: [] };
    const first = this.value(at, depth);
    at = skipPythonBlanks(this.text, first.end);
    if (this.text[at] !== ':') return this.setItems(start, first, depth);
    const members: MemberNode[] = [];
    const keys = new Set<string>();
    for (let keyNode = first; ; keyNode = this.value(at, depth)) {
      at = skipPythonBlanks(this.text, keyNode.end);
      if (this.text[at] !== ':') throw this.unexpected("':'", at);
      const key = this.key(keyNode);
      if (keys.has(key.value)) this.warnings.push(`the key ${JSON.stringify(key.value)} stands twice; the last one counts`);
      keys.add(key.value);
      const value = this.value(at + 1, depth);
      members.push({ key, value });
      at = skipPythonBlanks(this.text, value.end);
      if (this.text[at] === ',') at = skipPythonBlanks(this.text, at + 1);
      else if (this.text[at] !== '}') throw this.unexpected("',' or '}'", at);
      if (this.text[at] === '}') return { kind: 'object', start, end: at + 1, members };
    }
  }

  private setItems(start: number, first: JsonNode, depth: number): JsonNode {
    const after = skipPythonBlanks(this.text, first.end);
    if (this.text[after] !== ',' && this.text[after] !== '}') throw this.unexpected("':', ',' or '}'", after);
    const rest = this.text[after] === '}' ? { items: [], end: after + 1 } : this.items(after + 1, '}', depth);
    this.warnings.push('a set is taken for a list');
    return { kind: 'array', start, end: rest.end, items: [first, ...rest.items] };
  }

  private key(node: JsonNode): StringNode {
    if (node.kind === 'string') return node;
    const { start, end } = node;
    if (node.kind === 'object' || node.kind === 'array') throw new LiteralError('a key has to be a string', start);
    this.warnings.push('a key that is no string is taken for text');
    const value = node.kind === 'number' ? node.raw : node.kind === 'null' ? 'None' : node.value ? 'True' : 'False';
    return { kind: 'string', start, end, value };
  }

  private unexpected(expected: string, at: number): LiteralError {
    if (at >= this.text.length) return new LiteralError(`the text ends where ${expected} is expected`, this.text.length);
    const found = String.fromCodePoint(this.text.codePointAt(at) ?? 0);
    return new LiteralError(`expected ${expected}, found ${JSON.stringify(found)}`, at);
  }
}
