import { parseTree, type JsonNode } from '../json/tree.ts';
import { readJsonValues, readPythonCallValues, type CallPiece, type Found, type Scan } from './callBodies.ts';
import { callNode } from './python/pythonCallText.ts';
import { findMark, skipBlanks, skipFence, withoutTrailingBlanks } from './textScan.ts';

export const mistralMark = '[TOOL_CALLS]';
export const pythonTag = '<|python_tag|>';
export const deepseekCalls = '<｜tool▁calls▁begin｜>';
const deepseekCallsEnd = '<｜tool▁calls▁end｜>';
const deepseekCall = '<｜tool▁call▁begin｜>';
const deepseekCallEnd = '<｜tool▁call▁end｜>';
const deepseekSeparator = '<｜tool▁sep｜>';
const longestName = 200;

function broken(start: number, end: number, problem: string): Found {
  return { end, piece: { start, end, syntax: 'json', nodes: [], problem, warnings: [] } };
}

/** `[TOOL_CALLS] [{…}]` and, of later tokenisers, `[TOOL_CALLS]name[CALL_ID]id[ARGS]{…}`. A mention in prose is none. */
export function readMistral(scan: Scan, start: number): Found {
  const { text, end } = scan;
  const inside = start + mistralMark.length;
  const body = skipBlanks(text, inside);
  if (text[body] === '[' || text[body] === '{') {
    const read = readJsonValues(text, body, end, scan.budget);
    if (read.problem !== undefined) return broken(start, nextMistral(scan, inside), read.problem);
    return { end: read.end, piece: { start, end: withoutTrailingBlanks(text, start, read.end), syntax: 'json', nodes: read.nodes, warnings: read.warnings } };
  }
  if (body >= end) return broken(start, end, 'the call is cut off: nothing follows [TOOL_CALLS]');
  const nameEnd = nameLength(text, body);
  const name: JsonNode = { kind: 'string', start: body, end: nameEnd, value: text.slice(body, nameEnd) };
  let at = nameEnd;
  if (text.startsWith('[CALL_ID]', at)) at = nameLength(text, at + '[CALL_ID]'.length);
  if (text.startsWith('[ARGS]', at)) at = skipBlanks(text, at + '[ARGS]'.length);
  else if (nameEnd === body || text[at] !== '{') return { end: inside };
  return namedCall(scan, start, name, at, nextMistral(scan, at));
}

function nextMistral(scan: Scan, from: number): number {
  const next = scan.text.indexOf(mistralMark, from);
  return next < 0 || next > scan.end ? scan.end : next;
}

/** Where a name without blanks and brackets ends. */
function nameLength(text: string, at: number): number {
  let end = at;
  while (end < text.length && end - at < longestName && !'[]{}<>"\'() \n\r\t'.includes(text[end] ?? '')) end += 1;
  return end;
}

function namedCall(scan: Scan, start: number, name: JsonNode, at: number, brokenEnd: number): Found {
  if (scan.budget.spent) return broken(start, brokenEnd, 'the call is not JSON: too much before it is broken');
  const parsed = parseTree(scan.text, { offset: at });
  if (!parsed.ok) {
    const cut = parsed.offset >= scan.end || parsed.message.includes('closing quote');
    scan.budget.waste((cut ? scan.end : parsed.offset) - at);
    return broken(start, brokenEnd, cut ? `the call is cut off: ${parsed.message}` : `the arguments are not JSON: ${parsed.message}`);
  }
  const end = parsed.node.end;
  return { end, piece: { start, end, syntax: 'json', nodes: [callNode(name.start, end, name, parsed.node)], warnings: parsed.warnings } };
}

