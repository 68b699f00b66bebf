import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.ts';
import { simpleTypeName } from './typeNames.ts';

const jsonTypes: ReadonlySet<JsonValue> = new Set<JsonValue>(['string', 'number', 'integer', 'boolean', 'array', 'object', 'null']);
const deepest = 32;

/**
 * Whether a schema of an object already is what the normaliser would make of it, so that it can be used as it stands. Knows
 * the keywords that nearly all tools keep to, and says no to anything else: a wrong no costs a copy.
 */
export function isCanonicalObject(schema: JsonObject): boolean {
  return Object.hasOwn(schema, 'type') && schema['type'] === 'object' && Object.hasOwn(schema, 'properties') && isCanonical(schema, 0);
}

/** The same for a part of one. */
export function isCanonical(value: JsonValue | undefined, depth: number): boolean {
  if (value === undefined || !isJsonObject(value) || depth > deepest) return false;
  for (const key in value) if (!isCanonicalKeyword(key, value[key], value, depth)) return false;
  return true;
}

/** A parameter with nothing but a type of another vocabulary, a description and a default, with the type renamed; undefined for any other. */
export function renamedLeaf(value: JsonObject): JsonObject | undefined {
  let type: string | undefined;
  for (const key in value) {
    const part = value[key];
    if (key === 'type' && typeof part === 'string') type = simpleTypeName(part);
    else if (key === 'default' ? part === null : key !== 'description' || typeof part !== 'string') return undefined;
  }
  return type === undefined ? undefined : { ...value, type };
}

function isCanonicalKeyword(key: string, part: JsonValue | undefined, schema: JsonObject, depth: number): boolean {
  switch (key) {
    case 'type':
      return typeof part === 'string' && jsonTypes.has(part);
    case 'description':
    case 'title':
    case 'format':
    case 'pattern':
      return typeof part === 'string';
    case 'default':
      return part !== null;
    case 'minimum':
    case 'maximum':
    case 'minLength':
    case 'maxLength':
    case 'minItems':
    case 'maxItems':
      return typeof part === 'number';
    case 'additionalProperties':
    case 'uniqueItems':
      return typeof part === 'boolean';
    case 'enum':
      return Array.isArray(part) && part.length > 0 && schema['type'] === 'string' && part.every((member) => typeof member === 'string');
    case 'items':
      return schema['type'] === 'array' && isCanonical(part, depth + 1);
    case 'properties':
      return part !== undefined && isJsonObject(part) && schema['type'] === 'object' && everyProperty(part, depth);
    case 'required':
      return Array.isArray(part) && Object.hasOwn(schema, 'properties') && areDeclared(part as readonly JsonValue[], schema['properties']);
    default:
      return false;
  }
}

function everyProperty(properties: JsonObject, depth: number): boolean {
  for (const name in properties) if (!isCanonical(properties[name], depth + 1)) return false;
  return true;
}

function areDeclared(names: readonly JsonValue[], properties: JsonValue | undefined): boolean {
  return properties !== undefined && isJsonObject(properties) && names.every((name) => typeof name === 'string' && Object.hasOwn(properties, name));
}
