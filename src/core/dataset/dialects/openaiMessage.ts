import { memberOf, nodeValue, type JsonNode, type ObjectNode } from '../../json/tree.ts';
import { stringifyJson } from '../../json/stringify.ts';
import { readCall } from '../../toolcall/callValue.ts';
import type { Label, Message, ToolCall } from '../sample.ts';
import type { LocatedCall } from '../spans.ts';
import type { RecordProblem } from './dialect.ts';
import { locateArguments } from './locateArguments.ts';

/** A message that could be read. `message` is absent for an assistant whose calls could not: then `label` says why. */
export type OpenaiMessage = {
  readonly role: Message['role'];
  readonly message: Message | undefined;
  /** What the message would be as a label; of no use for other roles. */
  readonly label: Label;
  readonly callIds: readonly (string | undefined)[];
  /** False where `weight` is 0: context, not to be learnt. */
  readonly trained: boolean;
};

/** Ids of the calls that tool messages now answer, and how many of these messages came already. */
export type OpenCalls = { readonly callIds: readonly (string | undefined)[]; readonly answered: number };

const noLabel: Label = { kind: 'invalid', raw: '', reason: 'not an assistant message' };

export function readOpenaiMessage(node: JsonNode, open: OpenCalls): OpenaiMessage | { readonly problem: RecordProblem } {
  if (node.kind !== 'object') return { problem: { offset: node.start, message: 'a message is not an object' } };
  const role = stringMember(node, 'role');
  const content = readContent(node);
  if (typeof content !== 'string') return { problem: content };
  switch (role) {
    case 'system':
    case 'developer':
      return plain({ role: 'system', content });
    case 'user':
      return plain({ role: 'user', content });
    case 'tool':
    case 'function':
      return plain(toolMessage(node, content, open));
    case 'assistant':
      return readAssistant(node, content);
    default:
      return { problem: { offset: (memberOf(node, 'role')?.value ?? node).start, message: role === undefined ? 'a message has no role' : `the role ${JSON.stringify(role)} is not known` } };
  }
}

/** The calls of an assistant message with their nodes; those in a JSON string have a map. Unreadable calls are left out. */
export function locateMessageCalls(text: string, node: ObjectNode): readonly LocatedCall[] {
  return callNodes(node).flatMap((call) => {
    const { name, args } = callParts(call);
    if (name?.kind !== 'string') return [];
    return [{ call: { node: call }, name: { node: name }, arguments: locateArguments(text, args) }];
  });
}

function plain(message: Message): OpenaiMessage {
  return { role: message.role, message, label: noLabel, callIds: [], trained: false };
}

function stringMember(node: JsonNode, key: string): string | undefined {
  const value = memberOf(node, key)?.value;
  return value?.kind === 'string' ? value.value : undefined;
}

/** Text, nothing, or parts of which only text is read. */
function readContent(node: ObjectNode): string | RecordProblem {
  const content = memberOf(node, 'content')?.value;
  if (content === undefined || content.kind === 'null') return '';
  if (content.kind === 'string') return content.value;
  if (content.kind !== 'array') return { offset: content.start, message: 'the content of a message is not text' };
  const texts: string[] = [];
  for (const part of content.items) {
    const text = part.kind === 'string' ? part.value : (stringMember(part, 'text') ?? stringMember(part, 'refusal'));
    if (text === undefined) return { offset: part.start, message: `a part of the content is not text but ${JSON.stringify(stringMember(part, 'type') ?? part.kind)}` };
    texts.push(text);
  }
  return texts.join('');
}

function toolMessage(node: ObjectNode, content: string, open: OpenCalls): Message {
  const id = stringMember(node, 'tool_call_id');
  const name = stringMember(node, 'name');
  const answers = id === undefined ? -1 : open.callIds.indexOf(id);
  return {
    role: 'tool',
    content,
    ...(name === undefined ? {} : { name }),
    ...(answers < 0 || answers === open.answered ? {} : { answers }),
  };
}

function readAssistant(node: ObjectNode, content: string): OpenaiMessage {
  const weight = memberOf(node, 'weight')?.value;
  const trained = !(weight?.kind === 'number' && Number(weight.raw) === 0);
  const nodes = callNodes(node);
  const callIds = nodes.map((call) => stringMember(call, 'id'));
  const calls: ToolCall[] = [];
  for (const call of nodes) {
    const read = readMessageCall(call);
    if (typeof read === 'string') {
      const label: Label = { kind: 'invalid', raw: stringifyJson(nodes.map(nodeValue)), reason: read };
      return { role: 'assistant', message: undefined, label, callIds, trained };
    }
    calls.push(read);
  }
  return { role: 'assistant', message: { role: 'assistant', content, calls }, label: labelOf(content, calls), callIds, trained };
}

function labelOf(content: string, calls: readonly ToolCall[]): Label {
  const [first, ...others] = calls;
  if (first !== undefined) return { kind: 'calls', calls: [first, ...others] };
  const text = content.trim();
  return text === '' ? { kind: 'invalid', raw: content, reason: 'the answer is empty' } : { kind: 'text', text };
}

function callNodes(node: ObjectNode): readonly JsonNode[] {
  const list = memberOf(node, 'tool_calls')?.value;
  if (list?.kind === 'array') return list.items;
  const legacy = memberOf(node, 'function_call')?.value;
  return legacy?.kind === 'object' ? [legacy] : [];
}

function callParts(call: JsonNode): { readonly name: JsonNode | undefined; readonly args: JsonNode | undefined } {
  const body = memberOf(call, 'function')?.value ?? call;
  return { name: memberOf(body, 'name')?.value, args: memberOf(body, 'arguments')?.value ?? memberOf(body, 'parameters')?.value };
}

/** No arguments at all is how many datasets write a call without any. */
function readMessageCall(call: JsonNode): ToolCall | string {
  const read = readCall(nodeValue(call), 'lenient');
  return read.ok ? read.call : read.message;
}
