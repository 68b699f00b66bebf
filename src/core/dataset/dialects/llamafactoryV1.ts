import { isJsonArray, listMember, member, textMember } from '../../json/member.ts';
import { parseJson } from '../../json/parse.ts';
import type { SourcePath } from '../../json/path.ts';
import { stringifyJson, stringifySpaced } from '../../json/stringify.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import { readCall } from '../../toolcall/callValue.ts';
import type { CallPlace, Dialect, ReadOptions, RecordReading, RecordSample } from '../dialect.ts';
import { annotatedRow } from '../reading/annotatedRow.ts';
import { chatCallPlaces, type ReadTurns } from '../reading/chatMessages.ts';
import { refusal } from '../reading/chatRecord.ts';
import { valueAt } from '../reading/chatRows.ts';
import { isTrained, readDialogue, type AssistantStep, type Turn } from '../reading/dialogue.ts';
import { readExtras } from '../reading/recordExtras.ts';
import { readToolBlock } from '../reading/toolBlock.ts';
import { writeTool } from '../reading/toolValue.ts';
import type { Label, Message, Sample, ToolCall } from '../sample.ts';
import type { StructureEdit } from '../structureEdit.ts';

/** Rows of LLaMA-Factory v1: contents are lists of `{type, value}`, of type text, reasoning or tool_call; reasoning is held by no sample. */
export const dialect: Dialect = { id: 'llamafactory-v1', name: 'LLaMA-Factory v1 rows', detect, read, write, relabel };

const roles: ReadonlyMap<string, Message['role']> = new Map([['system', 'system'], ['user', 'user'], ['assistant', 'assistant'], ['tool', 'tool']]);

function detect(record: JsonValue): number {
  const messages = listMember(record, 'messages');
  if (messages === undefined || messages.length === 0) return 0;
  const isPart = (part: JsonValue): boolean => textMember(part, 'type') !== undefined && member(part, 'value') !== undefined;
  return messages.every((message) => listMember(message, 'content')?.every(isPart) === true) ? 1 : 0;
}

function read(record: JsonValue, { steps }: ReadOptions): RecordReading {
  const list = member(record, 'messages');
  if (!isJsonArray(list)) return refusal([], 'a LLaMA-Factory row needs a list of messages');
  const { extras, problem } = readExtras(record);
  if (problem !== undefined) return { samples: [], problems: [problem] };
  const tools = readToolBlock(member(record, 'tools'));
  if (tools.problem !== undefined) return refusal(['tools', ...tools.problem.path], tools.problem.message);
  const reasons = list.some((message) => listMember(message, 'content')?.some((part) => textMember(part, 'type') === 'reasoning') === true);
  return readDialogue({ tools, toolsPath: ['tools'], ...readTurns(list), extras, steps, messagesPath: ['messages'], unheld: reasons ? ['reasoning'] : [] });
}

function readTurns(list: readonly JsonValue[]): ReadTurns {
  const turns: Turn[] = [];
  for (const [index, value] of list.entries()) {
    const path: SourcePath = ['messages', index];
    const broken = turns.at(-1);
    if (broken !== undefined && broken.message === undefined) return { turns, problem: { path: broken.path, message: 'the calls of this message cannot be read, nor what follows them' } };
    const role = roles.get(textMember(value, 'role') ?? '');
    if (role === undefined) return { turns, problem: { path, message: 'a message has no role that is known' } };
    const parts = readParts(member(value, 'content'), path);
    if ('message' in parts) return { turns, problem: parts };
    turns.push(role === 'assistant' ? assistantTurn(parts, path, isTrained(member(value, 'loss_weight'))) : { message: { role, content: parts.text }, path });
  }
  return { turns };
}

type Parts = { readonly text: string; readonly calls: readonly { readonly value: JsonValue; readonly path: SourcePath }[] };

function readParts(content: JsonValue | undefined, message: SourcePath): Parts | { readonly path: SourcePath; readonly message: string } {
  if (typeof content === 'string') return { text: content, calls: [] };
  if (!isJsonArray(content)) return { path: message, message: 'the content of a message is not a list of parts' };
  const texts: string[] = [];
  const calls: { value: JsonValue; path: SourcePath }[] = [];
  for (const [index, part] of content.entries()) {
    const path: SourcePath = [...message, 'content', index];
    const type = textMember(part, 'type');
    const value = member(part, 'value');
    if (type === 'text' && typeof value === 'string') texts.push(value);
    else if (type === 'tool_call' && value !== undefined) calls.push({ value, path: [...path, 'value'] });
    else if (type !== 'reasoning') return { path, message: `a part of the content is not text but ${JSON.stringify(type ?? 'unknown')}` };
  }
  return { text: texts.join(''), calls };
}

function assistantTurn({ text, calls: given }: Parts, path: SourcePath, trained: boolean): Turn {
  const places = (): readonly CallPlace[] => given.flatMap((call) => callPlaces(call.value, call.path));
  const step = (label: Label, broken?: SourcePath): AssistantStep => ({ label, path, calls: places, broken: () => broken, answer: text, prose: text.trim(), trained });
  const calls: ToolCall[] = [];
  for (const call of given) {
    const read = readCall(parsed(call.value), 'lenient');
    if (!read.ok) return { message: undefined, path, step: step({ kind: 'invalid', raw: stringifyJson(given.map(({ value }) => value)), reason: read.message }, call.path) };
    calls.push(read.call);
  }
  const [first, ...others] = calls;
  const label: Label = first !== undefined ? { kind: 'calls', calls: [first, ...others] } : text.trim() === '' ? { kind: 'invalid', raw: text, reason: 'the answer is empty' } : { kind: 'text', text: text.trim() };
  return { message: { role: 'assistant', content: text, calls }, path, step: step(label) };
}

function parsed(value: JsonValue): JsonValue {
  if (typeof value !== 'string') return value;
  const read = parseJson(value);
  return read.ok ? read.value : null;
}

function callPlaces(value: JsonValue, path: SourcePath): readonly CallPlace[] {
  return chatCallPlaces([parsed(value)], () => (typeof value === 'string' ? [...path, { json: 0 }] : path));
}

function write(sample: Sample): JsonObject {
  const messages = [...sample.messages.map(writeMessage), { role: 'assistant', content: labelParts(sample.label) }];
  return annotatedRow({ messages, tools: stringifySpaced(sample.tools.map((tool) => ({ type: 'function', function: writeTool(tool) }))) }, sample, read);
}

function writeMessage(message: Message): JsonObject {
  const { role, content } = message;
  const calls = role === 'assistant' ? message.calls : [];
  return { role, content: [...(content === '' && calls.length > 0 ? [] : [textPart(content)]), ...calls.map(callPart)] };
}

function textPart(value: string): JsonObject {
  return { type: 'text', value };
}

function callPart(call: ToolCall): JsonObject {
  return { type: 'tool_call', value: stringifySpaced({ name: call.name, arguments: call.arguments }) };
}

function labelParts(label: Label): readonly JsonObject[] {
  if (label.kind === 'calls') return label.calls.map(callPart);
  return [textPart(label.kind === 'text' ? label.text : label.kind === 'invalid' ? label.raw : '')];
}

/** Reasoning and whatever else the message holds stay. */
function relabel(record: JsonValue, sample: RecordSample, label: Label): readonly StructureEdit[] {
  const path = sample.places().label;
  const kept = (listMember(valueAt(record, path), 'content') ?? []).filter((part) => textMember(part, 'type') === 'reasoning');
  return [{ kind: 'set', path: [...path, 'content'], value: [...kept, ...labelParts(label)] }];
}
