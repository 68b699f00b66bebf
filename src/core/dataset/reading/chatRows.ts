import { parseJson } from '../../json/parse.ts';
import { isJsonArray, listMember, member, textMember } from '../../json/member.ts';
import type { SourcePath } from '../../json/path.ts';
import { stringifyJson, stringifySpaced } from '../../json/stringify.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import type { RecordSample } from '../dialect.ts';
import type { Label, Message, Sample, ToolCall } from '../sample.ts';
import type { StructureEdit } from '../structureEdit.ts';
import { writeTool } from './toolValue.ts';

/** How calls are written: arguments as an object or as JSON text, with ids or without. */
export type CallStyle = { readonly asObject: boolean; readonly id: ((index: number) => string) | undefined };

/** A row `{messages, tools}` of one sample, its label as the last message. Calls get ids `call_1`, `call_2`, ... through the dialogue. */
export function chatRow(sample: Sample): JsonObject {
  const answer: JsonObject = { role: 'assistant', ...answerMembers(sample.label, { asObject: false, id: (index) => `call_${countCalls(sample.messages) + index + 1}` }) };
  return { messages: [...writeMessages(sample.messages), answer], tools: sample.tools.map((tool) => ({ type: 'function', function: writeTool(tool) })) };
}

/** The members of an assistant message that say a label. */
export function answerMembers(label: Label, style: CallStyle): JsonObject {
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

export function writeCalls(calls: readonly ToolCall[], style: CallStyle): readonly JsonObject[] {
  return calls.map((call, index) => ({
    ...(style.id === undefined ? {} : { id: style.id(index) }),
    type: 'function',
    function: { name: call.name, arguments: style.asObject ? call.arguments : stringifySpaced(call.arguments) },
  }));
}

function countCalls(messages: readonly Message[]): number {
  return messages.reduce((sum, message) => sum + (message.role === 'assistant' ? message.calls.length : 0), 0);
}

/** Calls get ids `call_1`, `call_2`, ... through the dialogue; each tool message names the call that it answers. */
export function writeMessages(messages: readonly Message[]): readonly JsonObject[] {
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

/** Puts a label into the assistant message that held the old one, in the style of the record's other calls; other members stay. */
export function relabelMessage(record: JsonValue, sample: RecordSample, label: Label): readonly StructureEdit[] {
  const { label: path } = sample.places();
  const message = valueAt(record, path);
  if (message === undefined || !isJsonObject(message)) return [];
  const source = stringifyJson(record);
  const ids = (listMember(message, 'tool_calls') ?? []).map((call) => textMember(call, 'id'));
  const answer = answerMembers(label, {
    asObject: /"arguments":\{/.test(source) && !/"arguments":"/.test(source),
    id: /"id":"/.test(source) || !source.includes('"tool_calls"') ? (index) => ids[index] ?? freshId(source, index) : undefined,
  });
  const edits: StructureEdit[] = [];
  for (const key of ['tool_calls', 'function_call', 'refusal']) {
    if (Object.hasOwn(message, key) && !Object.hasOwn(answer, key)) edits.push({ kind: 'remove', path: [...path, key] });
  }
  for (const [key, value] of Object.entries(answer)) {
    // No content at all is as good as null, and no change.
    if (value === null && member(message, key) === undefined) continue;
    edits.push({ kind: 'set', path: [...path, key], value });
  }
  return edits;
}

function freshId(source: string, index: number): string {
  let number = index + 1;
  while (source.includes(`"call_${number}"`)) number++;
  return `call_${number}`;
}

/** Follows a path of members and items. */
export function valueAt(value: JsonValue, path: SourcePath): JsonValue | undefined {
  let at: JsonValue | undefined = value;
  for (const step of path) {
    if (typeof step === 'string') at = member(at, step);
    else if (typeof step === 'number') at = isJsonArray(at) ? at[step] : undefined;
    else return undefined;
  }
  return at;
}
