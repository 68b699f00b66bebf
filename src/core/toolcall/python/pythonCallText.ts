import type { JsonNode, MemberNode, ObjectNode } from '../../json/tree.ts';
import { parsePythonLiteral, skipPythonBlanks } from './pythonLiteral.ts';

/** A call as Python writes it. `node` is an object of `name` and `arguments`, whose parts lead to where they stand in the text. */
export type PythonCallNode = { readonly node: ObjectNode; readonly keywords: number; readonly positional: number };

export type PythonCallText =
  | { readonly ok: true; readonly end: number; readonly calls: readonly PythonCallNode[]; readonly warnings: readonly string[]; readonly problem?: string }
  | { readonly ok: false; readonly message: string; readonly offset: number; /** A call and one of its arguments had been read before. */ readonly begun: boolean };

/** Names of tools hold blanks, dots, hyphens and slashes; no tool has a longer one. */
const longestName = 200;

const noNameCharacters = '()[]{},="\'`\n\r;<>';

/**
 * Reads calls that start at `at`: `[Name(arg="v", n=1), Other Name.x()]`, or without brackets one call or several with commas
 * between. Names of functions and arguments are whatever stands before `(` and `=`. A value that is no literal is taken for
 * its own text, with a warning; arguments without a name are a problem. Never throws; linear in the length of what it reads.
 */
export function readPythonCalls(text: string, at: number): PythonCallText {
  return new CallReader(text).calls(at);
}

class CallTextError extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

class CallReader {
  private readonly warnings: string[] = [];
  private problem: string | undefined;
  private begun = false;
  /** Length of what was read as literals in vain, so that hostile texts cost no more than a few passes. */
  private wasted = 0;

  constructor(private readonly text: string) {}

  calls(from: number): PythonCallText {
    try {
      const start = skipPythonBlanks(this.text, from);
      const bracket = this.text[start] === '[';
      const calls: PythonCallNode[] = [];
      let at = bracket ? skipPythonBlanks(this.text, start + 1) : start;
      for (;;) {
        const call = this.call(at);
        calls.push(call);
        at = skipPythonBlanks(this.text, call.node.end);
        if (this.text[at] === ',') {
          at = skipPythonBlanks(this.text, at + 1);
          if (bracket ? this.text[at] !== ']' : at < this.text.length) continue;
        }
        break;
      }
      if (bracket && this.text[at] !== ']') throw new CallTextError(this.expected("',' or ']'", at), at);
      const end = bracket ? at + 1 : (calls.at(-1)?.node.end ?? at);
      return { ok: true, end, calls, warnings: this.warnings, ...(this.problem === undefined ? {} : { problem: this.problem }) };
    } catch (error) {
      if (error instanceof CallTextError) return { ok: false, message: error.message, offset: error.offset, begun: this.begun };
      throw error;
    }
  }

  private call(start: number): PythonCallNode {
    const open = this.wordEnd(start, '(');
    const nameEnd = trimmedEnd(this.text, start, open);
    if (nameEnd === start) throw new CallTextError(this.expected('the name of a function', start), start);
    const name = this.text.slice(start, nameEnd);
    const members: MemberNode[] = [];
    const keys = new Set<string>();
    let positional = 0;
    let at = skipPythonBlanks(this.text, open + 1);
    while (this.text[at] !== ')') {
      const read = this.argument(at, members, keys);
      if (!read.named) positional += 1;
      at = skipPythonBlanks(this.text, read.end);
      if (this.text[at] === ',') at = skipPythonBlanks(this.text, at + 1);
      else if (this.text[at] !== ')') throw new CallTextError(this.expected("',' or ')'", at), at);
    }
    if (positional > 0) this.problem ??= `${name} has ${positional === 1 ? 'an argument' : `${positional} arguments`} without a name`;
    const args: ObjectNode = { kind: 'object', start: open, end: at + 1, members };
    return { node: callNode(start, at + 1, { kind: 'string', start, end: nameEnd, value: name }, args), keywords: members.length, positional };
  }

