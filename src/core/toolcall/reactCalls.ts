import type { CallPiece, Scan } from './callBodies.ts';
import { parseTree, type JsonNode } from '../json/tree.ts';
import { callNode } from './python/pythonCallText.ts';
import { skipBlanks, withoutTrailingBlanks } from './textScan.ts';

const action = 'Action:';
const input = 'Action Input:';

/** Calls written as an `Action:` line and an `Action Input:` with a JSON object, each at the start of a line. */
export function readReactCalls(scan: Scan, start: number): readonly CallPiece[] {
  const pieces: CallPiece[] = [];
  for (let at = nextLine(scan, action, start, start); at !== undefined; ) {
    const read = readAction(scan, at);
    if (read.piece !== undefined) pieces.push(read.piece);
    at = nextLine(scan, action, Math.max(read.end, at + 1), start);
  }
  return pieces;
}

function nextLine(scan: Scan, word: string, from: number, start: number): number | undefined {
  for (let at = scan.text.indexOf(word, from); at >= 0 && at < scan.end; at = scan.text.indexOf(word, at + 1)) {
    if (at === start || skipBlanks(scan.text, start) === at || scan.text[at - 1] === '\n') return at;
  }
  return undefined;
}

function readAction(scan: Scan, start: number): { readonly end: number; readonly piece?: CallPiece } {
  const { text, end } = scan;
  const nameStart = skipBlanks(text, start + action.length);
  const line = text.indexOf('\n', nameStart);
  const nameEnd = withoutTrailingBlanks(text, nameStart, line < 0 || line > end ? end : line);
  const at = skipBlanks(text, nameEnd);
  const name: JsonNode = { kind: 'string', start: nameStart, end: nameEnd, value: text.slice(nameStart, nameEnd) };
  const broken = (stop: number, problem: string): { end: number; piece: CallPiece } => ({ end: stop, piece: { start, end: stop, syntax: 'json', nodes: [], problem, warnings: [] } });
  if (!text.startsWith(input, at)) return at >= end ? broken(end, 'the call is cut off: its input is missing') : { end: nameEnd };
  const body = at + input.length;
  if (scan.budget.spent) return broken(body, 'the call is not JSON: too much before it is broken');
  const parsed = parseTree(text, { offset: body });
  if (parsed.ok) return { end: parsed.node.end, piece: { start, end: parsed.node.end, syntax: 'json', nodes: [callNode(nameStart, parsed.node.end, name, parsed.node)], warnings: parsed.warnings } };
  scan.budget.waste(parsed.offset - body);
  return broken(body, parsed.offset >= end ? `the call is cut off: ${parsed.message}` : `the arguments are not JSON: ${parsed.message}`);
}
