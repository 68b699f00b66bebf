import { objectOf, parseJson } from '../json/parse.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.ts';
import { jsonType } from '../toolcall/differences.ts';
import { addEnum } from './enumMembers.ts';
import { isCanonical, renamedLeaf } from './canonicalSchema.ts';
import { describedParameter } from './freeText.ts';
import type { SchemaWalk } from './schemaWalk.ts';
import { namedType, type NamedType } from './typeNames.ts';
import { listInText } from './typeText.ts';

type Members = { [key: string]: JsonValue };

/** A parameter's schema in plain 2020-12 words, with what the parameter says of itself: whether it may be left out, or must not. */
export type NormalisedSchema = {
  readonly schema: JsonObject;
  readonly optional: boolean;
  /** A boolean `required` on the parameter, or the word in its text. */
  readonly required: boolean | undefined;
  /** Whether the parameter is a sentence as documentation has them, where what is not marked is optional. */
  readonly isSentence: boolean;
};

/** Two steps a level of properties. */
const deepestSchema = 128;
const schemaLists: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems']);
const schemaMaps: ReadonlySet<string> = new Set(['$defs', 'definitions', 'patternProperties', 'dependentSchemas', 'schemas']);
const single: ReadonlySet<string> = new Set(['not', 'contains', 'additionalProperties', 'propertyNames', 'if', 'then', 'else', 'unevaluatedProperties', 'unevaluatedItems']);
const handled: ReadonlySet<string> = new Set(['type', 'properties', 'required', 'items', 'additionalItems', 'nullable', 'optional', 'enum', 'dependencies']);
/** What may stand in a schema besides parameters. */
const annotations: ReadonlySet<string> = new Set([
  ...schemaLists, ...schemaMaps, ...single, ...handled, '$ref', '$id', 'id', '$schema', '$anchor', '$comment', '$dynamicRef', '$recursiveRef', 'components', 'const', 'default', 'description', 'title',
  'example', 'examples', 'example_value', 'format', 'pattern', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength', 'minItems', 'maxItems',
  'uniqueItems', 'minContains', 'maxContains', 'minProperties', 'maxProperties', 'dependentRequired', 'strict', 'deprecated', 'readOnly', 'writeOnly', 'contentEncoding', 'contentMediaType',
]);

/** Reads a schema, type name or describing text. Never throws; what makes no sense is reported and accepts anything. */
export function normaliseSchema(value: JsonValue, walk: SchemaWalk, alsoRequired: readonly string[] = []): NormalisedSchema {
  if (typeof value === 'boolean') return plain(value ? objectOf([]) : objectOf([['not', objectOf([])]]));
  if (typeof value === 'string') return textSchema(value, walk);
  if (value === null) return plain(objectOf([]));
  if (!isJsonObject(value) || walk.depth > deepestSchema) {
    walk.report(isJsonObject(value) ? 'the schema is nested too deep' : 'a schema has to be an object');
    return plain(objectOf([]));
  }
  if (alsoRequired.length === 0 && isCanonical(value, 0)) return plain(value);
  const leaf = alsoRequired.length === 0 ? renamedLeaf(value) : undefined;
  if (leaf !== undefined) return plain(leaf);
  const schema: Members = objectOf([]);
  copyKeywords(value, schema, walk);
  const type = readType(value, walk);
  for (const [key, member] of type.members) if (!Object.hasOwn(schema, key)) schema[key] = member;
  addProperties(value, schema, walk, alsoRequired);
  addItems(value, schema, walk);
  addEnum(value, schema, walk, type.enum);
  if (type.default !== undefined && !Object.hasOwn(schema, 'default')) schema['default'] = type.default;
  const required = value['required'];
  return {
    schema: own(value, 'nullable') === true || hasNullDefault(value) ? orNull(schema) : schema,
    optional: type.optional || own(value, 'optional') === true || required === 'optional',
    required: typeof required === 'boolean' ? required : typeof required === 'string' && /^(true|false)$/i.test(required) ? required.toLowerCase() === 'true' : type.required,
    isSentence: type.isSentence,
  };
}

function plain(schema: JsonObject): NormalisedSchema {
  return { schema, optional: false, required: undefined, isSentence: false };
}