/** What follows Llama's `<|python_tag|>`: JSON calls with `;` between, or a built-in tool as a Python call. */
export function readPythonTag(scan: Scan, start: number): Found {
  const { text } = scan;
  const inside = start + pythonTag.length;
  // What stands inside of a string is no mark, so the end is looked for behind the calls where they can be read.
  const stopFrom = (from: number): number => findMark(text, pythonTagEnds, from, scan.end)?.start ?? scan.end;
  const body = skipBlanks(text, inside);
  const stop = stopFrom(inside);
  if (body >= stop) return broken(start, stop, 'the call is cut off: nothing follows its opening tag');
  if (text[body] === '{' || text[body] === '[') {
    const read = readJsonValues(text, body, scan.end, scan.budget, ';');
    if (read.problem !== undefined) return broken(start, stop, read.problem);
    const end = stopFrom(read.end);
    if (read.end < end) return broken(start, end, 'something other than JSON stands in the call');
    return { end, piece: { start, end, syntax: 'json', nodes: read.nodes, warnings: read.warnings } };
  }
  const calls = readPythonCallValues(text, body, scan.budget);
  if (calls === undefined) return broken(start, stop, codeFollows);
  const end = stopFrom(calls.end);
  if (skipBlanks(text, calls.end) < end) return broken(start, end, codeFollows);
  return { end, piece: { start, end, syntax: 'python', ...withProblem(calls) } };
}

const pythonTagEnds = ['<|eom_id|>', '<|eot_id|>', pythonTag];
const codeFollows = 'the call is not JSON: code follows the tag';

function withProblem(values: { readonly nodes: readonly JsonNode[]; readonly warnings: readonly string[]; readonly problem?: string }): Pick<CallPiece, 'nodes' | 'warnings' | 'problem'> {
  return { nodes: values.nodes, warnings: values.warnings, ...(values.problem === undefined ? {} : { problem: values.problem }) };
}

/**
 * DeepSeek's calls: `begin function sep name fence {…} fence end` of V3 and R1, `begin name sep {…} end` since V3.1, all of
 * them between the marks of the whole list, which may be cut off.
 */
export function readDeepseek(scan: Scan, start: number): Found {
  const { text, end } = scan;
  const nodes: JsonNode[] = [];
  const warnings: string[] = [];
  let at = skipBlanks(text, start + deepseekCalls.length);
  if (!text.startsWith(deepseekCall, at)) return at >= end ? broken(start, end, 'the call is cut off: nothing follows its opening tag') : { end: at };
  while (text.startsWith(deepseekCall, at)) {
    const separator = findMark(text, [deepseekSeparator, deepseekCall, deepseekCallEnd], at + deepseekCall.length, end);
    if (separator?.mark !== deepseekSeparator) return brokenDeepseek(scan, start, separator?.start ?? end);
    const read = deepseekBody(scan, at + deepseekCall.length, separator);
    if (read.problem !== undefined) return brokenDeepseek(scan, start, separator.end, read.problem);
    nodes.push(...read.nodes);
    warnings.push(...read.warnings);
    const after = skipBlanks(text, skipFence(text, skipBlanks(text, read.end)));
    if (!text.startsWith(deepseekCallEnd, after)) return brokenDeepseek(scan, start, after, after >= end ? 'the call is cut off: its closing tag is missing' : 'something other than JSON stands in the call');
    at = skipBlanks(text, after + deepseekCallEnd.length);
  }
  const stop = text.startsWith(deepseekCallsEnd, at) ? at + deepseekCallsEnd.length : at;
  return { end: stop, piece: { start, end: stop, syntax: 'json', nodes, warnings } };
}

function deepseekBody(scan: Scan, from: number, separator: { readonly start: number; readonly end: number }): { nodes: JsonNode[]; warnings: readonly string[]; end: number; problem?: string } {
  const { text } = scan;
  const direct = skipBlanks(text, separator.end);
  const old = text[direct] !== '{' && text.slice(from, separator.start).trim() === 'function';
  const nameStart = old ? direct : skipBlanks(text, from);
  const nameEnd = old ? nameLength(text, direct) : withoutTrailingBlanks(text, nameStart, separator.start);
  const name: JsonNode = { kind: 'string', start: nameStart, end: nameEnd, value: text.slice(nameStart, nameEnd) };
  const found = namedCall(scan, nameStart, name, skipFence(text, skipBlanks(text, old ? nameEnd : separator.end)), scan.end);
  return { nodes: [...(found.piece?.nodes ?? [])], warnings: found.piece?.warnings ?? [], end: found.end, ...(found.piece?.problem === undefined ? {} : { problem: found.piece.problem }) };
}

function brokenDeepseek(scan: Scan, start: number, from: number, problem = 'the call is cut off: its name does not end'): Found {
  const next = findMark(scan.text, [deepseekCallsEnd, deepseekCalls], from, scan.end);
  return broken(start, next === undefined ? scan.end : next.mark === deepseekCallsEnd ? next.end : next.start, problem);
}
