import { isJsonArray } from '../../core/json/member.ts';
import { objectOf, parseJson } from '../../core/json/parse.ts';
import { stringifySpaced } from '../../core/json/stringify.ts';
import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../../core/json/value.ts';
import type { ColumnShape } from '../../node/parquetWrite.ts';

/**
 * What the values at one place of many rows have in common. `none` where only null has been seen; `json` where they have
 * nothing: then Parquet holds them as JSON text. Merging is associative, so that batches can be seen apart.
 */
export type ValueShape = 'none' | 'string' | 'int64' | 'double' | 'boolean' | 'json' | { readonly list: ValueShape } | { readonly members: RowShape };
export type RowShape = readonly (readonly [string, ValueShape])[];

/**
 * Members whose objects have other keys in every row. As columns they would get each other's keys, filled with nulls, which
 * changes tools and arguments: they are JSON text in Parquet, as trainers take them.
 */
const openMembers = new Set(['tools', 'functions', 'function_call', 'arguments', 'parameters', 'looptool']);

export function rowsShape(rows: readonly string[]): RowShape {
  let shape: RowShape = [];
  for (const row of rows) {
    const parsed = parseJson(row);
    if (parsed.ok && isJsonObject(parsed.value)) shape = mergeRows(shape, objectShape(parsed.value));
  }
  return shape;
}

function objectShape(object: JsonObject): RowShape {
  return Object.entries(object).map(([key, value]) => [key, memberShape(key, value)]);
}

function memberShape(key: string, value: JsonValue): ValueShape {
  return openMembers.has(key) && typeof value === 'object' && value !== null ? 'json' : valueShape(value);
}

function valueShape(value: JsonValue): ValueShape {
  if (value === null) return 'none';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'int64' : 'double';
  // A literal that a double does not give back.
  if (value instanceof JsonNumber) return 'json';
  if (isJsonArray(value)) return { list: value.reduce<ValueShape>((shape, item) => mergeShapes(shape, valueShape(item)), 'none') };
  if (!isJsonObject(value)) return 'json';
  const members = objectShape(value);
  return members.length === 0 ? 'json' : { members };
}

export function mergeRows(a: RowShape, b: RowShape): RowShape {
  const merged = new Map(a);
  for (const [key, shape] of b) merged.set(key, mergeShapes(merged.get(key) ?? 'none', shape));
  return [...merged];
}

function mergeShapes(a: ValueShape, b: ValueShape): ValueShape {
  if (a === b || b === 'none') return a;
  if (a === 'none') return b;
  if (typeof a === 'string' || typeof b === 'string') return 'json';
  if ('list' in a && 'list' in b) return { list: mergeShapes(a.list, b.list) };
  return 'members' in a && 'members' in b ? { members: mergeRows(a.members, b.members) } : 'json';
}

/** Columns for rows of a shape. */
export function columnsOf(shape: RowShape): { readonly [name: string]: ColumnShape } {
  return Object.fromEntries(shape.map(([name, one]) => [name, columnOf(one)]));
}

function columnOf(shape: ValueShape): ColumnShape {
  if (shape === 'none' || shape === 'json') return 'string';
  if (typeof shape === 'string') return shape;
  return 'list' in shape ? { list: columnOf(shape.list) } : { struct: columnsOf(shape.members) };
}

/** A row as its columns take it: what they hold as JSON text is written as such. */
export function rowForColumns(row: JsonObject, shape: RowShape): JsonObject {
  const shapes = new Map(shape);
  return objectOf(Object.entries(row).map(([key, value]) => [key, fitted(value, shapes.get(key) ?? 'json')]));
}

function fitted(value: JsonValue, shape: ValueShape): JsonValue {
  if (value === null) return null;
  if (shape === 'json') return typeof value === 'string' ? value : stringifySpaced(value);
  if (typeof shape === 'string') return value;
  if ('list' in shape) return isJsonArray(value) ? value.map((item) => fitted(item, shape.list)) : value;
  return isJsonObject(value) ? rowForColumns(value, shape.members) : value;
}

/** Columns, by their path, that hold JSON text in the place of values. */
export function jsonColumns(shape: RowShape, before = ''): readonly string[] {
  return shape.flatMap(([key, one]) => {
    const path = `${before}${key}`;
    if (one === 'json') return [path];
    const inner = typeof one === 'object' && 'list' in one ? one.list : one;
    return typeof inner === 'object' && 'members' in inner ? jsonColumns(inner.members, `${path}.`) : [];
  });
}
