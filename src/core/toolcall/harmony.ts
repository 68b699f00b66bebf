import { parseTree, type JsonNode } from '../json/tree.ts';
import type { Span } from '../json/stringMap.ts';
import type { CallPiece, Scan } from './callBodies.ts';
import { callNode } from './python/pythonCallText.ts';
import { findMark, skipBlanks } from './textScan.ts';

export const harmonyStart = '<|start|>';
export const harmonyChannel = '<|channel|>';
const message = '<|message|>';
const endings = ['<|end|>', '<|call|>', '<|return|>'];
const longestHeader = 400;

/** One message of gpt-oss's format. `holes` are the marks around it that are no text; of reasoning, all of it. */
export type HarmonyMessage = {
  readonly end: number;
  readonly holes: readonly Span[];
  readonly piece?: CallPiece;
  /** Reasoning, and whether it ends. */
  readonly reasoning?: 'closed' | 'open';
};

/** Reads the message whose header starts at `start`; undefined where it is a mention of the mark. Only `functions.` receive calls. */
export function readHarmony(scan: Scan, start: number): HarmonyMessage | undefined {
  const { text, end } = scan;
  const within = text.slice(start, Math.min(end, start + longestHeader)).indexOf(message);
  if (within < 0) return cutHeader(text, start, end);
  const header = text.slice(start, start + within);
  const body = start + within + message.length;
  // The last ending may already be cut off as a token that ends the turn.
  const close = findMark(text, [...endings, harmonyStart, harmonyChannel], body, text.length);
  const closed = close !== undefined && endings.includes(close.mark);
  const contentEnd = Math.min(close?.start ?? end, end);
  const messageEnd = Math.min(closed ? close.end : contentEnd, end);
  if (channelOf(header) === 'analysis') return { end: messageEnd, holes: [{ start, end: messageEnd }], reasoning: close === undefined ? 'open' : 'closed' };
  const recipient = recipientOf(header, start);
  if (recipient !== undefined) return readCall(scan, start, recipient, body);
  return { end: messageEnd, holes: [{ start, end: body }, { start: contentEnd, end: messageEnd }] };
}

/** A header that the text ends in is no text; a mention of its marks is. */
function cutHeader(text: string, start: number, end: number): HarmonyMessage | undefined {
  const mark = text.startsWith(harmonyStart, start) ? harmonyStart : harmonyChannel;
  const word = wordAt(text.slice(start, Math.min(end, start + longestHeader)), mark.length);
  const cut = end - start < longestHeader && ['assistant', 'analysis', 'commentary', 'final', ''].includes(word) && !text.slice(start + mark.length, end).trim().includes('\n');
  return cut && (word !== '' || start + mark.length >= end) ? { end, holes: [{ start, end }] } : undefined;
}

function channelOf(header: string): string {
  const at = header.indexOf(harmonyChannel);
  return at < 0 ? '' : wordAt(header, at + harmonyChannel.length);
}

function wordAt(text: string, at: number): string {
  let end = at;
  while (end < text.length && !' <\n\t'.includes(text[end] ?? '')) end += 1;
  return text.slice(at, end);
}

function recipientOf(header: string, start: number): JsonNode | undefined {
  const at = header.indexOf(' to=');
  if (at < 0) return undefined;
  const word = wordAt(header, at + 4);
  const skipped = word.startsWith('functions.') ? 'functions.'.length : 0;
  const name = word.slice(skipped);
  const nameStart = start + at + 4 + skipped;
  return name === '' ? undefined : { kind: 'string', start: nameStart, end: nameStart + name.length, value: name };
}

function readCall(scan: Scan, start: number, name: JsonNode, body: number): HarmonyMessage {
  const { text, end } = scan;
  const broken = (stop: number, problem: string): HarmonyMessage => ({ end: stop, holes: [], piece: { start, end: stop, syntax: 'json', nodes: [], problem, warnings: [] } });
  const next = (from: number): number => findMark(text, [...endings, harmonyStart], from, end)?.end ?? end;
  if (scan.budget.spent) return broken(end, 'the call is not JSON: too much before it is broken');
  const parsed = parseTree(text, { offset: body });
  if (!parsed.ok) {
    const cut = parsed.offset >= end || parsed.message.includes('closing quote');
    scan.budget.waste((cut ? end : parsed.offset) - body);
    return broken(cut ? end : next(body), cut ? `the call is cut off: ${parsed.message}` : `the arguments are not JSON: ${parsed.message}`);
  }
  const after = skipBlanks(text, parsed.node.end);
  const mark = endings.find((ending) => text.startsWith(ending, after));
  // The token that ends a call ends the turn, and servers drop it.
  if (mark === undefined && after < end && !text.startsWith(harmonyStart, after)) return broken(next(after), 'something other than JSON stands in the call');
  const stop = mark === undefined ? Math.min(after, end) : after + mark.length;
  return { end: stop, holes: [], piece: { start, end: stop, syntax: 'json', nodes: [callNode(name.start, parsed.node.end, name, parsed.node)], warnings: parsed.warnings } };
}
