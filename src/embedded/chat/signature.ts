import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../../core/json/value.ts';
import type { ToolDefinition } from '../../core/dataset/sample.ts';

/** Longer enumerations are named, not listed. */
const LISTED_VALUES = 5;

/** Type names as JSON Schema, Python and OpenAPI write them. */
const SCALARS: ReadonlyMap<string, string> = new Map([
  ['string', 'str'],
  ['str', 'str'],
  ['integer', 'int'],
  ['int', 'int'],
  ['long', 'int'],
  ['number', 'num'],
  ['float', 'num'],
  ['double', 'num'],
  ['boolean', 'bool'],
  ['bool', 'bool'],
]);
const LISTS: ReadonlySet<string> = new Set(['array', 'list', 'tuple']);
const OBJECTS: ReadonlySet<string> = new Set(['object', 'dict', 'map']);
const STRUCTURE = /[|,:(){}[\]?\r\n]/;

/** One line per tool: `name(param:type,optional?:type)`. Descriptions are left out: the model is too small to use them. */
export function toolSignature(tool: ToolDefinition): string {
  return `${tool.name}(${memberList(tool.parameters ?? {}, 0)})`;
}

/** `depth` counts the objects around the members: members of members are written, anything deeper is not. */
function memberList(schema: JsonObject, depth: number): string {
  const required = new Set(Array.isArray(schema.required) ? (schema.required as readonly JsonValue[]) : []);
  return Object.entries(propertiesOf(schema))
    .map(([name, property]) => `${name}${isOptional(name, property, required) ? '?' : ''}:${typeText(property, depth)}`)
    .join(',');
}

/** The parameters' own members stand for the properties when there is no `properties` key, as in some data sets. */
function propertiesOf(schema: JsonObject): JsonObject {
  if (isJsonObject(schema.properties)) return schema.properties;
  if ('type' in schema && !isJsonObject(schema.type)) return {};
  return Object.fromEntries(Object.entries(schema).filter(([, value]) => isJsonObject(value)));
}

function isOptional(name: string, property: JsonValue, required: ReadonlySet<JsonValue>): boolean {
  if (required.has(name)) return false;
  return !(isJsonObject(property) && property.required === true);
}

function typeText(schema: JsonValue, depth: number): string {
  if (!isJsonObject(schema)) return 'any';
  const values = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
  if (Array.isArray(values) && values.length > 0) return enumText(values as readonly JsonValue[]);
  const type = typeName(schema);
  if (type === undefined) return singleAlternative(schema, depth);
  const scalar = SCALARS.get(type);
  if (scalar !== undefined) return scalar;
  if (LISTS.has(type)) return `[${typeText(schema.items ?? null, depth)}]`;
  if (OBJECTS.has(type)) return `{${depth === 0 ? memberList(schema, depth + 1) : ''}}`;
  return 'any';
}

/** `["string","null"]` counts as string; a real choice of types has no name. */
function typeName(schema: JsonObject): string | undefined {
  const declared = schema.type ?? (isJsonObject(schema.properties) ? 'object' : undefined);
  const names = (Array.isArray(declared) ? (declared as readonly JsonValue[]) : [declared]).filter((name) => name !== 'null');
  const [name] = names;
  return names.length === 1 && typeof name === 'string' ? name.toLowerCase() : undefined;
}

function singleAlternative(schema: JsonObject, depth: number): string {
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (!Array.isArray(alternatives)) return 'any';
  const real = (alternatives as readonly JsonValue[]).filter((one) => !(isJsonObject(one) && one.type === 'null'));
  const [only] = real;
  return real.length === 1 && only !== undefined ? typeText(only, depth) : 'any';
}

function enumText(values: readonly JsonValue[]): string {
  const texts = values.map(valueText);
  const listed = texts.length <= LISTED_VALUES && texts.every((text) => text !== undefined && text !== '' && !STRUCTURE.test(text));
  return listed ? texts.join('|') : 'enum';
}

function valueText(value: JsonValue): string | undefined {
  if (value instanceof JsonNumber) return value.raw;
  return value === null || typeof value === 'object' ? undefined : String(value);
}
