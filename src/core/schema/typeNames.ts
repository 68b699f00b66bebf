import type { JsonObject } from '../json/value.ts';
import { objectOf } from '../json/parse.ts';

/** JSON Schema for a type name as datasets write them; `optional` where the name says so, `unknown` names allow anything. */
export type NamedType = { readonly schema: JsonObject; readonly optional: boolean; readonly unknown?: string };

const names: Readonly<Record<string, string>> = {
  string: 'string', str: 'string', char: 'string', character: 'string', text: 'string', 'string enum': 'string', enum: 'string',
  integer: 'integer', int: 'integer', long: 'integer', short: 'integer', byte: 'integer', bigint: 'integer', int32: 'integer', int64: 'integer',
  number: 'number', float: 'number', double: 'number', decimal: 'number', numeric: 'number', complex: 'number',
  boolean: 'boolean', bool: 'boolean',
  array: 'array', list: 'array', tuple: 'array', set: 'array', frozenset: 'array', sequence: 'array', arraylist: 'array', queue: 'array', stack: 'array',
  object: 'object', dict: 'object', dictionary: 'object', map: 'object', mapping: 'object', hashmap: 'object', hashtable: 'object', json: 'object',
  null: 'null', none: 'null', nonetype: 'null', void: 'null',
};
const anything = new Set(['any', 'typing.any', 'unknown', 'mixed', 'varies', '']);
const deepest = 8;

/**
 * Reads the type names of JSON Schema, BFCL (`dict`, `float`, `tuple`, `any`, Java and JavaScript names) and Python
 * (`List[int]`, `Optional[str]`, `Union[int, str]`, `int | None`, `str, optional`).
 */
export function namedType(name: string, depth = 0): NamedType {
  const text = name.trim();
  const parts = splitTop(text, ',');
  if (parts.length > 1 && parts.slice(1).every((part) => /^(optional|required|default\b.*)$/i.test(part))) {
    const inner = namedType(parts[0] ?? '', depth + 1);
    return { ...inner, optional: inner.optional || parts.slice(1).some((part) => /^(optional|default)/i.test(part)) };
  }
  const known = names[text.toLowerCase()];
  if (known !== undefined) return { schema: typed(known), optional: false };
  if (anything.has(text.toLowerCase())) return { schema: objectOf([]), optional: false };
  if (depth >= deepest) return { schema: objectOf([]), optional: false, unknown: text };
  const alternatives = splitTop(text, '|').flatMap((part) => part.split(/\s+or\s+/i));
  if (alternatives.length > 1) return unionOf(alternatives, depth);
  const suffix = /^(.+)\[\]$/s.exec(text);
  if (suffix !== null) return arrayOf(suffix[1] ?? '', depth);
  const generic = /^(?:typing\.)?([A-Za-z]+)\s*[[<](.*)[\]>]$/s.exec(text);
  if (generic !== null) return genericType(generic[1] ?? '', generic[2] ?? '', depth);
  return { schema: objectOf([]), optional: false, unknown: text };
}

function genericType(outer: string, inner: string, depth: number): NamedType {
  switch (outer.toLowerCase()) {
    case 'optional':
      return { ...unionOf([inner, 'null'], depth), optional: true };
    case 'union':
      return unionOf(splitTop(inner, ','), depth);
    case 'literal':
      return { schema: objectOf([]), optional: false };
    case 'tuple': {
      const members = splitTop(inner, ',').filter((part) => part !== '...');
      return new Set(members).size === 1 ? arrayOf(members[0] ?? '', depth) : { schema: typed('array'), optional: false };
    }
    case 'dict':
    case 'mapping':
    case 'map':
    case 'hashmap': {
      const values = namedType(splitTop(inner, ',')[1] ?? 'any', depth + 1);
      return { ...values, schema: objectOf([['type', 'object'], ['additionalProperties', values.schema]]), optional: false };
    }
    default:
      return names[outer.toLowerCase()] === 'array' || outer.toLowerCase() === 'iterable' ? arrayOf(inner, depth) : { schema: objectOf([]), optional: false, unknown: outer };
  }
}

function arrayOf(inner: string, depth: number): NamedType {
  const items = namedType(inner, depth + 1);
  return { ...items, schema: objectOf([['type', 'array'], ['items', items.schema]]), optional: false };
}

function unionOf(parts: readonly string[], depth: number): NamedType {
  const read = parts.map((part) => namedType(part, depth + 1));
  const unknown = read.find((part) => part.unknown !== undefined)?.unknown;
  return {
    schema: read.some((part) => Object.keys(part.schema).length === 0) ? objectOf([]) : objectOf([['anyOf', read.map((part) => part.schema)]]),
    optional: read.some((part) => part.optional),
    ...(unknown === undefined ? {} : { unknown }),
  };
}

function typed(type: string): JsonObject {
  return objectOf([['type', type]]);
}

/** Splits at a separator that stands outside of brackets. */
function splitTop(text: string, separator: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i += 1) {
    const character = text.charAt(i);
    if ('[<('.includes(character)) depth += 1;
    else if (']>)'.includes(character)) depth -= 1;
    else if (character === separator && depth === 0) {
      parts.push(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  return [...parts, text.slice(start).trim()];
}
