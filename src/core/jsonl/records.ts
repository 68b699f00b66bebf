import { skipWhitespace, startOfJson } from '../json/scanner.ts';
import { parseTree, type JsonNode } from '../json/tree.ts';

export type Container = 'jsonl' | 'array';

/** One record of a file, or why it cannot be read. `index` counts both. */
export type RecordEntry =
  | { readonly index: number; readonly ok: true; readonly node: JsonNode; readonly warnings: readonly string[] }
  | { readonly index: number; readonly ok: false; readonly offset: number; readonly message: string };

/** A file whose first character is `[` is one JSON array, any other JSON Lines, whatever it is called. */
export function containerOf(text: string): Container {
  return text.charAt(skipWhitespace(text, startOfJson(text))) === '[' ? 'array' : 'jsonl';
}

/**
 * Reads record by record, so that only one tree is held at a time. A record that cannot be read is one entry and the next
 * one is found behind it. Blank lines, CRLF, a byte order mark and a missing last line end are fine.
 */
export function* eachRecord(text: string): Generator<RecordEntry> {
  if (containerOf(text) === 'array') yield* arrayRecords(text);
  else yield* lineRecords(text);
}

function* lineRecords(text: string): Generator<RecordEntry> {
  let index = 0;
  for (let at = skipWhitespace(text, startOfJson(text)); at < text.length; index++) {
    const parsed = parseTree(text, { offset: at });
    const lineEnd = endOfLine(text, parsed.ok ? parsed.node.end : at);
    if (!parsed.ok) {
      yield { index, ok: false, message: parsed.message, offset: Math.min(parsed.offset, lineEnd) };
      at = skipWhitespace(text, parsed.offset > lineEnd ? nextOpenLine(text, lineEnd) : lineEnd);
      continue;
    }
    const tail = skipWhitespace(text, parsed.node.end);
    if (tail < lineEnd) yield { index, ok: false, message: 'something stands behind the record on its line', offset: tail };
    else yield { index, ok: true, node: parsed.node, warnings: parsed.warnings };
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

function* arrayRecords(text: string): Generator<RecordEntry> {
  let at = skipWhitespace(text, skipWhitespace(text, startOfJson(text)) + 1);
  let index = 0;
  const problem = (offset: number, message: string): RecordEntry => ({ index: index++, ok: false, message, offset });
  while (text.charAt(at) !== ']') {
    if (at >= text.length) return void (yield problem(at, notClosed));
    const parsed = parseTree(text, { offset: at });
    if (parsed.ok) yield { index: index++, ok: true, node: parsed.node, warnings: parsed.warnings };
    else yield problem(parsed.offset, parsed.message);
    at = skipWhitespace(text, parsed.ok ? parsed.node.end : endOfBrokenElement(text, at, parsed.offset));
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
