import type { ToolDefinition } from '../dataset/sample.ts';
import { objectOf, parseJson } from '../json/parse.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.ts';
import { namedType } from './typeNames.ts';

export type ParameterSchema = {
  /** JSON Schema of the arguments object, in plain 2020-12 words. */
  readonly schema: JsonObject;
  /** What could not be made sense of; those parts accept anything. */
  readonly problems: readonly string[];
};

const known = new WeakMap<ToolDefinition, ParameterSchema>();

/**
 * JSON Schema of a tool's arguments from what is found in the wild: JSON Schema itself, BFCL's and Python's type names,
 * flat parameter maps (xLAM), schemas under `arguments` (ACEBench) or as JSON text, `required` beside the schema, as a
 * boolean on each parameter, or implied. A tool without parameters accepts anything, and says so.
 */
export function toolParameterSchema(tool: ToolDefinition): ParameterSchema {
  const cached = known.get(tool);
  if (cached !== undefined) return cached;
  const made = makeSchema(tool);
  known.set(tool, made);
  return made;
}

function makeSchema(tool: ToolDefinition): ParameterSchema {
  const problems: string[] = [];
  const found = findParameters(tool, problems);
  const required = stringList(tool.extras?.['required']);
  if (found === undefined) return { schema: objectOf([['type', 'object'], ...(required.length > 0 ? ([['required', required]] as const) : [])]), problems: [...problems, 'the tool has no parameters schema'] };
  const schema = isFlat(found) ? flatObject(found, required, problems) : normalise(found, new Walk(problems), required).schema;
  return { schema: schema['type'] === undefined && schema['$ref'] === undefined && schema['anyOf'] === undefined ? objectOf([['type', 'object'], ...Object.entries(schema)]) : schema, problems };
}

/** `parameters` where it is an object; else what stands in its place. */
function findParameters(tool: ToolDefinition, problems: string[]): JsonObject | undefined {
  if (tool.parameters !== undefined) return tool.parameters;
  for (const key of ['parameters', 'arguments', 'input_schema', 'inputSchema', 'args']) {
    const value = tool.extras?.[key];
    if (value === undefined || value === null) continue;
    if (isJsonObject(value)) return value;
    const parsed = typeof value === 'string' ? parseJson(value) : undefined;
    if (parsed?.ok === true && isJsonObject(parsed.value)) return parsed.value;
    problems.push(`${key} of the tool is not a schema`);
  }
  return undefined;
}

const keywords = ['properties', '$ref', 'anyOf', 'oneOf', 'allOf', 'required', 'additionalProperties', '$defs', '$schema'];

/** A map from parameter name to its description, without the schema of an object around it. */
function isFlat(found: JsonObject): boolean {
  const entries = Object.entries(found);
  if (entries.length === 0 || typeof found['type'] === 'string' || Array.isArray(found['type'])) return false;
  if (keywords.some((keyword) => keyword in found && !(isJsonObject(found[keyword]) && 'type' in found[keyword] && 'description' in found[keyword]))) return false;
  return entries.every(([, value]) => isJsonObject(value) || typeof value === 'string');
}

/** In flat maps a parameter is required unless it says optional or has a default. */
function flatObject(found: JsonObject, alsoRequired: readonly string[], problems: string[]): JsonObject {
  const properties: [string, JsonValue][] = [];
  const required = new Set(alsoRequired);
  for (const [name, value] of Object.entries(found)) {
    const read = normalise(typeof value === 'string' ? objectOf([['type', value]]) : value, new Walk(problems, name));
    properties.push([name, read.schema]);
    const hasDefault = isJsonObject(value) && 'default' in value;
    if (read.required ?? !(read.optional || hasDefault)) required.add(name);
  }
  return objectOf([['type', 'object'], ['properties', objectOf(properties)], ['required', [...required]]]);
}

const deepestSchema = 64;

class Walk {
  constructor(
    readonly problems: string[],
    readonly path = '',
    readonly depth = 0,
  ) {}

  into(step: string): Walk {
    return new Walk(this.problems, this.path === '' ? step : `${this.path}.${step}`, this.depth + 1);
  }

  report(message: string): void {
    if (this.problems.length < 20) this.problems.push(this.path === '' ? message : `${this.path}: ${message}`);
  }
}

/** `required` is what a boolean `required` on the schema itself says about the parameter. */
type Normalised = { readonly schema: JsonObject; readonly optional: boolean; readonly required?: boolean };

const schemaLists = ['anyOf', 'oneOf', 'allOf', 'prefixItems'];
const schemaMaps = ['$defs', 'definitions', 'patternProperties'];
const single = ['not', 'contains', 'additionalProperties', 'propertyNames'];

