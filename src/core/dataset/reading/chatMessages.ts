import { member, isJsonArray, textMember } from '../../json/member.ts';
import type { SourcePath } from '../../json/path.ts';
import { stringifyJson } from '../../json/stringify.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { readCall } from '../../toolcall/callValue.ts';
import type { CallPlace, RecordProblem } from '../dialect.ts';
import type { Label, Message, ToolCall } from '../sample.ts';
import { isTrained, type AssistantStep, type Turn } from './dialogue.ts';
import { brokenCallPlace } from './textCallPlaces.ts';

/** Ids of the calls that tool messages now answer, and how many of these messages came already. */
type OpenCalls = { readonly callIds: readonly (string | undefined)[]; readonly answered: number };

export type ReadTurns = { readonly turns: readonly Turn[]; readonly problem?: RecordProblem };

/** A list of messages, with the path that leads to it. */
export type MessageList = { readonly list: readonly JsonValue[]; readonly path: SourcePath };

/**
 * Reads `{role, content, tool_calls}` messages until one is not readable: what comes after it has no known context. An
 * assistant message whose calls cannot be read is still a step, with a label that is invalid. `path` leads to the list.
 */
export function readChatTurns(list: readonly JsonValue[], path: SourcePath): ReadTurns {
  return readChatLists([{ list, path }]);
}

/** The same for a dialogue that stands in several lists. */
export function readChatLists(lists: readonly MessageList[]): ReadTurns {
  const turns: Turn[] = [];
  let open: OpenCalls = { callIds: [], answered: 0 };
  for (const { list, path } of lists) {
    for (const [index, value] of list.entries()) {
      if (turns.length > 0 && turns.at(-1)?.message === undefined) return { turns, problem: { path: turns.at(-1)?.path ?? path, message: 'the calls of this message cannot be read, nor what follows them' } };
      const read = readMessage(value, [...path, index], open);
      if ('problemPath' in read) return { turns, problem: { path: read.problemPath, message: read.message } };
      const { turn, callIds } = read;
      turns.push(turn);
      if (turn.message?.role === 'assistant') open = { callIds, answered: 0 };
      else if (turn.message?.role === 'tool') open = { callIds: open.callIds, answered: open.answered + 1 };
    }
  }
  return { turns };
}

type MessageReading = { readonly turn: Turn; readonly callIds: readonly (string | undefined)[] };
type MessageRefusal = { readonly problemPath: SourcePath; readonly message: string };

function refuse(problemPath: SourcePath, message: string): MessageRefusal {
  return { problemPath, message };
}

function readMessage(value: JsonValue, path: SourcePath, open: OpenCalls): MessageReading | MessageRefusal {
  if (!isJsonObject(value)) return refuse(path, 'a message is not an object');
  const role = textMember(value, 'role');
  const content = readContent(value, path);
  if (typeof content !== 'string') return content;
  switch (role) {
    case 'system':
    case 'developer':
      return { turn: { message: { role: 'system', content }, path }, callIds: [] };
    case 'user':
      return { turn: { message: { role: 'user', content }, path }, callIds: [] };
    case 'tool':
    case 'function':
      return { turn: { message: toolMessage(value, content, open), path }, callIds: [] };
    case 'assistant':
      return readAssistant(value, content, path);
    default:
      return refuse(member(value, 'role') === undefined ? path : [...path, 'role'], role === undefined ? 'a message has no role' : `the role ${JSON.stringify(role)} is not known`);
  }
}

/** Text, nothing, or parts of which only text is read. */
function readContent(value: JsonObject, path: SourcePath): string | MessageRefusal {
  const content = member(value, 'content');
  if (content === undefined || content === null) return '';
  if (typeof content === 'string') return content;
  if (!isJsonArray(content)) return refuse([...path, 'content'], 'the content of a message is not text');
  const texts: string[] = [];
  for (const [index, part] of content.entries()) {
    const text = typeof part === 'string' ? part : (textMember(part, 'text') ?? textMember(part, 'refusal'));
    const kind = textMember(part, 'type') ?? (part === null ? 'null' : typeof part);
    if (text === undefined) return refuse([...path, 'content', index], `a part of the content is not text but ${JSON.stringify(kind)}`);
    texts.push(text);
  }
  return texts.join('');
}

