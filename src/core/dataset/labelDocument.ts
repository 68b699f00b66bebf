import { parseTree, nodeValue } from '../json/tree.ts';
import { stringifyJson } from '../json/stringify.ts';
import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../json/value.ts';
import { toolParameterSchema } from '../schema/normalise.ts';
import { visibleText } from '../text/visibleText.ts';
import { asJson } from './reading/recordExtras.ts';
import { labelSchema, type Label, type ToolDefinition } from './sample.ts';

/** A label as JSON that a person edits, on its own. A `$schema` in front of it is no part of the label. */
export function labelDocumentText(label: Label): string {
  const { kind, ...rest } = asJson(label) as JsonObject; // a label is an object
  return `${stringifyJson({ kind: kind ?? null, ...rest }, 2)}\n`;
}

export type LabelReading = { readonly ok: true; readonly label: Label } | { readonly ok: false; readonly message: string; /** UTF-16 offset. */ readonly offset: number };

/** The label that such a text says; `trace` and `invalid` are none that a person writes. */
export function readLabelDocument(text: string): LabelReading {
  const tree = parseTree(text);
  if (!tree.ok) return { ok: false, message: `This is not JSON: ${tree.message}`, offset: tree.offset };
  const value = nodeValue(tree.node);
  if (!isJsonObject(value)) return { ok: false, message: 'A label is an object with "kind".', offset: tree.node.start };
  const { $schema: _, ...given } = value;
  const parsed = labelSchema.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return { ok: false, message: `${(issue?.path ?? []).join('.') || 'The label'} is not as expected: ${issue?.message ?? 'unknown form'}.`, offset: tree.node.start };
  }
  if (parsed.data.kind === 'invalid' || parsed.data.kind === 'trace') return { ok: false, message: `A label of the kind "${parsed.data.kind}" cannot be written. Use calls, text, noCall or anyCall.`, offset: tree.node.start };
  return { ok: true, label: parsed.data };
}

/** JSON Schema of the labels that fit a sample's tools, for an editor's completion and checks. Texts of the data stand in descriptions alone. */
export function labelJsonSchema(tools: readonly ToolDefinition[]): JsonObject {
  const call: JsonObject = {
    type: 'object',
    required: ['name', 'arguments'],
    additionalProperties: false,
    properties: {
      name: tools.length === 0 ? { type: 'string' } : { type: 'string', enum: tools.map(({ name }) => name), enumDescriptions: tools.map(({ description }) => visibleText(description ?? '')) },
      arguments: { type: 'object' },
    },
    allOf: tools.map((tool) => ({ if: { properties: { name: { const: tool.name } }, required: ['name'] }, then: { properties: { arguments: argumentsSchema(tool) } } })),
  };
  const calls: JsonObject = { type: 'array', items: call };
  return {
    type: 'object',
    required: ['kind'],
    properties: { $schema: { type: 'string' }, kind: { enum: ['calls', 'text', 'noCall', 'anyCall'] } },
    allOf: [
      branch('calls', { calls: { ...calls, minItems: 1 }, alternatives: { type: 'array', items: calls, description: 'Further answers that count as right' }, possible: { type: 'array' } }, ['calls']),
      branch('text', { text: { type: 'string' }, textKind: { type: 'object', required: ['kind'], properties: { kind: { enum: ['ask', 'decline', 'answer'] }, argument: { type: 'string' } } } }, ['text']),
      branch('noCall', {}, []),
      branch('anyCall', {}, []),
    ],
  };
}

function branch(kind: string, properties: JsonObject, required: readonly string[]): JsonObject {
  const known = { $schema: true, kind: true };
  return { if: { properties: { kind: { const: kind } }, required: ['kind'] }, then: { properties: { ...known, ...properties }, required, additionalProperties: false } };
}

function argumentsSchema(tool: ToolDefinition): JsonObject {
  const schema = safeSchema(toolParameterSchema(tool).schema, 0);
  return isJsonObject(schema) && schema['additionalProperties'] === undefined && isJsonObject(schema['properties'] ?? null) ? { ...schema, additionalProperties: false } : isJsonObject(schema) ? schema : {};
}

/**
 * What editors interpret of a schema that comes from data: no references (they may name a server), no patterns (they may never
 * end), no texts that are rendered as markup.
 */
const passed = new Set(['type', 'enum', 'const', 'default', 'required', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength', 'minItems', 'maxItems', 'uniqueItems', 'minProperties', 'maxProperties']);
const nested = new Set(['items', 'additionalProperties', 'not']);
const listed = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems']);
const deepest = 32;

function safeSchema(schema: JsonValue, depth: number): JsonValue {
  if (typeof schema === 'boolean') return schema;
  // A part that refers to another one accepts anything here; the rules on the dataset itself look closer.
  if (!isJsonObject(schema) || depth > deepest || Object.hasOwn(schema, '$ref')) return {};
  const safe: [string, JsonValue][] = [];
  for (const [key, value] of Object.entries(schema)) {
    if (passed.has(key)) safe.push([key, value]);
    else if (key === 'description' && typeof value === 'string') safe.push([key, visibleText(value)]);
    else if (nested.has(key)) safe.push([key, safeSchema(value, depth + 1)]);
    else if (listed.has(key) && Array.isArray(value)) safe.push([key, value.map((part: JsonValue) => safeSchema(part, depth + 1))]);
    else if (key === 'properties' && isJsonObject(value) && !(value instanceof JsonNumber)) safe.push([key, Object.fromEntries(Object.entries(value).filter(([name]) => name !== '__proto__').map(([name, part]) => [name, safeSchema(part, depth + 1)]))]);
  }
  return Object.fromEntries(safe);
}