function own(value: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

/** A tool whose own default is null takes null. */
function hasNullDefault(value: JsonObject): boolean {
  return Object.hasOwn(value, 'default') && value['default'] === null;
}

function textSchema(text: string, walk: SchemaWalk): NormalisedSchema {
  const parsed = text.trimStart().startsWith('{"') ? parseJson(text) : undefined;
  if (parsed?.ok === true && isJsonObject(parsed.value)) return normaliseSchema(parsed.value, walk);
  return normaliseSchema(objectOf([['type', text]]), walk);
}

function copyKeywords(value: JsonObject, schema: Members, walk: SchemaWalk): void {
  for (const key of Object.keys(value)) {
    const part = value[key];
    if (part === undefined || handled.has(key)) continue;
    if (schemaLists.has(key)) {
      if (Array.isArray(part)) schema[key] = part.map((member: JsonValue, i) => normaliseSchema(member, walk.into(key).into(i)).schema);
      else if (isJsonObject(part)) schema[key] = [normaliseSchema(part, walk.into(key)).schema];
    } else if (schemaMaps.has(key) && isJsonObject(part)) schema[key] = mapSchemas(part, walk.into(key));
    else if (key === 'components' && isJsonObject(part)) schema[key] = objectOf([['schemas', isJsonObject(part['schemas']) ? mapSchemas(part['schemas'], walk.into(key).into('schemas')) : objectOf([])]]);
    else if (single.has(key) && part !== null) schema[key] = typeof part === 'boolean' ? part : normaliseSchema(part, walk.into(key)).schema;
    else if (part !== null || key === 'default' || key === 'const') schema[key] = part;
  }
  const dependencies = own(value, 'dependencies');
  if (dependencies === undefined || !isJsonObject(dependencies)) return;
  const entries = Object.entries(dependencies);
  const lists = entries.filter(([, part]) => Array.isArray(part));
  if (lists.length > 0) schema['dependentRequired'] = objectOf(lists);
  const schemas = entries.filter(([, part]) => isJsonObject(part) || typeof part === 'boolean');
  if (schemas.length > 0) schema['dependentSchemas'] = mapSchemas(objectOf(schemas), walk.into('dependencies'));
}

type ReadType = {
  readonly members: readonly (readonly [string, JsonValue])[];
  readonly optional: boolean;
  readonly required: boolean | undefined;
  readonly isSentence: boolean;
  readonly enum?: readonly JsonValue[] | undefined;
  readonly default?: JsonValue | undefined;
};

function readType(value: JsonObject, walk: SchemaWalk): ReadType {
  const given = own(value, 'type');
  const nothing = { members: [], optional: false, required: undefined, isSentence: false };
  if (given === undefined || given === null) return nothing;
  if (typeof given === 'string') {
    const read = describedParameter(given);
    if (read.unknown !== undefined) walk.into('type').report(`${JSON.stringify(read.unknown)} is not a known type`);
    const described = read.description !== undefined && !Object.hasOwn(value, 'description') ? ([['description', read.description]] as const) : [];
    return { ...read, members: [...typeMembers(read, value), ...described] };
  }
  if (!Array.isArray(given)) {
    if (isJsonObject(given)) return { ...nothing, members: Object.entries(normaliseSchema(given, walk.into('type')).schema) };
    walk.into('type').report('a type has to be a name');
    return nothing;
  }
  return typeUnion(given, value, walk.into('type'), nothing);
}

function typeMembers(read: NamedType, value: JsonObject): (readonly [string, JsonValue])[] {
  // Own `items` or alternatives say more than a type name does.
  return Object.entries(read.schema).filter(([key]) => key === 'type' || own(value, key) === undefined);
}

function typeUnion(given: readonly JsonValue[], value: JsonObject, walk: SchemaWalk, nothing: ReadType): ReadType {
  const read: NamedType[] = given.map((part, i) => {
    if (typeof part === 'string') return namedType(part);
    if (part === null) return namedType('null');
    return isJsonObject(part) ? { schema: normaliseSchema(part, walk.into(i)).schema, optional: false } : { schema: objectOf([]), optional: false, unknown: jsonType(part) };
  });
  for (const [i, part] of read.entries()) if (part.unknown !== undefined) walk.into(i).report(`${JSON.stringify(part.unknown)} is not a known type`);
  const result = { ...nothing, optional: read.some((part) => part.optional) };
  const schemas = read.map((part) => part.schema);
  if (schemas.length === 0 || schemas.some((schema) => Object.keys(schema).length === 0)) return result;
  const types = schemas.map((schema) => (Object.keys(schema).length === 1 ? schema['type'] : undefined)).filter((type) => typeof type === 'string');
  if (types.length === schemas.length) return { ...result, members: [['type', [...new Set(types)]]] };
  return { ...result, members: Object.hasOwn(value, 'anyOf') ? [] : [['anyOf', schemas]] };
}

/** Properties with what is required of them; a name that is only required counts as declared. */
function addProperties(value: JsonObject, schema: Members, walk: SchemaWalk, alsoRequired: readonly string[]): void {
  const required = new Set([...nameList(own(value, 'required')), ...alsoRequired]);
  const found = declaredProperties(value, schema, walk);
  if (found !== undefined) {
    const members: Members = objectOf([]);
    for (const name of Object.keys(found.properties)) {
      const read = normaliseSchema(found.properties[name] ?? null, found.walk.into(name));
      members[name] = read.schema;
      if (read.required === true) required.add(name);
      if (read.required === false || read.optional) required.delete(name);
    }
    for (const name of required) {
      if (Object.hasOwn(members, name)) continue;
      walk.into('required').report(`${JSON.stringify(name)} is required and not declared`);
      members[name] = objectOf([]);
    }
    schema['properties'] = members;
    if (found.isBare && schema['type'] === undefined) schema['type'] = 'object';
  }
  if (required.size > 0) schema['required'] = [...required];
}

type Declared = { readonly properties: JsonObject; readonly walk: SchemaWalk; readonly isBare: boolean };

function declaredProperties(value: JsonObject, schema: Members, walk: SchemaWalk): Declared | undefined {
  const given = own(value, 'properties');
  if (given !== undefined && given !== null) {
    if (isJsonObject(given)) return { properties: given, walk: walk.into('properties'), isBare: false };
    if (Array.isArray(given)) {
      const listed = parameterList(given as readonly JsonValue[]);
      if (listed !== undefined) return { properties: listed, walk: walk.into('properties'), isBare: false };
    }
    walk.into('properties').report('properties is not an object');
    return undefined;
  }
  const type = schema['type'];
  if (type !== undefined && type !== 'object') return undefined;
  const bare = Object.entries(value).filter(([key, part]) => !annotations.has(key) && isParameter(part));
  if (bare.length === 0) return undefined;
  for (const [key] of bare) delete schema[key];
  return { properties: objectOf(bare), walk, isBare: true };
}

/** Whether a value describes a parameter: it names a type, or explains itself. */
export function isParameter(value: JsonValue | undefined): boolean {
  if (value === undefined || !isJsonObject(value)) return false;
  const type = own(value, 'type');
  return typeof type === 'string' || Array.isArray(type) || typeof own(value, 'description') === 'string' || ['properties', '$ref', 'anyOf', 'oneOf', 'enum', 'schema'].some((key) => Object.hasOwn(value, key));
}

/** `[{ name, type, … }]` as a map from name to parameter; OpenAPI keeps the type of each under `schema`. Undefined where a member has no name. */
export function parameterList(list: readonly JsonValue[]): JsonObject | undefined {
  const members: [string, JsonValue][] = [];
  for (const member of list) {
    if (!isJsonObject(member)) return undefined;
    const name = own(member, 'name');
    if (typeof name !== 'string') return undefined;
    const { name: _name, schema, ...rest } = member;
    members.push([name, schema !== undefined && isJsonObject(schema) ? objectOf([...Object.entries(schema), ...Object.entries(rest)]) : objectOf(Object.entries(rest))]);
  }
  return objectOf(members);
}

/** Names in a list, or in a text such as `a, b`. */
export function nameList(value: JsonValue | undefined): readonly string[] {
  if (typeof value === 'string' && value.includes(',')) return nameList(listInText(value) ?? []);
  return Array.isArray(value) ? value.filter((member) => typeof member === 'string') : [];
}

function addItems(value: JsonObject, schema: Members, walk: SchemaWalk): void {
  const items = own(value, 'items');
  if (items === undefined || items === null) return;
  if (!Array.isArray(items)) {
    if (!isJsonObject(items) || Object.keys(items).length > 0 || schema['items'] === undefined) schema['items'] = typeof items === 'boolean' ? items : normaliseSchema(items, walk.into('items')).schema;
    return;
  }
  // The tuples of drafts before 2020-12.
  schema['prefixItems'] = items.map((item: JsonValue, i) => normaliseSchema(item, walk.into('items').into(i)).schema);
  const rest = own(value, 'additionalItems');
  if (rest !== undefined && rest !== null) schema['items'] = typeof rest === 'boolean' ? rest : normaliseSchema(rest, walk.into('additionalItems')).schema;
}

function mapSchemas(value: JsonObject, walk: SchemaWalk): JsonObject {
  return objectOf(Object.keys(value).map((key) => [key, normaliseSchema(value[key] ?? null, walk.into(key)).schema] as const));
}

function orNull(schema: JsonObject): JsonObject {
  if (Object.keys(schema).length === 0 || allowsNull(schema)) return schema;
  const type = schema['type'];
  const isSimple = type !== undefined && !['enum', 'const', 'anyOf', 'oneOf', 'allOf', '$ref', 'not'].some((key) => Object.hasOwn(schema, key));
  if (isSimple) return objectOf([...Object.entries(schema), ['type', [...(Array.isArray(type) ? (type as readonly JsonValue[]) : [type]), 'null']]]);
  const kept = ['default', 'description'].filter((key) => Object.hasOwn(schema, key)).map((key) => [key, schema[key] ?? null] as const);
  return objectOf([['anyOf', [schema, objectOf([['type', 'null']])]], ...kept]);
}

function allowsNull({ type, anyOf }: JsonObject): boolean {
  if (type === 'null' || (Array.isArray(type) && type.includes('null'))) return true;
  return Array.isArray(anyOf) && type === undefined && (anyOf as readonly JsonValue[]).some((part) => isJsonObject(part) && part['type'] === 'null');
}
