import type { Span } from '../json/stringMap.ts';
import { memberOf, nodeValue, parseTree, type JsonNode } from '../json/tree.ts';
import { looksLikeCall } from './callValue.ts';
import { parsePythonLiteral } from './python/pythonLiteral.ts';
import { readPythonCalls } from './python/pythonCallText.ts';
import { skipBlanks } from './textScan.ts';

/**
 * How calls are written: `json` and `python` as these languages have it, `xml` with each argument's text between tags as it
 * is, without any escape. An edit encodes values accordingly.
 */
export type CallSyntax = 'json' | 'python' | 'xml';

/** Some calls of an answer that stand together (one pair of tags, one list), or what was left of them. UTF-16 offsets, tags included. */
export type CallPiece = Span & {
  readonly syntax: CallSyntax;
  /** The calls inside, arrays taken apart; empty when they cannot be read. Synthesised where the calls are not written as objects. */
  readonly nodes: readonly JsonNode[];
  readonly problem?: string;
  readonly warnings: readonly string[];
};

export type ScanAnswerOptions = {
  /** Takes calls written as Python dicts (single quotes, `None`), with a warning; else they are invalid. */
  readonly pythonRepr?: boolean;
  /** Takes `Action:` and `Action Input:` lines for calls. */
  readonly react?: boolean;
};

/** How many characters may yet be read in vain: keeps the scan linear for texts made of broken calls. */
export class ScanBudget {
  private left: number;

  constructor(length: number) {
    this.left = 4 * length + 10_000;
  }

  get spent(): boolean {
    return this.left <= 0;
  }

  /** A failure costs time of its own, however early it comes. */
  waste(characters: number): void {
    this.left -= Math.max(characters, 100);
  }
}

/** What a scan goes through: the text up to `end`, and what it may still spend. */
export type Scan = { readonly text: string; readonly end: number; readonly budget: ScanBudget; readonly options: ScanAnswerOptions };

/** A piece that was found, if one was, and where the scan goes on. */
export type Found = { readonly end: number; readonly piece?: CallPiece };

export type Values = { readonly nodes: readonly JsonNode[]; readonly end: number; readonly warnings: readonly string[]; readonly problem?: string };

/** One or several JSON values with blanks between them; arrays stand for their members, a `tool_calls` envelope for its calls. */
export function readJsonValues(text: string, from: number, end: number, budget: ScanBudget, separator = ''): Values {
  const nodes: JsonNode[] = [];
  const warnings: string[] = [];
  let at = from;
  let values = 0;
  while (at < end && (text[at] === '{' || text[at] === '[')) {
    if (budget.spent) return { nodes: [], end: at, warnings, problem: 'the call is not JSON: too much before it is broken' };
    const parsed = parseTree(text, { offset: at });
    if (!parsed.ok) {
      budget.waste(parsed.message.includes('closing quote') ? text.length - from : parsed.offset - from);
      const cut = parsed.offset >= end || parsed.message.includes('closing quote');
      return { nodes: [], end: at, warnings, problem: cut ? `the call is cut off: ${parsed.message}` : `the call is not JSON: ${parsed.message}` };
    }
    values += 1;
    warnings.push(...parsed.warnings);
    addCalls(parsed.node, nodes);
    at = skipBlanks(text, parsed.node.end);
    if (separator !== '' && text.startsWith(separator, at)) at = skipBlanks(text, at + separator.length);
  }
  if (nodes.length === 0) return { nodes, end: at, warnings, problem: 'the list of calls is empty' };
  if (values > 1) warnings.push(`${values} calls stand in one pair of tags`);
  return { nodes, end: at, warnings };
}

/** A call even without tags: a name with an arguments object or text. */
export function isPlainCall(node: JsonNode): boolean {
  return looksLikeCall(nodeValue(node));
}

/** What may be a call where tags say that it is one. */
export function isTaggedCall(node: JsonNode): boolean {
  return memberOf(node, 'name') !== undefined || memberOf(node, 'function') !== undefined;
}

function addCalls(node: JsonNode, nodes: JsonNode[]): void {
  const native = node.kind === 'object' && memberOf(node, 'name') === undefined ? memberOf(node, 'tool_calls')?.value : undefined;
  const list = native?.kind === 'array' ? native : node;
  if (list.kind !== 'array') nodes.push(node);
  else for (const item of list.items) nodes.push(item);
}

/** The same for Python dicts and lists of them; undefined when there are none, or they are not what `isCall` wants. */
export function readPythonValues(text: string, from: number, end: number, budget: ScanBudget, isCall: (node: JsonNode) => boolean): Values | undefined {
  const nodes: JsonNode[] = [];
  const warnings: string[] = [];
  let at = from;
  while (at < end && (text[at] === '{' || text[at] === '[')) {
    if (budget.spent) return undefined;
    const read = parsePythonLiteral(text, at);
    if (!read.ok) {
      budget.waste(read.offset - from);
      return undefined;
    }
    warnings.push(...read.warnings);
    addCalls(read.node, nodes);
    at = skipBlanks(text, read.node.end);
  }
  return nodes.length > 0 && nodes.every(isCall) ? { nodes, end: at, warnings } : undefined;
}

/** The same for a list of Python calls; undefined when there is none. */
export function readPythonCallValues(text: string, from: number, budget: ScanBudget): Values | undefined {
  if (budget.spent) return undefined;
  const read = readPythonCalls(text, from);
  if (read.ok) return { nodes: read.calls.map((call) => call.node), end: read.end, warnings: read.warnings, ...(read.problem === undefined ? {} : { problem: read.problem }) };
  budget.waste(read.offset - from);
  return undefined;
}
