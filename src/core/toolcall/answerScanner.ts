import { parseTree, type JsonNode } from '../json/tree.ts';

const openCall = '<tool_call>';
const closeCall = '</tool_call>';
const openThink = '<think>';
const closeThink = '</think>';

/** One pair of tags with a JSON body, or what was left of it. Offsets are UTF-16 offsets into the scanned text, tags included. */
export type CallPiece = {
  readonly start: number;
  readonly end: number;
  /** The calls inside, arrays taken apart; empty when `problem` is set. */
  readonly nodes: readonly JsonNode[];
  readonly problem?: string;
  readonly warnings: readonly string[];
};

export type ScannedAnswer = {
  /** Where the answer starts: behind the last end of reasoning. */
  readonly start: number;
  /** Where it ends: before trailing end-of-turn tokens, or where reasoning starts that never ends. */
  readonly end: number;
  readonly calls: readonly CallPiece[];
  /** Reasoning was opened and never closed: what follows is no answer. */
  readonly openReasoning: boolean;
  /** Closing tags without a call, which are not text either. */
  readonly strays: readonly { readonly start: number; readonly end: number }[];
};

type Tag = { readonly start: number; readonly end: number; readonly text: string };

/**
 * Finds the calls of a model's answer by scanning JSON, not by pattern: tags inside a JSON string are text
 * (looptool-spec.md 9.2). Never throws for any text; linear in its length but for texts made of broken calls.
 */
export function scanAnswer(text: string): ScannedAnswer {
  const end = withoutEndTokens(text);
  const tags = findTags(text, end);
  let state: { start: number; calls: CallPiece[]; strays: Tag[]; reasoning: number | undefined } = { start: 0, calls: [], strays: [], reasoning: undefined };
  let position = 0;
  for (let index = 0; index < tags.length; index += 1) {
    const tag = tags[index];
    if (tag === undefined || tag.start < position) continue;
    position = tag.end;
    if (tag.text === closeThink) state = { start: tag.end, calls: [], strays: [], reasoning: undefined };
    else if (tag.text === openThink) {
      if (state.reasoning === undefined && startsLine(text, tag.start, state.calls.at(-1)?.end ?? state.start)) state.reasoning = tag.start;
    } else if (tag.text === closeCall) {
      state.strays.push(tag);
    } else {
      const found = readPiece(text, end, tags, index, state.calls.at(-1)?.end ?? state.start);
      position = found.end;
      if (found.piece !== undefined && state.reasoning === undefined) state.calls.push(found.piece);
    }
  }
  return { start: state.start, end: state.reasoning ?? end, calls: state.calls, strays: state.strays, openReasoning: state.reasoning !== undefined };
}

const endTokens = ['<|im_end|>', '<|endoftext|>', '<|eot_id|>', '<|eom_id|>', '<|end_of_text|>', '</s>'];

function withoutEndTokens(text: string): number {
  let end = text.trimEnd().length;
  for (;;) {
    const token = endTokens.find((t) => text.endsWith(t, end));
    if (token === undefined) return end;
    end = text.slice(0, end - token.length).trimEnd().length;
  }
}

function findTags(text: string, end: number): Tag[] {
  return [...text.slice(0, end).matchAll(/<\/?(?:tool_call|think)>/g)].map((m) => ({ start: m.index, end: m.index + m[0].length, text: m[0] }));
}

/** Nothing but blanks between `at` and the start of its line, or `from` (where the piece before ended). */
function startsLine(text: string, at: number, from: number): boolean {
  for (let i = at - 1; i >= from; i -= 1) {
    if (text[i] === '\n') return true;
    if (!isBlank(text[i])) return false;
  }
  return true;
}

type Found = { readonly end: number; readonly piece?: CallPiece };

function readPiece(text: string, end: number, tags: readonly Tag[], index: number, from: number): Found {
  const tag = tags[index];
  if (tag === undefined) return { end };
  const body = skipFence(text, skipBlanks(text, tag.end));
  if (text[body] !== '{' && text[body] !== '[') return readWithoutJson(text, end, tags, index, from);
  const read = readValues(text, body, end);
  if (read.problem === undefined) {
    const after = skipBlanks(text, skipFence(text, skipBlanks(text, read.end)));
    if (text.startsWith(closeCall, after)) return { end: after + closeCall.length, piece: { start: tag.start, end: after + closeCall.length, nodes: read.nodes, warnings: read.warnings } };
    const problem = after >= end ? 'the call is cut off: its closing tag is missing' : text.startsWith(openCall, after) ? 'the closing tag of the call is missing' : 'something other than JSON stands in the call';
    return broken(text, end, tags, index, read.end, problem);
  }
  return broken(text, end, tags, index, tag.end, read.problem);
}

