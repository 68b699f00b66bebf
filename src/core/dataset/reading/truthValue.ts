import { isJsonArray, listMember, member, textMember } from '../../json/member.ts';
import { parseJson } from '../../json/parse.ts';
import type { PathStep, SourcePath } from '../../json/path.ts';
import { stringifyJson } from '../../json/stringify.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { readCall } from '../../toolcall/callValue.ts';
import type { CallPlace } from '../dialect.ts';
import type { Label, ToolCall } from '../sample.ts';
import { answerLabel, readAnswerText } from './answerText.ts';
import { argumentsPath } from './chatMessages.ts';
import type { AssistantStep } from './dialogue.ts';
import { brokenCallPlace, textCallPlaces } from './textCallPlaces.ts';

export type Truth = Omit<AssistantStep, 'trained'>;

/**
 * A reference answer that stands apart from the messages: a list of calls, one call, a message with calls or text, JSON text
 * of any of these, or the text of an answer. An empty list says that no call is right. `path` leads to the value. Undefined
 * for what is none of these.
 */
export function readTruth(value: JsonValue | undefined, path: SourcePath): Truth | undefined {
  if (typeof value === 'string') return readTruthText(value, path);
  const found = readTruthValue(value, path);
  return found && { ...found, path };
}

function readTruthText(text: string, path: SourcePath): Truth {
  const parsed = /^\s*[[{]/.test(text) ? parseJson(text) : undefined;
  const found = parsed?.ok === true ? readTruthValue(parsed.value, [...path, { json: 0 }]) : undefined;
  if (found !== undefined) return { ...found, path, answer: text, label: withRaw(found.label, text) };
  const answer = readAnswerText(text);
  return { label: answerLabel(answer, text), path, prose: answer.prose, calls: () => textCallPlaces(path, text), broken: () => brokenCallPlace(path, text), answer: text };
}

function withRaw(label: Label, raw: string): Label {
  return label.kind === 'invalid' ? { ...label, raw } : label;
}

function readTruthValue(value: JsonValue | undefined, path: SourcePath): Truth | undefined {
  if (isJsonArray(value)) return readCallList(value, path);
  if (value === undefined || !isJsonObject(value)) return undefined;
  const calls = listMember(value, 'tool_calls');
  if (calls !== undefined && calls.length > 0) return readCallList(calls, [...path, 'tool_calls']);
  const legacy = member(value, 'function_call');
  if (legacy !== undefined && legacy !== null) return readCallList([legacy], path, 'function_call');
  if (callName(value) !== undefined || member(value, 'function') !== undefined) return readCallList([value], path, undefined);
  const content = textMember(value, 'content');
  if (content !== undefined && content.trim() !== '') return readTruthText(content, [...path, 'content']);
  return calls === undefined ? undefined : readCallList(calls, [...path, 'tool_calls']);
}

/** `only` is the key of the one call, undefined where the path leads to the call itself. */
function readCallList(list: readonly JsonValue[], path: SourcePath, ...only: readonly (string | undefined)[]): Truth {
  const at = (index: number): SourcePath => (only.length === 0 ? [...path, index] : [...path, ...only.filter((key) => key !== undefined)]);
  const answer = stringifyJson(list);
  const calls: ToolCall[] = [];
  for (const [index, item] of list.entries()) {
    const read = readCall(plainCall(item), 'lenient');
    if (!read.ok) return { label: { kind: 'invalid', raw: answer, reason: read.message }, path, calls: () => [], broken: () => at(index), answer };
    calls.push(read.call);
  }
  const [first, ...others] = calls;
  const label: Label = first === undefined ? { kind: 'noCall' } : { kind: 'calls', calls: [first, ...others] };
  return { label, path, calls: () => list.map((item, index) => callPlace(item, at(index))), answer };
}

/** Some datasets name the tool of a call under `tool`. */
function plainCall(value: JsonValue): JsonValue {
  const name = textMember(value, 'tool');
  if (name === undefined || member(value, 'name') !== undefined) return value;
  return { name, arguments: member(value, 'arguments') ?? member(value, 'parameters') ?? null };
}

function callName(value: JsonObject): string | undefined {
  return textMember(value, 'name') ?? textMember(value, 'tool');
}

function callPlace(value: JsonValue, call: SourcePath): CallPlace {
  const inner = member(value, 'function');
  const wrapped = member(value, 'name') === undefined && inner !== undefined && typeof inner === 'object';
  const definition = wrapped ? inner : value;
  const body: readonly PathStep[] = wrapped ? [...call, 'function'] : call;
  const nameKey = member(definition, 'name') === undefined ? 'tool' : 'name';
  const argumentsKey = member(definition, 'arguments') === undefined ? 'parameters' : 'arguments';
  return { call, name: [...body, nameKey], arguments: argumentsPath([...body, argumentsKey], member(definition, argumentsKey)) };
}
