import type { SourcePath } from '../../json/path.ts';
import type { Span } from '../../json/stringMap.ts';
import { stringifySpaced } from '../../json/stringify.ts';
import { nodeValue } from '../../json/tree.ts';
import { parseJson } from '../../json/parse.ts';
import type { JsonValue } from '../../json/value.ts';
import { readNumberedTools } from '../../schema/numberedTools.ts';
import { parsePythonLiteral } from '../../toolcall/python/pythonLiteral.ts';
import type { Message, ToolCall, ToolDefinition } from '../sample.ts';
import { readAnswerText } from './answerText.ts';
import { rememberedAnswers } from './lastAnswer.ts';
import { noTools, rememberedBlock, type ToolBlock } from './toolBlock.ts';
import type { ToolTemplate } from './toolTemplate.ts';

const toolsMark = 'you can use the following tools:\n';
const afterTools = ['\n\n**Steps for Each Turn**', '\n\n**Output Format**', '\n\n**'];

/** Tools as a numbered list in ToolRL's instruction. */
export const toolrlTemplate: ToolTemplate = {
  standard: `**Available Tools**\nIn your response, ${toolsMark}\n\n**Output Format**\n<tool_call>\n{"name": "Tool name", "parameters": {"Parameter name": "Parameter content"}}\n</tool_call>\n<response> AI's final response </response>`,
  find: rememberedAnswers((text): Span | undefined => {
    const mark = text.lastIndexOf(toolsMark);
    if (mark < 0) return undefined;
    const start = mark + toolsMark.length;
    for (const after of afterTools) {
      const end = text.indexOf(after, start);
      if (end >= 0) return { start, end };
    }
    return { start, end: text.length };
  }),
};

export function isToolrlText(text: string): boolean {
  return text.includes('**Available Tools**') && text.includes(toolsMark);
}

/** The numbered tools within a text; parameters are JSON or Python dicts. Paths lead from the text. */
export function readToolrlTools(text: string, span: Span | undefined): ToolBlock {
  if (span === undefined || span.start >= span.end) return noTools;
  return rememberedBlock(`numbered ${span.start} `, text.slice(span.start, span.end), (body) => {
    const found = readNumberedTools(body, readLiteral);
    return { tools: found.map(({ tool }) => tool), paths: found.map(({ from, to }): SourcePath => [{ from: span.start + from, to: span.start + to }]) };
  });
}

function readLiteral(text: string): JsonValue | undefined {
  const json = parseJson(text);
  if (json.ok) return json.value;
  const python = parsePythonLiteral(text);
  return python.ok && text.slice(python.node.end).trim() === '' ? nodeValue(python.node) : undefined;
}

export function writeToolrlTools(tools: readonly ToolDefinition[]): string {
  return tools
    .map((tool, index) => [`${index + 1}. Name: ${tool.name}`, ...(tool.description === undefined ? [] : [`Description: ${tool.description}`]), ...(tool.parameters === undefined ? [] : [`Parameters: ${stringifySpaced(tool.parameters)}`])].join('\n'))
    .join('\n');
}

/** One pair of tags, one call a line. */
export function writeToolrlCalls(calls: readonly ToolCall[]): string {
  return `<tool_call>\n${calls.map((call) => stringifySpaced({ name: call.name, parameters: call.arguments })).join('\n')}\n</tool_call>`;
}

export function writeResponse(text: string): string {
  return `<response> ${text} </response>`;
}

/** The text of an answer without the tags around it. */
export function responseText(prose: string): string {
  const text = prose.trim();
  return text.startsWith('<response>') && text.endsWith('</response>') ? text.slice('<response>'.length, -'</response>'.length).trim() : prose;
}

export type HistoryMessage = { readonly message: Message; readonly span: Span };
export type History = { readonly messages: readonly HistoryMessage[]; readonly reasoning: boolean };

const historyHead = /^\s*\*+Dialogue Records History\*\*/;
const anyTag = /<(user|think|tool_call|obs|response)>/y;
const followedBy = /\s*(?:$|<(?:user|think|tool_call|obs|response)>)/y;

type Part = { readonly tag: string; readonly text: string; readonly span: Span };

