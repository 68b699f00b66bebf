import { parseNatively } from '../json/fastParse.ts';
import { closingQuote, depthLimit, skipWhitespace, startOfJson, type ScanFailure } from '../json/scanner.ts';
import { nodeValue, parseTree, type JsonNode } from '../json/tree.ts';
import type { JsonValue } from '../json/value.ts';

export type Container = 'jsonl' | 'array';

/** One record of a file, or why it cannot be read. `index` counts both. */
export type RecordEntry =
  | { readonly index: number; readonly ok: true; readonly node: JsonNode; readonly warnings: readonly string[] }
  | { readonly index: number; readonly ok: false; readonly offset: number; readonly message: string };

/** The same with the value alone, which costs a fraction of the tree. `start` is its offset. */
export type ValueEntry = { readonly index: number; readonly ok: true; readonly start: number; readonly value: JsonValue } | Extract<RecordEntry, { readonly ok: false }>;

type Readable<T> = { readonly index: number; readonly ok: true; readonly start: number; readonly end: number; readonly reach: number; readonly value: T; readonly warnings: readonly string[] };
/** `between`: no record, but what stands between records or behind them. */
type Unreadable = Extract<RecordEntry, { readonly ok: false }> & { readonly start: number; readonly end: number; readonly reach: number; readonly between: boolean };
type Entry<T> = Readable<T> | Unreadable;

/**
 * An entry with all that it takes to go on from it: `start` and `end` of its record, and `reach`, the end of the text that
 * was looked at to tell. Reading on from the start of a record (not of what is `between`) gives the same entries again.
 */
export type SplitEntry = Readable<JsonValue> | Unreadable;
/** Reads the one value that starts at an offset, as `parseTree` does; `line` where records have lines of their own. */
type ReadValue<T> = (text: string, at: number, line: boolean) => { readonly ok: true; readonly value: T; readonly end: number; readonly warnings: readonly string[] } | ScanFailure;

/** A file whose first character is `[` is one JSON array, any other JSON Lines, whatever it is called. */
export function containerOf(text: string): Container {
  return text.charAt(skipWhitespace(text, startOfJson(text))) === '[' ? 'array' : 'jsonl';
}

/**
 * Reads record by record, so that only one tree is held at a time. A record that cannot be read is one entry and the next
 * one is found behind it. Blank lines, CRLF, a byte order mark and a missing last line end are fine.
 */
export function* eachRecord(text: string): Generator<RecordEntry> {
  for (const entry of entries(text, readTree)) yield entry.ok ? { index: entry.index, ok: true, node: entry.value, warnings: entry.warnings } : entry;
}

/** The records of `eachRecord`, read by the platform's own parser where that loses nothing. */
export function eachValue(text: string): Generator<ValueEntry> {
  return entries(text, valueReader());
}

/** The entries of `eachValue` from the start of a record on; from the beginning without `from`. Numbers start at 0 all the same. */
export function splitEntries(text: string, container: Container, from?: number): Generator<SplitEntry> {
  return container === 'array' ? arrayRecords(text, valueReader(), from) : lineRecords(text, valueReader(), from);
}

function entries<T>(text: string, read: ReadValue<T>): Generator<Entry<T>> {
  return containerOf(text) === 'array' ? arrayRecords(text, read) : lineRecords(text, read);
}

const readTree: ReadValue<JsonNode> = (text, at) => {
  const parsed = parseTree(text, { offset: at });
  return parsed.ok ? { ok: true, value: parsed.node, end: parsed.node.end, warnings: parsed.warnings } : parsed;
};

const noWarnings: readonly string[] = [];

/** In a file of broken records, looking for the end of each would take the square of its size. */
const mostVain = 32;

function valueReader(): ReadValue<JsonValue> {
  let vain = 0;
  return (text, at, line) => {
    if (vain < mostVain) {
      const end = line ? endOfValueLine(text, at) : endOfContainer(text, at);
      const value = end < 0 ? undefined : parseNatively(text.slice(at, end), depthLimit(undefined));
      if (value !== undefined) return { ok: true, value, end, warnings: noWarnings };
      vain += 1;
    }
    const parsed = parseTree(text, { offset: at });
    return parsed.ok ? { ok: true, value: nodeValue(parsed.node), end: parsed.node.end, warnings: parsed.warnings } : parsed;
  };
}

/** Where the object ends that takes up the rest of its line; -1 where that does not look like one. */
function endOfValueLine(text: string, at: number): number {
  if (text.charAt(at) !== '{') return -1;
  let end = text.indexOf('\n', at);
  if (end < 0) end = text.length;
  while (end > at && ' \t\r'.includes(text.charAt(end - 1))) end -= 1;
  return text.charAt(end - 1) === '}' ? end : -1;
}

