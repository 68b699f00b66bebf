import { parseJson } from '../../json/parse.ts';
import { stringifyJson, stringifySpaced } from '../../json/stringify.ts';
import { memberOf, parseTree, type JsonNode, type ObjectNode } from '../../json/tree.ts';
import type { JsonObject } from '../../json/value.ts';
import { familyId, makeSample } from '../identity.ts';
import type { Label, Message, Sample, ToolCall, ToolDefinition } from '../sample.ts';
import { callSpans, type LocatedCall, type SampleSpans, type Span, type TextEdit } from '../spans.ts';
import type { Dialect, RecordProblem, RecordReading, RecordSample, Steps } from './dialect.ts';
import { locateMessageCalls, readOpenaiMessage, type OpenaiMessage } from './openaiMessage.ts';
import { annotatedLabel, asJson, extrasKey, readExtras } from './recordExtras.ts';
import { locateTools } from './openaiTools.ts';
import { writeTool } from './toolNode.ts';

/** Rows `{messages, tools}` of OpenAI fine-tuning, TRL and their kin: arguments as JSON strings or as objects. */
export const openaiChat: Dialect = { id: 'openai-chat', name: 'OpenAI chat rows', detect, read, write, locateCalls, replaceLabel };

const roles = new Set(['system', 'developer', 'user', 'assistant', 'tool', 'function']);

function detect(record: JsonNode): number {
  const messages = memberOf(record, 'messages')?.value;
  if (messages?.kind !== 'array') return 0;
  const role = memberOf(messages.items[0], 'role')?.value;
  if (role?.kind !== 'string' || !roles.has(role.value)) return 0;
  return memberOf(record, 'tools') === undefined && memberOf(record, 'functions') === undefined ? 0.7 : 1;
}

type Step = { readonly index: number; readonly node: ObjectNode; readonly read: OpenaiMessage };

function read(text: string, record: JsonNode, steps: Steps): RecordReading {
  const list = memberOf(record, 'messages')?.value;
  if (list?.kind !== 'array') return { samples: [], problems: [{ offset: record.start, message: 'a chat row needs a list of messages' }] };
  const extras = readExtras(record);
  if ('message' in extras && 'offset' in extras) return { samples: [], problems: [extras as RecordProblem] };
  const tools: ToolDefinition[] = [];
  const toolSpans: Span[] = [];
  for (const located of locateTools(text, record)) {
    if ('message' in located) return { samples: [], problems: [located] };
    tools.push(located.tool);
    toolSpans.push(located.span);
  }
  const { messages, assistantSteps, problem } = readMessages(list.items);
  const wanted = chooseSteps(assistantSteps, steps, problem !== undefined);
  const last = assistantSteps.at(-1);
  // Without a user, what stands before the first step is all that the steps have in common.
  const spoken = messages.some((message) => message.role === 'user') ? messages : messages.slice(0, assistantSteps[0]?.index);
  const family = extras.family ?? familyId(tools, spoken);
  const samples = wanted.map((chosen): RecordSample => {
    const own = chosen.read.label;
    const label = chosen === last ? annotatedLabel(own, chosen.read.message?.content ?? '', extras.label) : own;
    const sample = makeSample({ tools, messages: messages.slice(0, chosen.index), label, family });
    const spans: SampleSpans = {
      record: spanOf(record),
      tools: toolSpans,
      messages: list.items.slice(0, chosen.index).map(spanOf),
      label: spanOf(chosen.node),
      calls: label.kind === 'calls' ? locateMessageCalls(text, chosen.node).map(callSpans) : [],
    };
    return { sample, step: assistantSteps.indexOf(chosen), spans };
  });
  if (problem !== undefined) return { samples, problems: [problem] };
  return { samples, problems: assistantSteps.length === 0 ? [{ offset: list.start, message: 'the record has no assistant message to learn from' }] : [] };
}

function spanOf(node: JsonNode): Span {
  return { start: node.start, end: node.end };
}

/**
 * Reads messages until one is not readable: what comes after it has no known context. An assistant message whose calls
 * cannot be read is still a step, with a label that is invalid.
 */
function readMessages(nodes: readonly JsonNode[]): { messages: readonly Message[]; assistantSteps: readonly Step[]; problem?: RecordProblem } {
  const messages: Message[] = [];
  const assistantSteps: Step[] = [];
  let callIds: readonly (string | undefined)[] = [];
  let answered = 0;
  for (const [index, node] of nodes.entries()) {
    const read = readOpenaiMessage(node, { callIds, answered });
    if ('problem' in read) return { messages, assistantSteps, problem: read.problem };
    if (read.role === 'assistant' && node.kind === 'object') assistantSteps.push({ index, node, read });
    if (read.message === undefined) {
      if (index < nodes.length - 1) return { messages, assistantSteps, problem: { offset: node.start, message: 'the calls of this message cannot be read, nor what follows them' } };
      break;
    }
    messages.push(read.message);
    if (read.role === 'assistant') {
      callIds = read.callIds;
      answered = 0;
    } else if (read.role === 'tool') answered++;
  }
  return { messages, assistantSteps };
}

