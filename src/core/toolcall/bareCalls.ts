import { parseTree } from '../json/tree.ts';
import { isPlainCall, readJsonValues, readPythonValues, type CallPiece, type Found, type Scan, type Values } from './callBodies.ts';
import { readPythonCalls, type PythonCallText } from './python/pythonCallText.ts';
import { isBlankCode, skipBlanks, skipFence, withoutTrailingBlanks } from './textScan.ts';

/**
 * Calls without any tags in the answer from `start` to `end`: the whole answer, or a fence around it, is JSON calls or a list
 * of Python calls; or such calls stand in prose, in a fence or from the start of a line to the end of one. `skip` leads over
 * what is no text.
 */
export function readBareCalls(scan: Scan, start: number, end: number, skip: (at: number) => number): readonly CallPiece[] {
  const { text } = scan;
  const from = skip(skipBlanks(text, start));
  const whole = readWhole(scan, from, end, skip);
  if (whole === 'text') return [];
  return whole === undefined ? readLines(scan, from, end) : [whole];
}

function readWhole(scan: Scan, from: number, end: number, skip: (at: number) => number): CallPiece | 'text' | undefined {
  const { text } = scan;
  const body = skipFence(text, from);
  const first = text[body];
  const ends = (at: number): boolean => skip(skipBlanks(text, skipFence(text, skip(skipBlanks(text, at))))) >= end;
  if (first === '{' || (first === '[' && !startsPythonCall(text, body + 1))) {
    const json = readJsonValues(text, body, end, scan.budget, ';');
    if (json.problem === undefined && ends(json.end)) return allCalls(json) ? piece(from, end, 'json', json) : 'text';
    if (json.problem === undefined) return undefined;
    const python = readPythonValues(text, body, end, scan.budget, isPlainCall);
    if (python !== undefined && ends(python.end)) {
      if (scan.options.pythonRepr === true) return piece(from, end, 'python', { ...python, warnings: ['the call is written in Python, not in JSON', ...python.warnings] });
      return { start: from, end, syntax: 'python', nodes: [], problem: json.problem, warnings: [] };
    }
  }
  if (first === undefined || (first !== '[' && !plainNameBeforeParenthesis(text, body, end))) return undefined;
  const calls = readPythonCalls(text, body);
  if (calls.ok) return ends(calls.end) && (first === '[' || calls.calls.every((call) => call.positional === 0)) ? pythonPiece(from, end, calls) : undefined;
  scan.budget.waste(calls.offset - body);
  if (first !== '[' || !calls.begun || calls.offset < end) return undefined;
  return { start: from, end, syntax: 'python', nodes: [], problem: `the call is cut off: ${calls.message}`, warnings: [] };
}

function allCalls(values: Values): boolean {
  return values.nodes.every(isPlainCall);
}

function piece(start: number, end: number, syntax: 'json' | 'python', values: Values): CallPiece {
  return { start, end, syntax, nodes: values.nodes, warnings: ['the calls stand without tags', ...values.warnings] };
}

/** A list of Python calls is a format of its own, and needs no warning for standing without tags. */
function pythonPiece(start: number, end: number, calls: PythonCallText & { readonly ok: true }): CallPiece {
  return { start, end, syntax: 'python', nodes: calls.calls.map((call) => call.node), warnings: calls.warnings, ...(calls.problem === undefined ? {} : { problem: calls.problem }) };
}

/** `name(` without a blank: what is no list has to look like a call from its first word on. */
function plainNameBeforeParenthesis(text: string, at: number, end: number): boolean {
  if (text[end - 1] !== ')' && text[end - 1] !== '`') return false;
  let position = at;
  while (position < end && position - at < 200) {
    const code = text.charCodeAt(position);
    if (code === 0x28) return position > at;
    if (isBlankCode(code) || !isNameCode(code)) return false;
    position += 1;
  }
  return false;
}

