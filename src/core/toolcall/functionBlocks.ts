import type { JsonNode, MemberNode } from '../json/tree.ts';
import { readJsonValues, type Found, type Scan } from './callBodies.ts';
import { callNode } from './python/pythonCallText.ts';
import { findMark, skipBlanks, startsLine } from './textScan.ts';

const open = '<function=';
const close = '</function>';
const openParameter = '<parameter=';
const closeParameter = '</parameter>';
const longestName = 200;

/**
 * `<function=name>{JSON}</function>`, and `<function=name><parameter=x>text</parameter></function>`, whose values are texts:
 * what type they are meant to have only the tool's schema can tell. A mention in prose is none: a body has to follow.
 */
export function readFunctionBlock(scan: Scan, start: number, from: number): Found {
  const { text, end } = scan;
  const nameEnd = headEnd(text, start + open.length);
  if (nameEnd === undefined) return { end: start + open.length };
  const name: JsonNode = { kind: 'string', start: start + open.length, end: nameEnd, value: text.slice(start + open.length, nameEnd) };
  const body = skipBlanks(text, nameEnd + 1);
  if (text[body] === '{') return jsonBlock(scan, start, name, body);
  if (text.startsWith(openParameter, body) || text.startsWith(close, body)) return parameterBlock(scan, start, name, body);
  if (body >= end && startsLine(text, start, from)) return { end, piece: problem(start, end, 'the call is cut off: nothing follows its opening tag') };
  return { end: nameEnd + 1 };
}

function problem(start: number, end: number, message: string): NonNullable<Found['piece']> {
  return { start, end, syntax: 'json', nodes: [], problem: message, warnings: [] };
}

/** Where the `>` stands behind a name that starts at `at`. */
function headEnd(text: string, at: number): number | undefined {
  for (let end = at; end <= at + longestName; end += 1) {
    const character = text[end];
    if (character === '>') return end > at ? end : undefined;
    if (character === undefined || character === '\n' || character === '<') return undefined;
  }
  return undefined;
}

function jsonBlock(scan: Scan, start: number, name: JsonNode, body: number): Found {
  const { text, end } = scan;
  const read = readJsonValues(text, body, end, scan.budget);
  const args = read.nodes[0];
  if (read.problem !== undefined || args === undefined || read.nodes.length > 1) {
    const next = findMark(text, [open, close], body, end);
    const stop = next === undefined ? end : next.mark === close ? next.end : next.start;
    return { end: stop, piece: problem(start, stop, read.problem ?? 'something other than one JSON object stands in the call') };
  }
  // Some chat templates leave out the closing tag of a last call.
  if (!text.startsWith(close, read.end)) {
    const message = read.end >= end ? 'the call is cut off: its closing tag is missing' : 'the closing tag of the call is missing';
    return { end: read.end, piece: problem(start, read.end, message) };
  }
  const stop = read.end + close.length;
  return { end: stop, piece: { start, end: stop, syntax: 'json', nodes: [callNode(start, stop, name, args)], warnings: read.warnings } };
}

function parameterBlock(scan: Scan, start: number, name: JsonNode, body: number): Found {
  const { text, end } = scan;
  const members: MemberNode[] = [];
  let at = body;
  while (text.startsWith(openParameter, at)) {
    const keyEnd = headEnd(text, at + openParameter.length);
    const next = keyEnd === undefined ? undefined : findMark(text, [closeParameter, openParameter, close], keyEnd + 1, end);
    if (keyEnd === undefined || next === undefined) return { end, piece: problem(start, end, 'the call is cut off: an argument does not end') };
    const key = { kind: 'string', start: at + openParameter.length, end: keyEnd, value: text.slice(at + openParameter.length, keyEnd) } as const;
    members.push({ key, value: valueNode(text, keyEnd + 1, next.start) });
    at = skipBlanks(text, next.mark === closeParameter ? next.end : next.start);
  }
  if (!text.startsWith(close, at)) {
    const stop = findMark(text, [open, close], at, end)?.start ?? end;
    return { end: stop, piece: problem(start, stop, at >= end ? 'the call is cut off: its closing tag is missing' : 'something other than arguments stands in the call') };
  }
  const stop = at + close.length;
  const warnings = members.length === 0 ? [] : ['the arguments stand in tags and are taken for text'];
  return { end: stop, piece: { start, end: stop, syntax: 'xml', nodes: [callNode(start, stop, name, { kind: 'object', start: body, end: at, members })], warnings } };
}

/** Templates write each value on lines of its own: one line break at either end belongs to the tags. */
function valueNode(text: string, from: number, to: number): JsonNode {
  const start = text[from] === '\n' ? from + 1 : text.startsWith('\r\n', from) ? from + 2 : from;
  let end = to;
  if (end > start && text[end - 1] === '\n') end -= text[end - 2] === '\r' && end - 2 >= start ? 2 : 1;
  return { kind: 'string', start: Math.min(start, to), end: Math.max(end, Math.min(start, to)), value: text.slice(start, end) };
}