function chooseSteps(assistantSteps: readonly Step[], steps: Steps, cutShort: boolean): readonly Step[] {
  const trained = assistantSteps.filter((step) => step.read.trained);
  if (steps === 'all') return trained;
  if (steps === 'calls') return trained.filter((step) => step.read.label.kind === 'calls' || step.read.message === undefined);
  // Of a record that breaks off, the last step is not known, unless the break is the step itself.
  return trained.slice(-1).filter((step) => !cutShort || step.read.message === undefined);
}

function locateCalls(text: string, spans: SampleSpans): readonly LocatedCall[] {
  const parsed = parseTree(text, { offset: spans.label.start });
  return parsed.ok && parsed.node.kind === 'object' ? locateMessageCalls(text, parsed.node) : [];
}

/** Rewrites the assistant message; members other than the answer keep their source text. */
function replaceLabel(text: string, spans: SampleSpans, label: Label): readonly TextEdit[] {
  const parsed = parseTree(text, { offset: spans.label.start });
  if (!parsed.ok || parsed.node.kind !== 'object') return [];
  const source = text.slice(spans.record.start, spans.record.end);
  const dense = !/[:,] /.test(text.slice(parsed.node.start, parsed.node.end).replace(/"(?:[^"\\]|\\.)*"/g, '""'));
  const print = dense ? stringifyJson : stringifySpaced;
  const ids = locateCalls(text, spans).map(({ call }) => memberOf(call.node, 'id')?.value).map((id) => (id?.kind === 'string' ? id.value : undefined));
  const answer: JsonObject = answerMembers(label, {
    asObject: /"arguments"\s*:\s*\{/.test(source) && !/"arguments"\s*:\s*"/.test(source),
    id: (index) => ids[index] ?? freshId(source, index),
  });
  const members = new Map<string, string>();
  for (const { key, value } of parsed.node.members) members.set(key.value, text.slice(value.start, value.end));
  for (const key of ['tool_calls', 'function_call', 'refusal']) members.delete(key);
  for (const [key, value] of Object.entries(answer)) members.set(key, print(value));
  const [comma, colon] = dense ? [',', ':'] : [', ', ': '];
  const newText = [...members].map(([key, value]) => JSON.stringify(key) + colon + value).join(comma);
  return [{ start: parsed.node.start, end: parsed.node.end, newText: `{${newText}}` }];
}

function freshId(source: string, index: number): string {
  let number = index + 1;
  while (source.includes(`"call_${number}"`)) number++;
  return `call_${number}`;
}

type CallStyle = { readonly asObject: boolean; readonly id: (index: number) => string };

function answerMembers(label: Label, style: CallStyle): JsonObject {
  switch (label.kind) {
    case 'calls':
      return { content: null, tool_calls: writeCalls(label.calls, style) };
    case 'text':
      return { content: label.text };
    case 'invalid':
      return invalidMembers(label.raw);
    case 'noCall':
    case 'anyCall':
    case 'trace':
      return { content: '' };
  }
}

/** Calls that cannot be read are kept as they were; any other unreadable answer is text. */
function invalidMembers(raw: string): JsonObject {
  const parsed = parseJson(raw);
  return parsed.ok && Array.isArray(parsed.value) && parsed.value.length > 0 ? { content: null, tool_calls: parsed.value } : { content: raw };
}

function writeCalls(calls: readonly ToolCall[], style: CallStyle): readonly JsonObject[] {
  return calls.map((call, index) => ({
    id: style.id(index),
    type: 'function',
    function: { name: call.name, arguments: style.asObject ? call.arguments : stringifySpaced(call.arguments) },
  }));
}

function write(sample: Sample): JsonObject {
  const messages = [...writeMessages(sample.messages), { role: 'assistant', ...answerMembers(sample.label, { asObject: false, id: (index) => `call_${countCalls(sample.messages) + index + 1}` }) }];
  const row: JsonObject = { messages, tools: sample.tools.map((tool) => ({ type: 'function', function: writeTool(tool) })) };
  const extras: { [key: string]: JsonObject[string] } = {};
  const plain = readBack(row);
  if (plain?.family !== sample.family) extras['family'] = sample.family;
  if (plain?.labelHash !== sample.labelHash) extras['label'] = asJson(sample.label);
  return Object.keys(extras).length === 0 ? row : { ...row, [extrasKey]: extras };
}

function readBack(row: JsonObject): Sample | undefined {
  const text = stringifySpaced(row);
  const parsed = parseTree(text);
  return parsed.ok ? read(text, parsed.node, 'last').samples[0]?.sample : undefined;
}

function countCalls(messages: readonly Message[]): number {
  return messages.reduce((sum, message) => sum + (message.role === 'assistant' ? message.calls.length : 0), 0);
}

/** Calls get ids `call_1`, `call_2`, ... through the dialogue; each tool message names the call that it answers. */
function writeMessages(messages: readonly Message[]): readonly JsonObject[] {
  let first = 1;
  let open = 0;
  let answered = 0;
  return messages.map((message): JsonObject => {
    const { role, content } = message;
    if (role === 'assistant') {
      first += open;
      open = message.calls.length;
      answered = 0;
      const from = first;
      return open === 0 ? { role, content } : { role, content, tool_calls: writeCalls(message.calls, { asObject: false, id: (index) => `call_${from + index}` }) };
    }
    if (role !== 'tool') return { role, content };
    const answers = message.answers ?? answered;
    answered++;
    return { role, tool_call_id: `call_${first + answers}`, ...(message.name === undefined ? {} : { name: message.name }), content };
  });
}
