import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.ts';
import { losslessNumber } from '../json/parse.ts';
import type { ToolCall, ToolDefinition } from '../dataset/sample.ts';
import { valueKey } from './canonicalCall.ts';
import { sameValue } from './sameValue.ts';
import { numberOfText } from './severity.ts';

/** What a comparison may forgive; each is off when absent. All but `strictOrder` are asked by tool name and top-level argument. */
export type CompareOptions = {
  /** Parallel calls have to come in the order of the label. */
  readonly strictOrder?: boolean;
  /** Declared default: an argument given with exactly this value equals the argument left out. */
  readonly defaults?: (tool: string, argument: string) => JsonValue | undefined;
  /** Arguments that are sets: order and repetition of the members do not count. */
  readonly setLike?: (tool: string, argument: string) => boolean;
  /** Optional arguments for which `null` equals the argument left out. */
  readonly nullEqualsAbsent?: (tool: string, argument: string) => boolean;
  /** Arguments that are declared as numbers: a text that is a number equals it. */
  readonly numericStrings?: (tool: string, argument: string) => boolean;
};

/** The call with everything that the options forgive put into one form, so that equal calls are equal as they stand. */
export function forgive(call: ToolCall, options: CompareOptions): ToolCall {
  // Null prototype, as the parser makes them: `__proto__` is an ordinary key.
  const kept = Object.create(null) as Record<string, JsonValue>;
  for (const [key, given] of Object.entries(call.arguments)) {
    const value = options.numericStrings?.(call.name, key) === true ? asNumber(given) : given;
    if (value === null && options.nullEqualsAbsent?.(call.name, key) === true) continue;
    const standard = options.defaults?.(call.name, key);
    if (standard !== undefined && sameValue(standard, value)) continue;
    kept[key] = Array.isArray(value) && options.setLike?.(call.name, key) === true ? asSet(value) : value;
  }
  return { name: call.name, arguments: kept };
}

function asNumber(value: JsonValue): JsonValue {
  const number = typeof value === 'string' ? numberOfText(value) : undefined;
  return number === undefined ? value : losslessNumber(number.raw);
}

function asSet(members: readonly JsonValue[]): JsonValue[] {
  const byKey = new Map(members.map((member) => [valueKey(member), member]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, member]) => member);
}

export type SchemaForgiveness = { readonly defaults?: boolean; readonly sets?: boolean; readonly nulls?: boolean; readonly numericStrings?: boolean };

/**
 * Options that follow the tools' own schemas: `default`, `uniqueItems`, arguments that are not `required`, and the types
 * `integer`, `number` and `float`. Each kind is used only where `forgiven` asks for it.
 */
export function schemaOptions(tools: readonly ToolDefinition[], forgiven: SchemaForgiveness): CompareOptions {
  const byName = new Map(tools.map((tool) => [tool.name, tool.parameters]));
  const propertyOf = (tool: string, argument: string): JsonObject | undefined => objectAt(objectAt(byName.get(tool), 'properties'), argument);
  const isOptional = (tool: string, argument: string): boolean => {
    const required = valueAt(byName.get(tool), 'required');
    return propertyOf(tool, argument) !== undefined && !(Array.isArray(required) && required.includes(argument));
  };
  return {
    ...(forgiven.defaults === true ? { defaults: (tool: string, argument: string) => valueAt(propertyOf(tool, argument), 'default') } : {}),
    ...(forgiven.sets === true ? { setLike: (tool: string, argument: string) => valueAt(propertyOf(tool, argument), 'uniqueItems') === true } : {}),
    ...(forgiven.nulls === true ? { nullEqualsAbsent: isOptional } : {}),
    ...(forgiven.numericStrings === true ? { numericStrings: (tool: string, argument: string) => numberTypes.has(valueAt(propertyOf(tool, argument), 'type')) } : {}),
  };
}

const numberTypes: ReadonlySet<JsonValue | undefined> = new Set(['integer', 'number', 'float']);

function valueAt(object: JsonObject | undefined, key: string): JsonValue | undefined {
  return object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined;
}

function objectAt(object: JsonObject | undefined, key: string): JsonObject | undefined {
  const value = valueAt(object, key);
  return value !== undefined && isJsonObject(value) ? value : undefined;
}