function isNameCode(code: number): boolean {
  const lower = code | 0x20;
  return (lower >= 0x61 && lower <= 0x7a && code < 0x80) || (code >= 0x30 && code <= 0x39) || code === 0x5f || code === 0x2e || code === 0x2d || code === 0x2f || code >= 0xaa;
}

/** A name and `(`, which is all that can be told without reading on. */
function startsPythonCall(text: string, at: number): boolean {
  for (let position = at; position < at + 200; position += 1) {
    const character = text[position] ?? ']';
    if (character === '(') return position > at;
    if ('[]{})=,"'.includes(character)) return false;
  }
  return false;
}

const lineMarks = ['\n[', '\n{', '\n```'] as const;

/** Calls that start a line of prose, found by what starts them, so that prose costs three native searches. */
function readLines(scan: Scan, from: number, end: number): readonly CallPiece[] {
  const pieces: CallPiece[] = [];
  const next: number[] = lineMarks.map((mark) => scan.text.indexOf(mark, from));
  let position = from;
  for (let first = true; ; first = false) {
    let at = first && '[{`'.includes(scan.text[from] ?? ' ') ? from : Infinity;
    for (const [index, mark] of lineMarks.entries()) {
      const known = next[index] ?? -1;
      const found = known >= 0 && known + 1 < position ? scan.text.indexOf(mark, position - 1) : known;
      next[index] = found;
      if (found >= 0 && found < at) at = found + 1;
    }
    if (at >= end || scan.budget.spent) return pieces;
    const read = readLine(scan, at, end);
    if (read.piece !== undefined) pieces.push(read.piece);
    position = Math.max(read.end, at + 1);
  }
}

function readLine(scan: Scan, start: number, end: number): Found {
  const { text } = scan;
  const fenced = text.startsWith('```', start);
  const body = skipFence(text, start);
  const first = text[body];
  const on = start + (fenced ? 3 : 1);
  if (first !== '{' && first !== '[') return { end: on };
  const inside = text[skipBlanks(text, body + 1)];
  const json = inside === (first === '{' ? '"' : '{');
  const values = json ? readJsonLine(scan, body, end, fenced) : undefined;
  const stop = values === undefined ? undefined : lineEnd(text, values.end, end, fenced);
  if (values !== undefined && stop !== undefined && values.nodes.length > 0 && allCalls(values)) return { end: stop, piece: piece(start, stop, 'json', values) };
  if (first !== '[' || json || !startsPythonCall(text, body + 1)) return { end: on };
  const calls = readPythonCalls(text, body);
  if (!calls.ok) {
    scan.budget.waste(calls.offset - body);
    return { end: on };
  }
  const callsEnd = lineEnd(text, calls.end, end, fenced);
  const plain = calls.problem === undefined && calls.calls.every((call) => call.keywords > 0 || !text.slice(call.node.start, call.node.end).includes(' '));
  return callsEnd === undefined || !plain ? { end: on } : { end: callsEnd, piece: pythonPiece(start, callsEnd, calls) };
}

/** One value, or in a fence all of them. */
function readJsonLine(scan: Scan, body: number, end: number, fenced: boolean): Values | undefined {
  if (fenced) {
    const read = readJsonValues(scan.text, body, end, scan.budget, ';');
    return read.problem === undefined ? read : undefined;
  }
  const parsed = parseTree(scan.text, { offset: body });
  if (parsed.ok) return { nodes: parsed.node.kind === 'array' ? parsed.node.items : [parsed.node], end: parsed.node.end, warnings: parsed.warnings };
  scan.budget.waste(parsed.message.includes('closing quote') ? scan.text.length - body : parsed.offset - body);
  return undefined;
}

/** Where the piece ends when nothing more stands on its line, and its fence is closed. */
function lineEnd(text: string, at: number, end: number, fenced: boolean): number | undefined {
  const after = skipBlanks(text, at);
  if (fenced) return text.startsWith('```', after) ? after + 3 : undefined;
  const stop = withoutTrailingBlanks(text, at, Math.min(after, end));
  return after >= end || text.slice(at, after).includes('\n') ? Math.max(stop, Math.min(at, end)) : undefined;
}
