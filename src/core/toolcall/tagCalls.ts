import { isTaggedCall, readJsonValues, readPythonCallValues, readPythonValues, type CallSyntax, type Found, type Scan, type Values } from './callBodies.ts';
import { findMark, skipBlanks, skipFence, startsLine } from './textScan.ts';
import { readFunctionBlock } from './functionBlocks.ts';

export type TagPair = { readonly open: string; readonly close: string; /** The closing tag may be missing at the end of the answer. */ readonly openEnded?: boolean; /** Python calls and dicts stand in it as often as JSON. */ readonly python?: boolean };

export const tagPairs: readonly TagPair[] = [
  { open: '<tool_call>', close: '</tool_call>' },
  { open: '<tool_calls>', close: '</tool_calls>' },
  { open: '<TOOLCALL>', close: '</TOOLCALL>', python: true },
  { open: '<function_call>', close: '</function_call>' },
  { open: '<functioncall>', close: '</functioncall>', openEnded: true, python: true },
  { open: '<|tool_call|>', close: '<|/tool_call|>', openEnded: true },
];

export const reasoningOpenings: readonly string[] = ['<think>', '<thinking>', '<reasoning>'];
export const reasoningClosings: readonly string[] = ['</think>', '</thinking>', '</reasoning>'];

/** Reads what stands behind an opening tag at `start`. `from` is where the piece before ended. */
export function readTagged(scan: Scan, pair: TagPair, start: number, from: number): Found {
  const { text, end } = scan;
  const inside = start + pair.open.length;
  const body = skipFence(text, skipBlanks(text, inside));
  if (text.startsWith('<function=', body)) return readFunctions(scan, pair, start, body);
  if (text[body] !== '{' && text[body] !== '[') return readWithoutJson(scan, pair, start, from);
  const json = readJsonValues(text, body, end, scan.budget);
  const closed = json.problem === undefined ? closing(scan, pair, json.end) : undefined;
  if (closed !== undefined) return { end: closed, piece: { start, end: closed, syntax: 'json', nodes: json.nodes, warnings: json.warnings } };
  if (json.problem !== 'the list of calls is empty' && (pair.python === true || scan.options.pythonRepr === true)) {
    const python = readPythonValues(text, body, end, scan.budget, isTaggedCall) ?? readPythonCallValues(text, body, scan.budget);
    const found = python === undefined ? undefined : closedPiece(scan, pair, start, python, 'python');
    if (found !== undefined) return found;
  }
  if (json.problem !== undefined) return broken(scan, pair, start, inside, json.problem);
  const after = skipBlanks(text, skipFence(text, json.end));
  const problem = after >= end ? 'the call is cut off: its closing tag is missing' : text.startsWith(pair.open, after) ? 'the closing tag of the call is missing' : 'something other than JSON stands in the call';
  return broken(scan, pair, start, json.end, problem);
}

function closedPiece(scan: Scan, pair: TagPair, start: number, values: Values, syntax: CallSyntax): Found | undefined {
  const end = closing(scan, pair, values.end);
  if (end === undefined) return undefined;
  const warnings = ['the call is written in Python, not in JSON', ...values.warnings];
  return { end, piece: { start, end, syntax, nodes: values.nodes, warnings, ...(values.problem === undefined ? {} : { problem: values.problem }) } };
}

/** Behind the closing tag that stands at `at`, blanks and a fence before it. */
function closing(scan: Scan, pair: TagPair, at: number): number | undefined {
  const after = skipBlanks(scan.text, skipFence(scan.text, skipBlanks(scan.text, at)));
  if (scan.text.startsWith(pair.close, after)) return after + pair.close.length;
  return pair.openEnded === true && after >= scan.end ? scan.end : undefined;
}

/** A broken call reaches to its closing tag, to the next call or the end of reasoning, or to the end. */
function broken(scan: Scan, pair: TagPair, start: number, from: number, problem: string): Found {
  const next = findMark(scan.text, [pair.open, pair.close, ...reasoningClosings], from, scan.end);
  const end = next === undefined ? scan.end : next.mark === pair.close ? next.end : next.start;
  const cut = next === undefined && !problem.includes('cut off') ? 'the call is cut off: ' : '';
  return { end, piece: { start, end, syntax: 'json', nodes: [], problem: cut + problem, warnings: [] } };
}

/** A tag without a JSON body is a broken call where it starts a line and is closed or cut off; elsewhere it is prose about calls. */
function readWithoutJson(scan: Scan, pair: TagPair, start: number, from: number): Found {
  const { text, end } = scan;
  const inside = start + pair.open.length;
  const atLineStart = startsLine(text, start, from);
  if (atLineStart && skipBlanks(text, inside) >= end) return { end, piece: { start, end, syntax: 'json', nodes: [], problem: 'the call is cut off: nothing follows its opening tag', warnings: [] } };
  const next = findMark(text, [pair.open, pair.close, ...reasoningOpenings, ...reasoningClosings], inside, end);
  if (next?.mark !== pair.close) return { end: inside };
  if (!atLineStart) return { end: next.end };
  const first = skipBlanks(text, inside);
  if (first < next.start && (pair.python === true || scan.options.pythonRepr === true)) {
    const calls = readPythonCallValues(text, first, scan.budget);
    const found = calls === undefined ? undefined : closedPiece(scan, pair, start, calls, 'python');
    if (found !== undefined) return found;
  }
  return { end: next.end, piece: { start, end: next.end, syntax: 'json', nodes: [], problem: first >= next.start ? 'the call is empty' : 'the call is not JSON', warnings: [] } };
}

/** Calls written as `<function=name>…</function>` inside of the tags. */
function readFunctions(scan: Scan, pair: TagPair, start: number, body: number): Found {
  const nodes = [];
  const warnings: string[] = [];
  let syntax: CallSyntax = 'json';
  let at = body;
  while (scan.text.startsWith('<function=', at)) {
    const { piece, end } = readFunctionBlock(scan, at, at);
    if (piece === undefined || piece.problem !== undefined) return broken(scan, pair, start, end, piece?.problem ?? 'the call is not JSON');
    nodes.push(...piece.nodes);
    warnings.push(...piece.warnings);
    syntax = piece.syntax;
    at = skipBlanks(scan.text, end);
  }
  const end = closing(scan, pair, at);
  if (end === undefined) return broken(scan, pair, start, at, at >= scan.end ? 'the call is cut off: its closing tag is missing' : 'something other than calls stands in the tags');
  return { end, piece: { start, end, syntax, nodes, warnings } };
}
