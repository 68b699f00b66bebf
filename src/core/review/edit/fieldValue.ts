import { isJsonArray } from '../../json/member.ts';
import { losslessNumber, objectOf, parseJson } from '../../json/parse.ts';
import { stringifyJson } from '../../json/stringify.ts';
import { isJsonObject, type JsonValue } from '../../json/value.ts';
import { membersAt, type ArgumentFacts } from '../../schema/argumentFacts.ts';
import type { ToolCall, ToolDefinition } from '../../dataset/sample.ts';
import { jsonType } from '../../toolcall/differences.ts';
import { sameValue } from '../../toolcall/sameValue.ts';
import { emptyValue } from '../../schema/emptyValue.ts';

/** How a value is edited. `json`: as JSON text, where nothing else can hold it. */
export type FieldKind = 'choice' | 'string' | 'number' | 'boolean' | 'null' | 'array' | 'object' | 'json';

/** Deeper than this, and for more parts than this, a value is edited as JSON text. */
const deepestForm = 6;
const mostParts = 200;
const mostChoices = 200;

export function fieldKind(value: JsonValue, facts: ArgumentFacts | undefined, depth: number): FieldKind {
  if (facts?.values !== undefined && facts.values.length <= mostChoices && facts.values.some((choice) => sameValue(choice, value))) return 'choice';
  const type = jsonType(value);
  if (type !== 'array' && type !== 'object') return type;
  const size = isJsonArray(value) ? value.length : isJsonObject(value) ? Object.keys(value).length : 0;
  return depth >= deepestForm || size > mostParts ? 'json' : type;
}

/** What stands in the field of a value. */
export function fieldText(value: JsonValue, kind: FieldKind): string {
  if (kind === 'string' && typeof value === 'string') return value;
  return stringifyJson(value, kind === 'json' ? 2 : 0);
}

export type FieldReading = { readonly ok: true; readonly value: JsonValue } | { readonly ok: false; /** Why it is no JSON; absent for a text that is no number. */ readonly message: string | undefined };

const numberLiteral = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** What a field says; numbers stay as they are written. */
export function readField(text: string, kind: FieldKind): FieldReading {
  if (kind === 'string') return { ok: true, value: text };
  if (kind === 'number') {
    const trimmed = text.trim();
    return numberLiteral.test(trimmed) ? { ok: true, value: losslessNumber(trimmed) } : { ok: false, message: undefined };
  }
  const parsed = parseJson(text);
  return parsed.ok ? { ok: true, value: parsed.value } : { ok: false, message: parsed.message };
}

/** What an argument begins with when it is added: the default, the first of the listed values, or the emptiest value of its type. */
export function startValue(facts: ArgumentFacts | undefined, members: readonly ArgumentFacts[] = []): JsonValue {
  if (facts === undefined) return '';
  if (facts.hasDefault && facts.default !== undefined) return facts.default;
  const first = facts.values?.[0];
  if (first !== undefined) return first;
  const type = facts.types.find((one) => one !== 'null') ?? facts.types[0];
  return type === 'object' ? objectOf(members.filter(({ required }) => required).map((member) => [member.name, startValue(member)])) : emptyValue(type);
}

/** A call of a tool with its required arguments begun. */
export function startCall(tool: ToolDefinition): ToolCall {
  return { name: tool.name, arguments: objectOf(membersAt(tool, []).filter(({ required }) => required).map((facts) => [facts.name, startValue(facts, membersAt(tool, [facts.name]))])) };
}

/** A value as another type, as much of it as there is in that type. */
export function asType(value: JsonValue, kind: FieldKind): JsonValue {
  switch (kind) {
    case 'string':
      return typeof value === 'string' ? value : value === null ? '' : stringifyJson(value);
    case 'number': {
      const read = readField(typeof value === 'string' ? value : stringifyJson(typeof value === 'boolean' ? Number(value) : value), 'number');
      return read.ok ? read.value : 0;
    }
    case 'boolean':
      return value === true || value === 'true' || value === 1;
    case 'null':
      return null;
    case 'array':
      return isJsonArray(value) ? value : parsedAs(value, isJsonArray) ?? (value === null ? [] : [value]);
    case 'object':
      return isJsonObject(value) ? value : parsedAs(value, isJsonObject) ?? {};
    case 'choice':
    case 'json':
      return value;
  }
}

/** Containers are often written as JSON in a text. */
function parsedAs(value: JsonValue, fits: (value: JsonValue) => boolean): JsonValue | undefined {
  const parsed = typeof value === 'string' ? parseJson(value) : undefined;
  return parsed?.ok === true && fits(parsed.value) ? parsed.value : undefined;
}