function normalise(value: JsonValue, walk: Walk, alsoRequired: readonly string[] = []): Normalised {
  if (typeof value === 'boolean') return { schema: value ? objectOf([]) : objectOf([['not', objectOf([])]]), optional: false };
  if (typeof value === 'string') return normalise(objectOf([['type', value]]), walk);
  if (!isJsonObject(value) || walk.depth > deepestSchema) {
    walk.report(isJsonObject(value) ? 'the schema is nested too deep' : 'a schema has to be an object');
    return { schema: objectOf([]), optional: false };
  }
  const out: [string, JsonValue][] = [];
  for (const [key, part] of Object.entries(value)) {
    if (['type', 'properties', 'required', 'items', 'nullable', 'optional', 'enum'].includes(key)) continue;
    if (schemaLists.includes(key) && Array.isArray(part)) out.push([key, part.map((member: JsonValue, i) => normalise(member, walk.into(`${key}[${i}]`)).schema)]);
    else if (schemaMaps.includes(key) && isJsonObject(part)) out.push([key, mapSchemas(part, walk.into(key))]);
    else if (single.includes(key) && typeof part !== 'boolean' && part !== null) out.push([key, normalise(part, walk.into(key)).schema]);
    else if (part !== null || key === 'default' || key === 'const') out.push([key, part]);
  }
  const type = readType(value, walk);
  out.push(...type.members, ...objectMembers(value, walk, alsoRequired), ...itemMembers(value, walk));
  if (Array.isArray(value['enum'])) out.push(['enum', value['enum']]);
  else if (value['enum'] !== undefined && value['enum'] !== null) walk.report('enum is not a list');
  const schema = objectOf(out);
  const required = value['required'];
  return {
    schema: value['nullable'] === true && Object.keys(schema).length > 0 ? objectOf([['anyOf', [schema, objectOf([['type', 'null']])]]]) : schema,
    optional: type.optional || value['optional'] === true,
    ...(typeof required === 'boolean' ? { required } : {}),
  };
}

function readType(value: JsonObject, walk: Walk): { readonly members: readonly [string, JsonValue][]; readonly optional: boolean } {
  const given = value['type'];
  if (given === undefined || given === null) return { members: [], optional: false };
  const parts = Array.isArray(given) ? given : [given];
  const read = parts.map((part: JsonValue) => (typeof part === 'string' ? namedType(part) : isJsonObject(part) ? { schema: normalise(part, walk.into('type')).schema, optional: false } : undefined));
  const unknown = read.map((part, i) => (part === undefined ? String(i) : 'unknown' in part ? part.unknown : undefined)).find((name) => name !== undefined);
  if (unknown !== undefined) walk.report(`${JSON.stringify(unknown)} is not a known type`);
  const optional = read.some((part) => part?.optional === true);
  const schemas = read.map((part) => part?.schema ?? objectOf([]));
  const [first] = schemas;
  if (schemas.some((schema) => Object.keys(schema).length === 0)) return { members: [], optional };
  if (schemas.length === 1 && first !== undefined) {
    // Own `items` or alternatives say more than a type name does.
    return { members: Object.entries(first).filter(([key]) => key === 'type' || !Object.hasOwn(value, key)), optional };
  }
  const plain = schemas.map((schema) => schema['type']).filter((type) => typeof type === 'string');
  if (plain.length === schemas.length) return { members: [['type', [...new Set(plain)]]], optional };
  return { members: value['anyOf'] === undefined ? [['anyOf', schemas]] : [], optional };
}

/** Properties with what is required of them; a name that is only required counts as declared. */
function objectMembers(value: JsonObject, walk: Walk, alsoRequired: readonly string[]): [string, JsonValue][] {
  const required = new Set([...stringList(value['required']), ...alsoRequired]);
  const properties = value['properties'];
  const out: [string, JsonValue][] = [];
  if (isJsonObject(properties)) {
    const members: [string, JsonValue][] = [];
    for (const [name, property] of Object.entries(properties)) {
      const read = normalise(property, walk.into(name));
      members.push([name, read.schema]);
      if (read.required === true) required.add(name);
      if (read.required === false || read.optional) required.delete(name);
    }
    for (const name of required) {
      if (Object.hasOwn(properties, name)) continue;
      walk.report(`${JSON.stringify(name)} is required and not declared`);
      members.push([name, objectOf([])]);
    }
    out.push(['properties', objectOf(members)]);
  } else if (properties !== undefined && properties !== null) walk.report('properties is not an object');
  if (required.size > 0) out.push(['required', [...required]]);
  return out;
}

function itemMembers(value: JsonObject, walk: Walk): [string, JsonValue][] {
  const items = value['items'];
  if (items === undefined || items === null) return [];
  if (!Array.isArray(items)) return [['items', normalise(items, walk.into('items')).schema]];
  // The tuples of drafts before 2020-12.
  return [['prefixItems', items.map((item: JsonValue, i) => normalise(item, walk.into(`items[${i}]`)).schema)]];
}

function mapSchemas(value: JsonObject, walk: Walk): JsonObject {
  return objectOf(Object.entries(value).map(([key, part]) => [key, normalise(part, walk.into(key)).schema] as const));
}

function stringList(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((member) => typeof member === 'string') : [];
}
