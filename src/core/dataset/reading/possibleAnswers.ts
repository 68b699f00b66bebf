import { isJsonArray, listMember, member, objectMember, textMember } from '../../json/member.ts';
import { objectOf } from '../../json/parse.ts';
import type { SourcePath } from '../../json/path.ts';
import { stringifyJson } from '../../json/stringify.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import type { CallPlace } from '../dialect.ts';
import type { Label, ToolCall, ToolDefinition } from '../sample.ts';

/** A label from possible answers, with its places relative to the list that was read. */
export type PossibleAnswers = { readonly label: Label; readonly calls: () => readonly CallPlace[]; readonly broken?: SourcePath | undefined };

/**
 * Reads BFCL's `ground_truth`: a list of `{tool: {argument: acceptable values}}`, one expected call an element. The label's
 * calls are the first choice of every argument: left out where `""` (may be omitted) comes first or stands alone, unless the
 * argument is required. An empty list expects no call. With `numbered`, `tool_1` and `tool_2` are calls of `tool` (BFCL v1).
 */
export function readPossibleAnswers(groundTruth: JsonValue, tools: readonly ToolDefinition[], { numbered = false } = {}): PossibleAnswers {
  if (!isJsonArray(groundTruth)) return unreadable(groundTruth, 'the possible answers are not a list', []);
  const calls: ToolCall[] = [];
  const possible: ToolCall[] = [];
  const places: CallPlace[] = [];
  for (const [index, element] of groundTruth.entries()) {
    if (!isJsonObject(element)) return unreadable(groundTruth, 'a possible answer is not an object', [index]);
    for (const key of Object.keys(element)) {
      const name = numbered ? withoutNumber(key, tools) : key;
      const accepted = member(element, key);
      const path: SourcePath = [index, key];
      if (accepted === undefined || !isJsonObject(accepted)) return unreadable(groundTruth, `the arguments of ${name} are not an object`, path);
      const wrong = Object.keys(accepted).find((argument) => !isJsonArray(member(accepted, argument)));
      if (wrong !== undefined) return unreadable(groundTruth, `the acceptable values of ${name}.${wrong} are not a list`, [...path, wrong]);
      calls.push({ name, arguments: firstChoices(accepted, tools.find((tool) => tool.name === name)?.parameters) });
      possible.push({ name, arguments: accepted });
      places.push({ call: [index], name: [index, { key }], arguments: path });
    }
  }
  if (calls.length === 0) return { label: { kind: 'noCall' }, calls: () => [] };
  return { label: { kind: 'calls', calls, possible }, calls: () => places };
}

/** The tool of a key that may have a number behind it. */
export function withoutNumber(key: string, tools: readonly ToolDefinition[]): string {
  if (tools.some(({ name }) => name === key)) return key;
  const bare = key.replace(/_\d+$/, '');
  return tools.some(({ name }) => name === bare) ? bare : key;
}

function unreadable(raw: JsonValue, reason: string, broken: SourcePath): PossibleAnswers {
  return { label: { kind: 'invalid', raw: stringifyJson(raw), reason }, calls: () => [], broken };
}

/** The first acceptable value of every member of an object whose members are lists of them. Members that are no lists stay as they are. */
export function firstChoices(accepted: JsonObject, schema: JsonObject | undefined): JsonObject {
  const required = new Set(listMember(schema, 'required'));
  const properties = objectMember(schema, 'properties');
  const members: [string, JsonValue][] = [];
  for (const key of Object.keys(accepted)) {
    const property = objectMember(properties, key);
    const choice = firstChoice(member(accepted, key) ?? null, required.has(key), property);
    if (choice !== undefined) members.push([key, plainValue(choice, property)]);
  }
  return objectOf(members);
}

function firstChoice(list: JsonValue, required: boolean, schema: JsonObject | undefined): JsonValue | undefined {
  if (!isJsonArray(list)) return list;
  const [first] = list;
  if (first !== '') return first;
  if (!required) return undefined;
  const said = list.find((value) => value !== '');
  return said ?? (isTextual(schema) ? first : undefined);
}

/** Whether the empty text is a value of the type: anything that does not name another type. */
function isTextual(schema: JsonObject | undefined): boolean {
  const type = textMember(schema, 'type');
  return type === undefined || /^(string|str|any|char)$/i.test(type);
}

function plainValue(value: JsonValue, schema: JsonObject | undefined): JsonValue {
  if (isJsonArray(value)) {
    const items = objectMember(schema, 'items');
    return value.some((item) => isJsonObject(item)) ? value.map((item) => (isJsonObject(item) ? firstChoices(item, items) : item)) : value;
  }
  return isJsonObject(value) ? firstChoices(value, schema) : value;
}