function toolMessage(value: JsonObject, content: string, open: OpenCalls): Message {
  const id = textMember(value, 'tool_call_id');
  const name = textMember(value, 'name');
  const answers = id === undefined ? -1 : open.callIds.indexOf(id);
  return {
    role: 'tool',
    content,
    ...(name === undefined ? {} : { name }),
    ...(answers < 0 || answers === open.answered ? {} : { answers }),
  };
}

function readAssistant(value: JsonObject, content: string, path: SourcePath): MessageReading {
  // Functionary marks messages that are context only in their metadata.
  const trained = isTrained(member(value, 'weight')) && member(member(value, 'metadata'), 'masked') !== true;
  const { list, path: listPath } = callList(value, path);
  const step = (label: Label): AssistantStep => ({ label, path, calls: () => chatCallPlaces(list, listPath), broken: () => brokenPlace(list, listPath, content, path), answer: content, prose: content.trim(), trained });
  const callIds = list.map((call) => textMember(call, 'id'));
  const calls: ToolCall[] = [];
  for (const call of list) {
    // No arguments at all is how many datasets write a call without any.
    const read = readCall(call, 'lenient');
    if (!read.ok) return { turn: { message: undefined, path, step: step({ kind: 'invalid', raw: stringifyJson(list), reason: read.message }) }, callIds };
    calls.push(read.call);
  }
  return { turn: { message: { role: 'assistant', content, calls }, path, step: step(labelOf(content, calls)) }, callIds };
}

function labelOf(content: string, calls: readonly ToolCall[]): Label {
  const [first, ...others] = calls;
  if (first !== undefined) return { kind: 'calls', calls: [first, ...others] };
  const text = content.trim();
  return text === '' ? { kind: 'invalid', raw: content, reason: 'the answer is empty' } : { kind: 'text', text };
}

type CallList = { readonly list: readonly JsonValue[]; readonly path: (index: number) => SourcePath };

/** `tool_calls`, or the one `function_call` of the older API. */
function callList(value: JsonObject, path: SourcePath): CallList {
  const list = member(value, 'tool_calls');
  if (isJsonArray(list)) return { list, path: (index) => [...path, 'tool_calls', index] };
  const legacy = member(value, 'function_call');
  return legacy !== undefined && isJsonObject(legacy) ? { list: [legacy], path: () => [...path, 'function_call'] } : { list: [], path: () => path };
}

/** Where calls in the API's shapes stand. Calls without a name are left out. */
export function chatCallPlaces(list: readonly JsonValue[], path: (index: number) => SourcePath): readonly CallPlace[] {
  return list.flatMap((value, index): CallPlace[] => {
    const call = path(index);
    const inner = member(value, 'function');
    const wrapped = member(value, 'name') === undefined && inner !== undefined;
    const body: SourcePath = wrapped ? [...call, 'function'] : call;
    const definition = wrapped ? inner : value;
    if (textMember(definition, 'name') === undefined) return [];
    const key = member(definition, 'arguments') === undefined ? 'parameters' : 'arguments';
    return [{ call, name: [...body, 'name'], arguments: argumentsPath([...body, key], member(definition, key)) }];
  });
}

function brokenPlace(list: readonly JsonValue[], path: (index: number) => SourcePath, content: string, message: SourcePath): SourcePath | undefined {
  const index = list.findIndex((call) => !readCall(call, 'lenient').ok);
  if (index < 0) return brokenCallPlace([...message, 'content'], content);
  const args = chatCallPlaces(list.slice(index, index + 1), () => path(index))[0]?.arguments;
  // The text of the arguments, not the object that it fails to be.
  return args === undefined ? path(index) : args.filter((step) => typeof step !== 'object');
}

/** `path` leads to the value; arguments written as JSON text are the object inside. */
export function argumentsPath(path: SourcePath, value: JsonValue | undefined): SourcePath | undefined {
  if (typeof value === 'string') return [...path, { json: 0 }];
  return value !== undefined && isJsonObject(value) ? path : undefined;
}