/** A broken call reaches to its closing tag, to the next call, or to the end. */
function broken(text: string, end: number, tags: readonly Tag[], index: number, from: number, problem: string): Found {
  const start = tags[index]?.start ?? 0;
  let at = index + 1;
  while (at < tags.length && ((tags[at]?.start ?? 0) < from || tags[at]?.text === openThink)) at += 1;
  const next = tags[at];
  const stop = next === undefined ? end : next.text === closeCall ? next.end : next.start;
  const cut = next === undefined && !problem.includes('cut off') ? 'the call is cut off: ' : '';
  return { end: stop, piece: { start, end: stop, nodes: [], problem: cut + problem, warnings: [] } };
}

/** A tag without a JSON body is a broken call where it starts a line and is closed or cut off; elsewhere it is prose about calls. */
function readWithoutJson(text: string, end: number, tags: readonly Tag[], index: number, from: number): Found {
  const tag = tags[index];
  if (tag === undefined) return { end };
  const next = tags[index + 1];
  const closed = next?.text === closeCall;
  const atLineStart = startsLine(text, tag.start, from);
  if (atLineStart && closed) {
    const body = text.slice(tag.end, next.start).trim();
    return { end: next.end, piece: { start: tag.start, end: next.end, nodes: [], problem: body === '' ? 'the call is empty' : 'the call is not JSON', warnings: [] } };
  }
  if (atLineStart && next === undefined && skipBlanks(text, tag.end) >= end) {
    return { end, piece: { start: tag.start, end, nodes: [], problem: 'the call is cut off: nothing follows its opening tag', warnings: [] } };
  }
  return { end: closed ? next.end : tag.end };
}

type Values = { readonly nodes: readonly JsonNode[]; readonly end: number; readonly warnings: readonly string[]; readonly problem?: string };

/** One or several JSON values, blanks between them; arrays stand for their members. */
function readValues(text: string, from: number, end: number): Values {
  const nodes: JsonNode[] = [];
  const warnings: string[] = [];
  let at = from;
  let values = 0;
  while (at < end && (text[at] === '{' || text[at] === '[')) {
    const parsed = parseTree(text, { offset: at });
    if (!parsed.ok) return { nodes: [], end: at, warnings, problem: parsed.offset >= end ? `the call is cut off: ${parsed.message}` : `the call is not JSON: ${parsed.message}` };
    values += 1;
    warnings.push(...parsed.warnings);
    for (const node of parsed.node.kind === 'array' ? parsed.node.items : [parsed.node]) nodes.push(node);
    at = skipBlanks(text, parsed.node.end);
  }
  if (nodes.length === 0) return { nodes, end: at, warnings, problem: 'the list of calls is empty' };
  if (values > 1) warnings.push(`${values} calls stand in one pair of tags`);
  return { nodes, end: at, warnings };
}

/** Calls of an answer that is nothing but JSON, or one code fence around it; undefined when it is not. */
export function readBareJson(answer: string): readonly JsonNode[] | undefined {
  const start = skipFence(answer, skipBlanks(answer, 0));
  if (answer[start] !== '{' && answer[start] !== '[') return undefined;
  const read = readValues(answer, start, answer.length);
  if (read.problem !== undefined) return undefined;
  const after = skipBlanks(answer, skipFence(answer, read.end));
  return after >= answer.length ? read.nodes : undefined;
}

/** Behind the mark of a code fence with its language word, when one stands at `at`, and the blanks after it. */
function skipFence(text: string, at: number): number {
  if (!text.startsWith('```', at)) return at;
  let position = at + 3;
  while (/[A-Za-z0-9_-]/.test(text[position] ?? '')) position += 1;
  return skipBlanks(text, position);
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (isBlank(text[at])) at += 1;
  return at;
}

function isBlank(character: string | undefined): boolean {
  return character !== undefined && /\s/.test(character);
}
