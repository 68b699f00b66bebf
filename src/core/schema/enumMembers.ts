import { objectOf } from '../json/parse.ts';
import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../json/value.ts';
import type { SchemaWalk } from './schemaWalk.ts';
import { listInText, literalOf } from './typeText.ts';

type Members = { [key: string]: JsonValue };

/** Keys under which published tools list the values of a parameter. */
const listKeys = ['enum', 'allowed_values', 'possible_values', 'allowedValues', 'possibleValues', 'choices', 'options'];

/** Values that a parameter lists, under any of the usual keys, also as text; undefined where it lists none. */
function listedValues(value: JsonObject, walk: SchemaWalk): readonly JsonValue[] | undefined {
  for (const key of listKeys) {
    const given = Object.hasOwn(value, key) ? value[key] : undefined;
    if (given === undefined || given === null) continue;
    const list = Array.isArray(given) ? (given as readonly JsonValue[]) : typeof given === 'string' ? listInText(given) : undefined;
    if (list === undefined) {
      if (key === 'enum') walk.into(key).report('enum is not a list');
      continue;
    }
    // A list of objects with descriptions is documentation, and an empty list is none.
    if (list.length > 0 && (key === 'enum' || list.every((member) => typeof member !== 'object' || member === null))) return list;
  }
  return undefined;
}

/**
 * Writes the listed values into a schema under construction. Lists beside `type: array` are about the members. Where no
 * value is of the parameter's type, they are read as values of it (`"2"` under `integer`, `"True"` under `boolean`); where none
 * can be, the list wins over the type.
 */
export function addEnum(value: JsonObject, schema: Members, walk: SchemaWalk, own?: readonly JsonValue[]): void {
  const list = listedValues(value, walk) ?? own;
  if (list === undefined) return;
  const given = schema['type'];
  const types = (Array.isArray(given) ? given : given === undefined ? [] : [given]).filter((type) => typeof type === 'string');
  if (types.length === 0 || list.some((member) => types.some((type) => isOfType(member, type)))) {
    schema['enum'] = list;
    return;
  }
  if (types.includes('array')) {
    const items = schema['items'];
    if (items === undefined) schema['items'] = objectOf([['enum', list]]);
    else if (isJsonObject(items) && !Object.hasOwn(items, 'enum')) {
      const inner = objectOf(Object.entries(items));
      addEnum(objectOf([['enum', list]]), inner, walk);
      schema['items'] = inner;
    }
    return;
  }
  walk.into('enum').report(`none of the listed values is of type ${types.join(' or ')}`);
  const read = list.flatMap((member) => types.flatMap((type) => coerced(member, type)));
  if (read.length === 0) delete schema['type'];
  schema['enum'] = read.length === 0 ? list : read;
}

function coerced(member: JsonValue, type: string): JsonValue[] {
  if (type === 'string') return typeof member === 'number' || typeof member === 'boolean' || member instanceof JsonNumber ? [String(member)] : [];
  const value = typeof member === 'string' ? literalOf(member.toLowerCase()) : undefined;
  return value !== undefined && isOfType(value, type) ? [value] : [];
}

function isOfType(value: JsonValue, type: string): boolean {
  if (value === null) return type === 'null';
  if (typeof value === 'number' || value instanceof JsonNumber) return type === 'number' || (type === 'integer' && Number.isInteger(Number(value)));
  if (Array.isArray(value)) return type === 'array';
  return typeof value === type;
}
