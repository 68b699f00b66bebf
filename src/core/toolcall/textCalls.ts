import type { Span } from '../json/stringMap.ts';
import { memberOf, type JsonNode } from '../json/tree.ts';
import { scanAnswer, type ScannedAnswer } from './answerScanner.ts';
import type { CallSyntax, ScanAnswerOptions } from './callBodies.ts';

/**
 * A call of an assistant's text; all offsets are UTF-16 offsets into the text. `node` is an object with the members `name`
 * and `arguments` (or `parameters`, or an OpenAI envelope) where the syntax has them, else one made of the parts where they
 * stand, its keys without width. `arguments` is whatever stands there: an object, or the string that holds one as JSON text.
 */
export type TextCall = {
  readonly start: number;
  readonly end: number;
  readonly syntax: CallSyntax;
  readonly node: JsonNode;
  readonly name: JsonNode;
  readonly arguments: JsonNode | undefined;
  /** The tags, fence or list around it, shared by the calls that stand in it together. */
  readonly block: Span;
};

export type AnswerSpan = Span & { readonly kind: 'call' | 'prose' };

export type TextCalls = {
  readonly calls: readonly TextCall[];
  /** Calls (with their tags; broken ones too) and prose in the order of the text. Reasoning and marks are neither. */
  readonly spans: readonly AnswerSpan[];
  /** Why the answer is no answer, or its calls cannot be read. */
  readonly problem?: string;
};

/**
 * The calls of an assistant's text in whatever syntax, with where they stand: those that `extractPrediction` returns with
 * `emptyArguments: 'lenient'`, in the same order, whenever it says CALL. Calls written as Python dicts are found unless
 * `pythonRepr` is false, so that a path leads into whatever a dataset's reader took for a call.
 */
export function findTextCalls(text: string, options: ScanAnswerOptions = {}): TextCalls {
  const scanned = scanAnswer(text, { pythonRepr: true, ...options });
  const calls = scanned.calls.flatMap((piece) => piece.nodes.flatMap((node) => textCall(node, piece.syntax, { start: piece.start, end: piece.end })));
  const problem = scanned.openReasoning ? 'the reasoning never ends' : scanned.calls.find((piece) => piece.problem !== undefined)?.problem;
  return { calls, spans: answerSpans(text, scanned), ...(problem === undefined ? {} : { problem }) };
}

function textCall(node: JsonNode, syntax: CallSyntax, block: Span): TextCall[] {
  const body = memberOf(node, 'name') === undefined ? (memberOf(node, 'function')?.value ?? node) : node;
  const name = memberOf(body, 'name')?.value;
  if (name === undefined) return [];
  const args = memberOf(body, 'arguments')?.value ?? memberOf(body, 'parameters')?.value;
  return [{ start: node.start, end: node.end, syntax, node, name, arguments: args, block }];
}

/** Trimmed prose and calls, in order. */
export function answerSpans(text: string, scanned: ScannedAnswer): readonly AnswerSpan[] {
  const spans: AnswerSpan[] = [];
  const taken = [...scanned.calls.map((piece) => ({ start: piece.start, end: piece.end, call: true })), ...[...scanned.strays, ...scanned.holes].map((span) => ({ ...span, call: false }))];
  taken.sort((a, b) => a.start - b.start);
  let position = scanned.start;
  for (const { start, end, call } of [...taken, { start: scanned.end, end: scanned.end, call: false }]) {
    const prose = trimmed(text, position, start);
    if (prose !== undefined) spans.push({ kind: 'prose', ...prose });
    if (call) spans.push({ kind: 'call', start, end });
    position = Math.max(position, end);
  }
  return spans;
}

function trimmed(text: string, from: number, to: number): Span | undefined {
  const part = text.slice(from, Math.max(from, to));
  const start = from + part.length - part.trimStart().length;
  const end = start + part.trim().length;
  return end > start ? { start, end } : undefined;
}
