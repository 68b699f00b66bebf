import { objectOf, parseJson } from '../../json/parse.ts';
import { memberOf, nodeValue, parseTree, type JsonNode } from '../../json/tree.ts';
import { stringifySpaced } from '../../json/stringify.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import type { ToolCall } from '../sample.ts';

export type TextCall = { readonly call: ToolCall; readonly node: JsonNode; readonly name: JsonNode; readonly arguments: JsonNode | undefined };

/** An assistant's text taken apart: offsets of nodes are offsets into the text. With a problem the calls are not to be trusted. */
export type AnswerText = {
  readonly calls: readonly TextCall[];
  /** What stands outside of calls, trimmed. */
  readonly prose: string;
  readonly problem?: { readonly offset: number; readonly message: string };
};

const openTag = '<tool_call>';
const closeTag = '</tool_call>';
const endTokens = /(?:<\|im_end\|>|<\|endoftext\|>|\s)+$/;

/** Finds the calls written as `<tool_call>` blocks (spec 9.2). Reasoning is left out; a tag without a JSON body is prose. */
export function readAnswerText(text: string): AnswerText {
  const calls: TextCall[] = [];
  const prose: string[] = [];
  const thinkEnd = text.lastIndexOf('</think>');
  let from = thinkEnd < 0 ? 0 : thinkEnd + '</think>'.length;
  if (text.indexOf('<think>', from) === skipBlank(text, from)) {
    return { calls: [], prose: '', problem: { offset: skipBlank(text, from), message: 'the reasoning is never closed' } };
  }
  for (;;) {
    const open = nextOpenTag(text, from);
    if (open < 0) break;
    prose.push(text.slice(from, open));
    const block = readBlock(text, open);
    if ('message' in block) return { calls, prose: '', problem: block };
    calls.push(...block.calls);
    from = block.end;
  }
  prose.push(text.slice(from).replace(endTokens, ''));
  return { calls, prose: prose.join('').trim() };
}

/** Calls as `<tool_call>` blocks, one line of JSON each. */
export function writeCallBlocks(calls: readonly ToolCall[]): string {
  return calls.map((call) => `${openTag}\n${stringifySpaced({ name: call.name, arguments: call.arguments })}\n${closeTag}`).join('\n');
}

function skipBlank(text: string, from: number): number {
  let at = from;
  while (/\s/.test(text.charAt(at))) at++;
  return at;
}

/** Next tag with something like a JSON body behind it; a mere mention of the tag is prose. */
function nextOpenTag(text: string, from: number): number {
  for (let at = text.indexOf(openTag, from); at >= 0; at = text.indexOf(openTag, at + 1)) {
    const body = text.charAt(skipBlank(text, at + openTag.length));
    if (body === '{' || body === '[') return at;
  }
  return -1;
}

function readBlock(text: string, open: number): { readonly calls: readonly TextCall[]; readonly end: number } | { readonly offset: number; readonly message: string } {
  const calls: TextCall[] = [];
  let at = skipBlank(text, open + openTag.length);
  while (!text.startsWith(closeTag, at)) {
    if (at >= text.length) return { offset: open, message: 'a call has no closing tag' };
    const parsed = parseTree(text, { offset: at });
    if (!parsed.ok) return { offset: parsed.offset, message: `a call is not JSON: ${parsed.message}` };
    const nodes = parsed.node.kind === 'array' ? parsed.node.items : [parsed.node];
    for (const node of nodes) {
      const call = readCallNode(node);
      if ('message' in call) return call;
      calls.push(call);
    }
    at = skipBlank(text, parsed.node.end);
  }
  return { calls, end: at + closeTag.length };
}

function readCallNode(node: JsonNode): TextCall | { readonly offset: number; readonly message: string } {
  const name = memberOf(node, 'name')?.value;
  if (name?.kind !== 'string') return { offset: node.start, message: 'a call has no name' };
  const args = memberOf(node, 'arguments')?.value;
  const value = argumentsValue(args);
  if (value === undefined) return { offset: args?.start ?? node.start, message: 'the arguments of a call are not an object' };
  return { call: { name: name.value.trim(), arguments: value }, node, name, arguments: args?.kind === 'object' ? args : undefined };
}

/** Missing arguments are none; arguments written as a JSON string are read one level deep (spec 9.1). */
export function argumentsValue(node: JsonNode | undefined): JsonObject | undefined {
  if (node === undefined || node.kind === 'null') return objectOf([]);
  if (node.kind !== 'string') return objectOrNothing(nodeValue(node));
  if (node.value.trim() === '') return objectOf([]);
  const parsed = parseJson(node.value);
  return parsed.ok ? objectOrNothing(parsed.value) : undefined;
}

function objectOrNothing(value: JsonValue): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined;
}
