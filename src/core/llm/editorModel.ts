import type { Message, ToolDefinition } from '../dataset/sample.ts';
import { parseJson } from '../json/parse.ts';
import { stringifyJson } from '../json/stringify.ts';
import { isJsonObject, type JsonValue } from '../json/value.ts';
import type { ModelRequest } from '../loop/requestKey.ts';
import { toolParameterSchema } from '../schema/normalise.ts';
import type { CompletionReply } from './completionPort.ts';

/**
 * Requests to the language models that the editor itself offers, and their replies, as plain data: its classes are made of it
 * and read into it elsewhere. These models take messages of the user and the assistant alone, names of tools of few characters,
 * and no sampling; nothing about them is deterministic.
 */
export type EditorPart = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'call'; readonly id: string; readonly name: string; readonly input: object } | { readonly kind: 'result'; readonly id: string; readonly text: string };
export type EditorMessage = { readonly role: 'user' | 'assistant'; readonly parts: readonly EditorPart[] };
export type EditorTool = { readonly name: string; readonly description: string; readonly inputSchema: object };
export type EditorRequest = {
  readonly messages: readonly EditorMessage[];
  readonly tools: readonly EditorTool[];
  /** Names of tools as the sample has them, by the names that are sent. */
  readonly names: ReadonlyMap<string, string>;
};

export type EditorReplyPart = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'call'; readonly name: string; readonly input: unknown };

export function editorRequest({ messages, tools }: Pick<ModelRequest, 'messages' | 'tools'>): EditorRequest {
  const sent = new Map<string, string>();
  const names = new Map<string, string>();
  for (const name of [...tools.map((tool) => tool.name), ...messages.flatMap((message) => (message.role === 'assistant' ? message.calls.map((call) => call.name) : []))]) {
    if (sent.has(name)) continue;
    const allowed = allowedName(name, names);
    sent.set(name, allowed);
    names.set(allowed, name);
  }
  const nameOf = (name: string): string => sent.get(name) ?? name;
  return { messages: editorMessages(messages, nameOf), tools: distinct(tools).map((tool) => editorTool(tool, nameOf)), names };
}

/** Longest name that providers take. */
const longestName = 64;

/** Letters, digits, `_` and `-`; where two names become one, the later gets a number. */
function allowedName(name: string, taken: ReadonlyMap<string, string>): string {
  const plain = name.replace(/[^A-Za-z0-9_-]/gu, '_').slice(0, longestName) || 'tool';
  if (!taken.has(plain)) return plain;
  for (let n = 2; ; n++) {
    const end = `_${n}`;
    const numbered = `${plain.slice(0, longestName - end.length)}${end}`;
    if (!taken.has(numbered)) return numbered;
  }
}

/** Datasets define tools twice; providers refuse that. */
function distinct(tools: readonly ToolDefinition[]): readonly ToolDefinition[] {
  return [...new Map(tools.map((tool) => [tool.name, tool])).values()];
}

function editorTool(tool: ToolDefinition, nameOf: (name: string) => string): EditorTool {
  const description = tool.description?.trim() ?? '';
  const schema = plain(toolParameterSchema(tool).schema);
  return { name: nameOf(tool.name), description: description === '' ? tool.name : description, inputSchema: 'type' in schema ? schema : { type: 'object', ...schema } };
}

/** Results of tools follow the calls that they answer, all in one message; what the system says, the user says. */
function editorMessages(messages: readonly Message[], nameOf: (name: string) => string): readonly EditorMessage[] {
  const written: { readonly role: 'user' | 'assistant'; readonly parts: EditorPart[] }[] = [];
  let open: readonly string[] = [];
  let answered = 0;
  messages.forEach((message, index) => {
    if (message.role === 'assistant') {
      open = message.calls.map((_call, position) => `call_${index}_${position}`);
      answered = 0;
      const text: EditorPart[] = message.content === '' && message.calls.length > 0 ? [] : [{ kind: 'text', text: message.content }];
      const calls = message.calls.map((call, position): EditorPart => ({ kind: 'call', id: open[position] ?? '', name: nameOf(call.name), input: plain(call.arguments) }));
      written.push({ role: 'assistant', parts: [...text, ...calls] });
      return;
    }
    if (message.role !== 'tool') {
      written.push({ role: 'user', parts: [{ kind: 'text', text: message.content }] });
      return;
    }
    const position = message.answers ?? answered;
    answered = position + 1;
    const id = open[position];
    // A result that answers no call can only be told.
    const part: EditorPart = id === undefined ? { kind: 'text', text: message.content } : { kind: 'result', id, text: message.content };
    const last = written.at(-1);
    if (id !== undefined && last?.role === 'user' && last.parts.every(({ kind }) => kind === 'result')) last.parts.push(part);
    else written.push({ role: 'user', parts: [part] });
  });
  return written;
}

/** What came, in the form that every reply has. What these models do not say (tokens, log-probabilities, why they ended) is left open. */
export function editorReply(parts: readonly EditorReplyPart[], names: ReadonlyMap<string, string>, model: string): CompletionReply {
  const calls = parts.flatMap((part): CompletionReply['calls'] => {
    if (part.kind === 'text') return [];
    const name = names.get(part.name) ?? part.name;
    // Text is JSON that the provider left as it came. Undefined for what JSON has no word for.
    const text = typeof part.input === 'string' ? part.input : (JSON.stringify(part.input ?? {}) as string | undefined);
    const read = parseJson(text ?? '');
    return read.ok && isJsonObject(read.value) ? [{ name, arguments: read.value }] : [{ name, raw: text ?? '' }];
  });
  return {
    content: parts.map((part) => (part.kind === 'text' ? part.text : '')).join(''),
    reasoning: '',
    calls,
    finishReason: calls.length > 0 ? 'tool_calls' : 'stop',
    logProbs: undefined,
    logProbsMissing: 'the models of the editor give none',
    promptTokens: undefined,
    completionTokens: undefined,
    model,
  };
}

/** As an ordinary object: its numbers are those of JavaScript. */
function plain(value: JsonValue): object {
  return JSON.parse(stringifyJson(value)) as object; // written from an object just now
}
