import type { ToolCall, ToolDefinition } from '../../src/core/dataset/sample.ts';
import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../../src/core/json/value.ts';
import type { Comparison, Difference } from '../../src/core/toolcall/difference.ts';

/** How the two sides stand to each other in one row. */
export type RowState = 'same' | 'changed' | 'missing' | 'extra';

export type ArgumentRow = {
  readonly name: string;
  readonly state: RowState;
  readonly label: string | undefined;
  readonly prediction: string | undefined;
  /** What the comparer says of the row, for the tooltip and the screen reader. */
  readonly remarks: readonly string[];
  /** Type, enumeration and whether the tool's schema requires it. */
  readonly schema: string;
};

export type CallPair = {
  readonly title: { readonly label: string | undefined; readonly prediction: string | undefined };
  readonly state: RowState;
  readonly rows: readonly ArgumentRow[];
};

/** Label and prediction call by call, paired as the comparer paired them; calls without a partner stand alone. */
export function callPairs(label: readonly ToolCall[], prediction: readonly ToolCall[], comparison: Comparison | undefined, tools: readonly ToolDefinition[]): CallPair[] {
  const pairs = comparison?.pairs ?? label.map((_, i) => (i < prediction.length ? i : -1));
  const taken = new Set(pairs.filter((p) => p >= 0));
  const out = label.map((call, i) => pairOf(call, prediction[pairs[i] ?? -1], differencesOf(comparison, i), tools));
  prediction.forEach((call, i) => {
    if (!taken.has(i)) out.push(pairOf(undefined, call, [], tools));
  });
  return out;
}

function differencesOf(comparison: Comparison | undefined, call: number): readonly Difference[] {
  return (comparison?.differences ?? []).filter((d) => d.kind !== 'extra-call' && d.path[0] === call);
}

function pairOf(label: ToolCall | undefined, prediction: ToolCall | undefined, differences: readonly Difference[], tools: readonly ToolDefinition[]): CallPair {
  const names = [...new Set([...Object.keys(label?.arguments ?? {}), ...Object.keys(prediction?.arguments ?? {})])];
  const tool = tools.find((t) => t.name === (label ?? prediction)?.name);
  const rows = names.map((name) => rowOf(name, label?.arguments, prediction?.arguments, differences.filter((d) => d.path[1] === name), tool));
  const sameName = label?.name === prediction?.name;
  const state: RowState = !prediction ? 'missing' : !label ? 'extra' : sameName && rows.every((r) => r.state === 'same') ? 'same' : 'changed';
  return { title: { label: label?.name, prediction: prediction?.name }, state, rows };
}

function rowOf(name: string, label: JsonObject | undefined, prediction: JsonObject | undefined, differences: readonly Difference[], tool: ToolDefinition | undefined): ArgumentRow {
  const has = (o: JsonObject | undefined): boolean => o !== undefined && Object.hasOwn(o, name);
  const left = has(label) ? valueText(label?.[name] ?? null) : undefined;
  const right = has(prediction) ? valueText(prediction?.[name] ?? null) : undefined;
  const state: RowState = right === undefined ? 'missing' : left === undefined ? 'extra' : differences.length > 0 ? 'changed' : left === right ? 'same' : 'changed';
  return { name, state, label: left, prediction: right, remarks: differences.map((d) => d.message), schema: schemaText(tool, name) };
}

/** JSON with line breaks where it nests; strings keep their quotes, so that "5" and 5 look different. */
export function valueText(value: JsonValue): string {
  if (value instanceof JsonNumber) return value.raw;
  return JSON.stringify(value, null, 2);
}

function schemaText(tool: ToolDefinition | undefined, name: string): string {
  const parameters = tool?.parameters;
  const properties = isJsonObject(parameters?.['properties']) ? parameters['properties'] : undefined;
  const schema = properties && Object.hasOwn(properties, name) ? properties[name] : undefined;
  if (!isJsonObject(schema)) return tool ? 'not in the schema' : 'unknown tool';
  const required = Array.isArray(parameters?.['required']) && parameters['required'].includes(name);
  const parts = [typeof schema['type'] === 'string' ? schema['type'] : 'any', required ? 'required' : 'optional'];
  if (Array.isArray(schema['enum'])) parts.push(schema['enum'].map((v: JsonValue) => valueText(v)).join(' | '));
  return parts.join(', ');
}