/**
 * Reads the dialogue that ToolRL puts into one text: `<user>`, `<think>` (no message), `<tool_call>`, `<obs>` and
 * `<response>`. A text that is anything else is what the user says.
 */
export function readToolrlHistory(text: string): History {
  const parts = splitHistory(text);
  if (parts === undefined) return { messages: [{ message: { role: 'user', content: text }, span: { start: 0, end: text.length } }], reasoning: false };
  const messages: HistoryMessage[] = [];
  let open: Part[] = [];
  const flush = (): void => {
    const found = open.length === 0 ? undefined : assistantMessage(text, open);
    if (found !== undefined) messages.push(found);
    open = [];
  };
  for (const part of parts) {
    if (part.tag === 'user' || part.tag === 'obs') {
      flush();
      messages.push({ message: { role: part.tag === 'user' ? 'user' : 'tool', content: part.text }, span: part.span });
      continue;
    }
    if (open.some(({ tag }) => rank(tag) >= rank(part.tag))) flush();
    open.push(part);
  }
  flush();
  return { messages, reasoning: parts.some(({ tag }) => tag === 'think') };
}

/** The order of the parts of one turn. */
function rank(tag: string): number {
  return ['think', 'tool_call', 'response'].indexOf(tag);
}

function assistantMessage(text: string, parts: readonly Part[]): HistoryMessage | undefined {
  const calls = parts.find(({ tag }) => tag === 'tool_call');
  const content = parts.find(({ tag }) => tag === 'response')?.text ?? '';
  const span = { start: parts[0]?.span.start ?? 0, end: parts.at(-1)?.span.end ?? 0 };
  if (calls === undefined) return parts.some(({ tag }) => tag === 'response') ? { message: { role: 'assistant', content, calls: [] }, span } : undefined;
  const source = text.slice(calls.span.start, calls.span.end);
  const read = readAnswerText(source);
  // Calls that cannot be read stay what they are: text.
  if (read.problem !== undefined || read.calls.length === 0) return { message: { role: 'assistant', content: text.slice(span.start, span.end), calls: [] }, span };
  return { message: { role: 'assistant', content, calls: read.calls }, span };
}

/** The tagged parts of a history; undefined where something else stands between them. */
function splitHistory(text: string): readonly Part[] | undefined {
  const head = historyHead.exec(text);
  if (head === null) return undefined;
  const parts: Part[] = [];
  let at = skipBlank(text, head[0].length);
  while (at < text.length) {
    anyTag.lastIndex = at;
    const tag = anyTag.exec(text)?.[1];
    if (tag === undefined) return undefined;
    const close = closingAt(text, tag, at);
    if (close < 0) return undefined;
    const end = close + tag.length + 3;
    parts.push({ tag, text: text.slice(at + tag.length + 2, close).trim(), span: { start: at, end } });
    at = skipBlank(text, end);
  }
  return parts;
}

/** The closing tag that another part or the end follows: texts may speak of tags. */
function closingAt(text: string, tag: string, from: number): number {
  const closing = `</${tag}>`;
  for (let close = text.indexOf(closing, from); close >= 0; close = text.indexOf(closing, close + 1)) {
    followedBy.lastIndex = close + closing.length;
    if (followedBy.test(text)) return close;
  }
  return -1;
}

function skipBlank(text: string, from: number): number {
  let at = from;
  while (/\s/.test(text.charAt(at))) at++;
  return at;
}

/** The reverse of `readToolrlHistory`. */
export function writeToolrlHistory(messages: readonly Message[]): string {
  const blocks: string[] = [];
  for (const message of messages) {
    if (message.role === 'tool') blocks.push(`\n<obs> ${message.content} </obs>`);
    else if (message.role === 'assistant') blocks.push(`\n${blocks.length === 0 ? '' : '\n'}${[...(message.calls.length === 0 ? [] : [writeToolrlCalls(message.calls)]), ...(message.content === '' && message.calls.length > 0 ? [] : [writeResponse(message.content)])].join('\n')}`);
    else blocks.push(`${blocks.length === 0 ? '\n' : '\n\n'}<user> ${message.content} </user>`);
  }
  return `**Dialogue Records History**${blocks.join('')}`;
}