  private argument(at: number, members: MemberNode[], keys: Set<string>): { readonly end: number; readonly named: boolean } {
    if (this.text.startsWith('**', at)) return this.splat(at, members);
    const equals = this.keywordEnd(at);
    const value = this.value(equals === undefined ? at : skipPythonBlanks(this.text, equals + 1));
    if (equals === undefined) return { end: value.end, named: false };
    const end = trimmedEnd(this.text, at, equals);
    const key = { kind: 'string', start: at, end, value: this.text.slice(at, end) } as const;
    if (keys.has(key.value)) this.warnings.push(`the argument ${key.value} stands twice; the last one counts`);
    keys.add(key.value);
    members.push({ key, value });
    this.begun = true;
    return { end: value.end, named: true };
  }

  /** `**{'a': 1}` gives the arguments of its dict. */
  private splat(at: number, members: MemberNode[]): { readonly end: number; readonly named: boolean } {
    const value = this.value(at + 2);
    if (value.kind !== 'object') return { end: value.end, named: false };
    members.push(...value.members);
    return { end: value.end, named: true };
  }

  private value(at: number): JsonNode {
    const read = parsePythonLiteral(this.text, at, { names: 'text', newlines: true });
    if (read.ok) {
      const next = this.text[skipPythonBlanks(this.text, read.node.end)];
      if (next === ',' || next === ')') {
        this.warnings.push(...read.warnings);
        return read.node;
      }
      if (read.node.kind === 'string' && '"\''.includes(this.text[read.node.end - 1] ?? '')) throw new CallTextError(this.expected("',' or ')'", read.node.end), read.node.end);
    } else if (read.offset >= this.text.length) throw new CallTextError(read.message, this.text.length);
    this.wasted += (read.ok ? read.node.end : read.offset) - at;
    if (this.wasted > 4 * this.text.length) throw new CallTextError('too many values are no literals', at);
    return this.rawText(at);
  }

  /** An expression that is no literal, as its own text: up to the comma or bracket that ends the argument. */
  private rawText(from: number): JsonNode {
    const start = skipPythonBlanks(this.text, from);
    const closers: string[] = [];
    for (let at = start; at < this.text.length; at += 1) {
      const character = this.text[at] ?? '';
      if (character === '"' || character === "'") {
        const close = this.text.indexOf(character, at + 1);
        if (close < 0) break;
        at = close;
      } else if (character === '(' || character === '[' || character === '{') closers.push(character === '(' ? ')' : character === '[' ? ']' : '}');
      else if (closers.length > 0) {
        if (character === closers.at(-1)) closers.pop();
      } else if (character === ',' || character === ')') {
        const end = trimmedEnd(this.text, start, at);
        if (end === start) throw new CallTextError(this.expected('a value', start), start);
        const value = this.text.slice(start, end);
        this.warnings.push(`${value.length > 40 ? `${value.slice(0, 40)}…` : value} is no literal and is taken for text`);
        return { kind: 'string', start, end, value };
      }
    }
    throw new CallTextError('the text ends inside of a value', this.text.length);
  }

  /** Where the `=` behind an argument's name stands; undefined where no name and `=` stand. */
  private keywordEnd(at: number): number | undefined {
    let end = at;
    while (end - at <= longestName && end < this.text.length && !noNameCharacters.includes(this.text[end] ?? '')) end += 1;
    return this.text[end] === '=' && this.text[end + 1] !== '=' && trimmedEnd(this.text, at, end) > at ? end : undefined;
  }

  private wordEnd(at: number, stop: string): number {
    let end = at;
    while (end - at <= longestName && end < this.text.length && !noNameCharacters.includes(this.text[end] ?? '')) end += 1;
    if (this.text[end] !== stop) throw new CallTextError(this.expected(`a name and '${stop}'`, end), end);
    return end;
  }

  private expected(what: string, at: number): string {
    return at >= this.text.length ? `the text ends where ${what} is expected` : `expected ${what}, found ${JSON.stringify(String.fromCodePoint(this.text.codePointAt(at) ?? 0))}`;
  }
}

/** An object node for a call that is not written as one; keys stand where their values do. */
export function callNode(start: number, end: number, name: JsonNode, args: JsonNode | undefined): ObjectNode {
  const members: MemberNode[] = [{ key: { kind: 'string', start: name.start, end: name.start, value: 'name' }, value: name }];
  if (args !== undefined) members.push({ key: { kind: 'string', start: args.start, end: args.start, value: 'arguments' }, value: args });
  return { kind: 'object', start, end, members };
}

function trimmedEnd(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && text.charCodeAt(at - 1) <= 0x20) at -= 1;
  return at;
}
