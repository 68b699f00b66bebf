import { parseJson } from '../../json/parse.ts';
import { isJsonArray, listMember, member, textMember } from '../../json/member.ts';
import type { SourcePath } from '../../json/path.ts';
import { stringifyJson, stringifySpaced } from '../../json/stringify.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import type { RecordSample } from '../dialect.ts';
import type { Label, Message, Sample, ToolCall } from '../sample.ts';
import type { StructureEdit } from '../structureEdit.ts';
import { writeTool } from './toolValue.ts';

/** How an assistant's calls are written: arguments as an object or as JSON text, with ids or without, and the content beside them. */
export type CallStyle = { readonly asObject: boolean; readonly id: ((index: number) => string) | undefined; readonly beside: null | '' };

/** How the rows of a dialect are written. `id` names the call with this 1-based number in the dialogue. */
export type RowStyle = { readonly asObject: boolean; readonly id: ((number: number) => string) | undefined; readonly beside: null | '' };

export const openaiStyle: RowStyle = { asObject: false, id: (number) => `call_${number}`, beside: null };

/** A row `{messages, tools}` of one sample, its label as the last message. */
export function chatRow(sample: Sample, style: RowStyle = openaiStyle): JsonObject {
  const { id } = style;
  const before = countCalls(sample.messages);
  const answer: JsonObject = { role: 'assistant', ...answerMembers(sample.label, { ...style, id: id && ((index) => id(before + index + 1)) }) };
  return { messages: [...writeMessages(sample.messages, style), answer], tools: sample.tools.map((tool) => ({ type: 'function', function: writeTool(tool) })) };
}

/** The members of an assistant message that say a label. */
export function answerMembers(label: Label, style: CallStyle): JsonObject {
  switch (label.kind) {
    case 'calls':
      return { content: style.beside, tool_calls: writeCalls(label.calls, style) };
    case 'text':
      return { content: label.text };
    case 'invalid':
      return invalidMembers(label.raw, style);
    case 'noCall':
    case 'anyCall':
    case 'trace':
      return { content: '' };
  }
}

/** Calls that cannot be read are kept as they were; any other unreadable answer is text. */
function invalidMembers(raw: string, style: CallStyle): JsonObject {
  const parsed = parseJson(raw);
  return parsed.ok && Array.isArray(parsed.value) && parsed.value.length > 0 ? { content: style.beside, tool_calls: parsed.value } : { content: raw };
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

/** Each tool message names the call that it answers: by its id, or where there are none by its tool. */
export function writeMessages(messages: readonly Message[], style: RowStyle = openaiStyle): readonly JsonObject[] {
  const { id } = style;
  let first = 1;
  let open: readonly ToolCall[] = [];
  let answered = 0;
  return messages.map((message): JsonObject => {
    const { role, content } = message;
    if (role === 'assistant') {
      first += open.length;
      open = message.calls;
      answered = 0;
      const from = first;
      return open.length === 0 ? { role, content } : { role, content, tool_calls: writeCalls(message.calls, { ...style, id: id && ((index) => id(from + index)) }) };
    }
    if (role !== 'tool') return { role, content };
    const answers = message.answers ?? answered;
    answered++;
    const name = message.name ?? (id === undefined ? open[answers]?.name : undefined);
    return { role, ...(id === undefined ? {} : { tool_call_id: id(first + answers) }), ...(name === undefined ? {} : { name }), content };
  });
}

/** Puts a label into the assistant message that held the old one, in the style of the record's other calls, else of the dialect; other members stay. */
export function relabelMessage(record: JsonValue, sample: RecordSample, label: Label, dialect: RowStyle = openaiStyle): readonly StructureEdit[] {
  const style = styleOf(stringifyJson(record), dialect);
  const { label: path } = sample.places();
  const message = valueAt(record, path);
  if (message === undefined || !isJsonObject(message)) return [];
  const { id } = style;
  const ids = (listMember(message, 'tool_calls') ?? []).map((call) => textMember(call, 'id'));
  const source = id === undefined ? '' : stringifyJson(record);
  const answer = answerMembers(label, { ...style, id: id && ((index) => ids[index] ?? freshId(source, index, id)) });
  const edits: StructureEdit[] = [];
  for (const key of ['tool_calls', 'function_call', 'refusal']) {
    if (Object.hasOwn(message, key) && !Object.hasOwn(answer, key)) edits.push({ kind: 'remove', path: [...path, key] });
  }
  for (const [key, value] of Object.entries(answer)) {
    // No content at all is as good as none, and no change; so is null.
    const old = member(message, key);
    if (key === 'content' && label.kind === 'calls' && (old === undefined || old === null || old === '')) continue;
    edits.push({ kind: 'set', path: [...path, key], value });
  }
  return edits;
}

function styleOf(source: string, dialect: RowStyle): RowStyle {
  const texts = source.includes('"arguments":"');
  const ids = source.includes('"id":"') ? (dialect.id ?? openaiStyle.id) : source.includes('"tool_calls"') ? undefined : dialect.id;
  return { asObject: !texts && (dialect.asObject || source.includes('"arguments":{')), id: ids, beside: dialect.beside };
}

/** An id that the record does not have yet; those of the calls before keep their numbers apart. */
function freshId(source: string, index: number, id: (number: number) => string): string {
  const free = Array.from({ length: index + 1 }, () => '');
  let number = 0;
  for (let found = 0; found <= index; found++) {
    do number++;
    while (source.includes(`"${id(number)}"`));
    free[found] = id(number);
  }
  return free[index] ?? '';
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
