import type { JsonObject, JsonValue } from '../core/json/value.ts';
import type { ToolCall } from '../core/dataset/sample.ts';
import type { Rng } from '../core/random/rng.ts';
import { toolName, toolSpecs } from './catalogue/tools.ts';
import type { ParameterSpec, ToolSpec } from './catalogue/toolSpec.ts';
import { drawValue, type Side } from './values.ts';

/** A template's pieces. `path` leads to the value in the call's arguments. */
export type Part =
  | { readonly kind: 'words'; readonly text: string }
  | { readonly kind: 'value'; readonly path: readonly string[]; readonly spec: ParameterSpec }
  | { readonly kind: 'flag'; readonly path: readonly string[]; readonly yes: string; readonly no: string }
  | { readonly kind: 'fixed'; readonly path: readonly string[]; readonly value: JsonValue; readonly words: string };

const slot = /\{([\w.]+)(?:=(\w+):([^}]*)|\?([^:}]*):([^}]*))?\}/g;
const parsed = new Map<string, readonly Part[]>();

export function parseTemplate(tool: ToolSpec, template: string): readonly Part[] {
  const key = `${tool.noun}\n${template}`;
  const known = parsed.get(key);
  if (known) return known;
  const parts: Part[] = [];
  let end = 0;
  for (const match of template.matchAll(slot)) {
    if (match.index > end) parts.push({ kind: 'words', text: template.slice(end, match.index) });
    end = match.index + match[0].length;
    parts.push(slotPart(tool, match));
  }
  if (end < template.length) parts.push({ kind: 'words', text: template.slice(end) });
  parsed.set(key, parts);
  return parts;
}

function slotPart(tool: ToolSpec, match: RegExpExecArray): Part {
  const [, name = '', value, words, yes, no] = match;
  const path = name.split('.');
  const spec = parameterAt(tool, path);
  if (value !== undefined) return { kind: 'fixed', path, value: JSON.parse(value) as JsonValue, words: words ?? '' }; // JSON.parse yields JSON values only
  if (yes !== undefined) return { kind: 'flag', path, yes, no: no ?? '' };
  return { kind: 'value', path, spec };
}

export function parameterAt(tool: ToolSpec, path: readonly string[]): ParameterSpec {
  const [head = '', ...rest] = path;
  let spec = tool.parameters[head];
  for (const name of rest) spec = spec?.kind === 'record' ? spec.properties[name] : undefined;
  if (!spec) throw new Error(`${tool.noun} has no parameter "${path.join('.')}"`);
  return spec;
}

/** One value of a parameter; objects get all their properties. */
export function drawArgument(spec: ParameterSpec, side: Side, rng: Rng): JsonValue {
  switch (spec.kind) {
    case 'pool':
      return drawValue(spec.pool, side, rng);
    case 'oneOf':
      return rng.pick(spec.values);
    case 'range':
      return spec.from + spec.step * rng.int(Math.round((spec.to - spec.from) / spec.step) + 1);
    case 'flag':
      return rng.chance(0.5);
    case 'list': {
      const items = new Set<string>();
      const size = rng.between(1, 3);
      while (items.size < size) items.add(drawValue(spec.pool, side, rng));
      return [...items];
    }
    case 'record':
      return Object.fromEntries(Object.entries(spec.properties).map(([name, property]) => [name, drawArgument(property, side, rng)]));
  }
}

/** A value as it is said: lists as "a, b and c". */
export function wording(value: JsonValue): string {
  if (!Array.isArray(value)) return scalarText(value);
  const items = (value as readonly JsonValue[]).map(scalarText); // `Array.isArray` does not narrow a readonly array
  const [last = ''] = items.slice(-1);
  return items.length === 1 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
}

function scalarText(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Arguments in the order of the schema, from values by path. */
export function buildArguments(tool: ToolSpec, values: ReadonlyMap<string, JsonValue>): JsonObject {
  const out: Record<string, JsonValue> = {};
  for (const [name, spec] of Object.entries(tool.parameters)) {
    if (spec.kind === 'record') {
      const given = Object.keys(spec.properties).filter((property) => values.has(`${name}.${property}`));
      if (given.length > 0) out[name] = Object.fromEntries(given.map((property) => [property, values.get(`${name}.${property}`) ?? null]));
    } else {
      const value = values.get(name);
      if (value !== undefined) out[name] = value;
    }
  }
  return out;
}

export type Filled = { readonly text: string; readonly values: ReadonlyMap<string, JsonValue> };

/** Fills a template's slots. Two slots of one kind of value never get the same one: nobody travels from Oslo to Oslo. */
export function fillTemplate(tool: ToolSpec, template: string, side: Side, rng: Rng): Filled {
  const values = new Map<string, JsonValue>();
  const texts = parseTemplate(tool, template).map((part): string => {
    if (part.kind === 'words') return part.text;
    const key = part.path.join('.');
    if (part.kind === 'fixed') {
      values.set(key, part.value);
      return part.words;
    }
    if (part.kind === 'flag') {
      const value = rng.chance(0.5);
      values.set(key, value);
      return value ? part.yes : part.no;
    }
    let value = drawArgument(part.spec, side, rng);
    const taken = typeof value === 'string' ? new Set(values.values()) : new Set<JsonValue>();
    while (taken.has(value)) value = drawArgument(part.spec, side, rng);
    values.set(key, value);
    return wording(value);
  });
  return { text: texts.join(''), values };
}

export function filledCall(tool: ToolSpec, filled: Filled, verb: number): ToolCall {
  return { name: toolName(tool, verb), arguments: buildArguments(tool, filled.values) };
}

/** Tools by the name that they have in the data. */
export const toolsByName: ReadonlyMap<string, ToolSpec> = new Map(toolSpecs.map((tool) => [toolName(tool), tool]));