/** Where the brackets that open at an offset are balanced, if its text is JSON; -1 for what has none. */
function endOfContainer(text: string, start: number): number {
  const open = text.charAt(start);
  if (open !== '{' && open !== '[') return -1;
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      at = closingQuote(text, at);
      if (at < 0) return -1;
    } else if (code === 0x7b || code === 0x5b) depth += 1;
    else if (code === 0x7d || code === 0x5d) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}

function* lineRecords<T>(text: string, read: ReadValue<T>, from?: number): Generator<Entry<T>> {
  let index = 0;
  for (let at = from ?? skipWhitespace(text, startOfJson(text)); at < text.length; index++) {
    const parsed = read(text, at, true);
    const lineEnd = endOfLine(text, parsed.ok ? parsed.end : at);
    if (!parsed.ok) {
      const next = parsed.offset > lineEnd ? nextOpenLine(text, lineEnd) : lineEnd;
      yield { index, ok: false, message: parsed.message, offset: Math.min(parsed.offset, lineEnd), start: at, end: lineEnd, reach: Math.max(parsed.offset, next), between: false };
      at = skipWhitespace(text, next);
      continue;
    }
    const tail = skipWhitespace(text, parsed.end);
    if (tail < lineEnd) yield { index, ok: false, message: 'something stands behind the record on its line', offset: tail, start: at, end: lineEnd, reach: lineEnd, between: false };
    else yield { index, ok: true, start: at, end: parsed.end, reach: lineEnd, value: parsed.value, warnings: parsed.warnings };
    at = skipWhitespace(text, lineEnd);
  }
}

/** A line ends with LF, CRLF or a lone CR. */
function endOfLine(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x0a || code === 0x0d) return at;
  }
  return text.length;
}

/** A record of several lines broke: what follows is its rest until a line opens a record. */
function nextOpenLine(text: string, from: number): number {
  for (let at = from; at < text.length; at = endOfLine(text, at + 1)) {
    if (text.charAt(at + 1) === '{') return at + 1;
  }
  return text.length;
}

function* arrayRecords<T>(text: string, read: ReadValue<T>, from?: number): Generator<Entry<T>> {
  let at = from ?? skipWhitespace(text, skipWhitespace(text, startOfJson(text)) + 1);
  let index = 0;
  const problem = (offset: number, message: string): Entry<T> => ({ index: index++, ok: false, message, offset, start: offset, end: offset, reach: offset, between: true });
  while (text.charAt(at) !== ']') {
    if (at >= text.length) return void (yield problem(at, notClosed));
    const parsed = read(text, at, false);
    const end = parsed.ok ? parsed.end : endOfBrokenElement(text, at, parsed.offset);
    if (parsed.ok) yield { index: index++, ok: true, start: at, end, reach: end, value: parsed.value, warnings: parsed.warnings };
    else yield { index: index++, ok: false, message: parsed.message, offset: parsed.offset, start: at, end, reach: Math.max(parsed.offset, end), between: false };
    at = skipWhitespace(text, end);
    while (!',]{'.includes(text.charAt(at))) {
      yield problem(at, "expected ',' or ']' behind the record");
      at = skipWhitespace(text, endOfJunk(text, at));
    }
    if (at >= text.length) return void (yield problem(at, notClosed));
    if (text.charAt(at) !== ',') continue;
    at = skipWhitespace(text, at + 1);
    if (text.charAt(at) === ']') yield problem(at, "a ',' stands before the end of the list");
  }
  const behind = skipWhitespace(text, at + 1);
  if (behind < text.length) yield problem(behind, 'something stands behind the list');
}

const notClosed = 'the list is not closed';

/** What stands between elements is passed over like an element that is broken; one problem for all of it. */
function endOfJunk(text: string, start: number): number {
  let at = start;
  while (text.charAt(at) === '}') at = skipWhitespace(text, at + 1);
  return at >= text.length ? at : endOfBrokenElement(text, at, text.length);
}

/**
 * Where reading goes on behind an element that is not JSON: at the `,` or `]` that its brackets lead to, or, if they are
 * not balanced, at the next line that opens an element with the same indentation, whichever comes first.
 */
function endOfBrokenElement(text: string, start: number, failedAt: number): number {
  const lineStart = text.lastIndexOf('\n', start) + 1;
  const indentation = text.slice(lineStart, start);
  const sibling = /^[ \t]*$/.test(indentation) && lineStart > 0 ? text.indexOf(`\n${indentation}{`, Math.max(failedAt - 1, start)) : -1;
  const limit = sibling < 0 ? text.length : sibling + 1 + indentation.length;
  let depth = 0;
  for (let at = start; at < limit; at++) {
    const character = text.charAt(at);
    if (character === '"') at = endOfString(text, at);
    else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') {
      if (depth === 0) return at;
      depth--;
    } else if (character === ',' && depth === 0) return at;
  }
  return limit;
}

/** Offset of the closing quote; a string that is not closed ends with its line. */
function endOfString(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '\\') at++;
    else if (character === '"') return at;
    else if (character === '\n') return at - 1;
  }
  return text.length;
}
