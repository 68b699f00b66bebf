import type { ToolDefinition } from '../dataset/sample.ts';
import { objectOf, parseJson } from '../json/parse.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.ts';
import { isCanonicalObject } from './canonicalSchema.ts';
import { isParameter, nameList, normaliseSchema, parameterList } from './normaliseSchema.ts';
import { makePlan, type PlanNode } from './plan.ts';
import { SchemaWalk, type SchemaProblem } from './schemaWalk.ts';

export class ParameterSchema {
  private planned: PlanNode | undefined;

  constructor(
    /** JSON Schema of the arguments object, in plain 2020-12 words. */
    readonly schema: JsonObject,
    /** What could not be made sense of; those parts accept anything. */
    readonly problems: readonly SchemaProblem[],
    /** True where no list and no flag says which parameters are required, so that it was taken from their defaults and types. */
    readonly requiredImplied: boolean,
  ) {}

  /** Made when the tool is first called. */
  get plan(): PlanNode {
    return (this.planned ??= makePlan(this.schema));
  }
}

/**
 * By the parameters where they alone tell, so that equal tools which share them share this too; else by the tool. One map and
 * not one for each thing that is derived: entries of weak maps are what makes short-lived tools dear.
 */
const known = new WeakMap<ToolDefinition | JsonObject, ParameterSchema>();

/**
 * JSON Schema of a tool's arguments from what is found in the wild: JSON Schema of any draft, BFCL's, Java's, JavaScript's and
 * Python's type names, flat parameter maps (xLAM, API-Bank, NESTFUL), lists of parameters (ToolBench, OpenAPI), sentences
 * (ToolAlpaca), schemas under `arguments` (ACEBench) or as JSON text; `required` inside, beside the schema, as a boolean on
 * each parameter, or implied. A tool without parameters accepts anything, and says so. Made once for each tool.
 */
export function toolParameterSchema(tool: ToolDefinition): ParameterSchema {
  const key = tool.parameters === undefined || hasTellingExtras(tool) ? tool : tool.parameters;
  const cached = known.get(key);
  if (cached !== undefined) return cached;
  const made = makeSchema(tool);
  known.set(key, made);
  return made;
}

/** Extras that say something about parameters; the others (`strict`, `category`) do not matter here. */
const telling = ['required', 'required_params', 'requiredParameters', 'components', 'context_schema'];

function hasTellingExtras({ extras }: ToolDefinition): boolean {
  return extras !== undefined && telling.some((key) => Object.hasOwn(extras, key));
}

type Found = { readonly key: string; readonly value: JsonObject; readonly isList: boolean };

function makeSchema(tool: ToolDefinition): ParameterSchema {
  const { parameters } = tool;
  if (parameters !== undefined && !hasTellingExtras(tool) && isCanonicalObject(parameters)) return new ParameterSchema(parameters, [], false);
  const problems: SchemaProblem[] = [];
  const walk = SchemaWalk.from(problems);
  const extras = tool.extras ?? {};
  let found = findParameters(tool, walk) ?? twoLists(extras);
  const beside = extra(extras, 'required') ?? extra(extras, 'required_params') ?? extra(extras, 'requiredParameters');
  const required = nameList(beside);
  if (found === undefined) {
    walk.report('the tool has no parameters schema');
    return new ParameterSchema(objectOf([['type', 'object'], ...(required.length > 0 ? ([['required', required]] as const) : [])]), problems, false);
  }
  const at = walk.into(found.key);
  found = withContext(found, extras);
  if (found.isList || isFlat(found.value)) {
    const flat = flatObject(found.value, Array.isArray(beside) ? required : undefined, at);
    return new ParameterSchema(flat.schema, problems, flat.requiredImplied);
  }
  const { schema } = normaliseSchema(withComponents(found.value, extras), at, required);
  const type = Object.hasOwn(schema, 'type') ? schema['type'] : undefined;
  if (typeof type === 'string' && type !== 'object') {
    // Arguments are an object whatever the definition says: nothing could satisfy it.
    at.report(`the parameters are a schema of ${type}, not of an object`);
    return new ParameterSchema(objectOf([['type', 'object']]), problems, false);
  }
  const isTyped = ['type', '$ref', 'anyOf', 'oneOf', 'allOf'].some((key) => Object.hasOwn(schema, key));
  return new ParameterSchema(isTyped ? schema : objectOf([['type', 'object'], ...Object.entries(schema)]), problems, false);
}

function extra(extras: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(extras, key) ? extras[key] : undefined;
}

/** Where definitions keep their parameters, in the order in which they are looked for. */
export const parameterKeys: readonly string[] = ['parameters', 'arguments', 'input_schema', 'inputSchema', 'args', 'query_parameters', 'path_parameters', 'input_parameters', 'params', 'input', 'inputs'];

/** `parameters` where it is an object; else what stands in its place. */
function findParameters(tool: ToolDefinition, walk: SchemaWalk): Found | undefined {
  if (tool.parameters !== undefined) return { key: 'parameters', value: tool.parameters, isList: false };
  for (const key of parameterKeys) {
    const value = tool.extras === undefined ? undefined : extra(tool.extras, key);
    if (value === undefined || value === null) continue;
    const parsed = typeof value === 'string' ? parseJson(value) : undefined;
    const given = parsed?.ok === true ? parsed.value : value;
    if (isJsonObject(given)) return { key, value: key === 'query_parameters' ? withPath(given, tool.extras) : given, isList: false };
    const listed = Array.isArray(given) ? parameterList(given as readonly JsonValue[]) : undefined;
    if (listed !== undefined) return { key, value: listed, isList: true };
    walk.into(key).report('the parameters are not a schema');
  }
  return undefined;
}

/** NESTFUL: parameters of a URL's path beside those of its query. */
function withPath(query: JsonObject, extras: JsonObject | undefined): JsonObject {
  const path = extras === undefined ? undefined : extra(extras, 'path_parameters');
  return path !== undefined && isJsonObject(path) ? objectOf([...Object.entries(path), ...Object.entries(query)]) : query;
}

/** ToolBench: one list of the parameters that are required, one of those that are not. */
function twoLists(extras: JsonObject): Found | undefined {
  const read = (['required_parameters', 'optional_parameters'] as const).map((key) => {
    const list = extra(extras, key);
    const map = Array.isArray(list) ? parameterList(list as readonly JsonValue[]) : undefined;
    return map === undefined ? undefined : Object.entries(map).map(([name, value]) => [name, objectOf([...Object.entries(isJsonObject(value) ? value : {}), ['required', key === 'required_parameters']])] as const);
  });
  if (read.every((list) => list === undefined)) return undefined;
  return { key: 'required_parameters', value: objectOf(read.flatMap((list) => list ?? [])), isList: true };
}

/** Toolset-Training: an object that every tool takes besides its own parameters; its members stand in a list of their own, or nowhere. */
function withContext(found: Found, extras: JsonObject): Found {
  const inner = Object.hasOwn(found.value, 'properties') ? found.value['properties'] : undefined;
  const properties = inner !== undefined && isJsonObject(inner) ? inner : found.value;
  if (!(found.isList || properties === inner) || !Object.hasOwn(extras, 'context_schema') || Object.hasOwn(properties, 'context')) return found;
  const context = extras['context_schema'];
  const fields = context !== undefined && isJsonObject(context) && Array.isArray(context['fields']) ? parameterList(context['fields'] as readonly JsonValue[]) : undefined;
  const required = Object.entries(fields ?? {}).filter(([, field]) => isJsonObject(field) && field['optional'] !== true).map(([name]) => name);
  const members = fields === undefined ? [] : ([['properties', fields], ['required', required]] as const);
  const extended = objectOf([...Object.entries(properties), ['context', objectOf([['type', 'object'], ...members, ['optional', true]])]]);
  return { ...found, value: properties === inner ? objectOf([...Object.entries(found.value), ['properties', extended]]) : extended };
}

/** OpenAPI documents keep the schemas that parameters refer to beside them. */
function withComponents(value: JsonObject, extras: JsonObject): JsonObject {
  const components = extra(extras, 'components');
  return components !== undefined && isJsonObject(components) && !Object.hasOwn(value, 'components') ? objectOf([...Object.entries(value), ['components', components]]) : value;
}

const keywords = ['properties', '$ref', 'anyOf', 'oneOf', 'allOf', 'required', 'additionalProperties', '$defs', '$schema'];
const textAnnotations: ReadonlySet<string> = new Set(['type', 'description', 'title', 'format', '$schema', '$id']);

/** A map from parameter name to its description, without the schema of an object around it. */
export function isFlat(found: JsonObject): boolean {
  const entries = Object.entries(found);
  if (entries.length === 0) return false;
  const type = Object.hasOwn(found, 'type') ? found['type'] : undefined;
  if (Array.isArray(type)) return false;
  if (typeof type === 'string') return entries.every(([, value]) => typeof value === 'string') && entries.some(([key]) => !textAnnotations.has(key));
  if (keywords.some((keyword) => Object.hasOwn(found, keyword) && !describesItself(found[keyword]))) return false;
  return entries.every(([, value]) => isJsonObject(value) || typeof value === 'string');
}

function describesItself(value: JsonValue | undefined): boolean {
  return value !== undefined && ((isJsonObject(value) && typeof value['type'] === 'string') || (typeof value === 'string' && value !== '')) && isParameterOrText(value);
}

function isParameterOrText(value: JsonValue): boolean {
  return typeof value === 'string' ? !/^(#|https?:)/.test(value) : isParameter(value);
}

/** A description says that the parameter is not for every call. */
function isConditional(parameter: JsonValue): boolean {
  const description = isJsonObject(parameter) && Object.hasOwn(parameter, 'description') ? parameter['description'] : undefined;
  return typeof description === 'string' && /\b(?:only (?:needed|required|necessary)|(?:needed|required|necessary) only|optional)\b/i.test(description);
}

/**
 * In flat maps a parameter is required unless it or its description says optional or it has a default; where a list or flags say so, they count
 * alone, and in a documentation of sentences that marks the required ones, the others are optional.
 */
function flatObject(found: JsonObject, listed: readonly string[] | undefined, walk: SchemaWalk): Pick<ParameterSchema, 'schema' | 'requiredImplied'> {
  const read = Object.keys(found).map((name) => ({ name, value: found[name] ?? null, ...normaliseSchema(found[name] ?? null, walk.into(name)) }));
  const hasFlags = read.some((parameter) => parameter.required !== undefined);
  const marksOptional = read.some((parameter) => parameter.optional && parameter.required === false);
  const required = new Set(listed);
  for (const parameter of read) {
    if (parameter.required === true) required.add(parameter.name);
    else if (listed === undefined && parameter.required === undefined) {
      const hasDefault = isJsonObject(parameter.schema) && Object.hasOwn(parameter.schema, 'default');
      const isUnmarked = (hasFlags && !marksOptional) || parameter.isSentence;
      if (!parameter.optional && !hasDefault && !isConditional(parameter.value) && !(isUnmarked && !marksOptional)) required.add(parameter.name);
    }
  }
  const properties = objectOf(read.map(({ name, schema }) => [name, schema]));
  for (const name of required) {
    if (Object.hasOwn(properties, name)) continue;
    walk.report(`${JSON.stringify(name)} is required and not declared`);
    properties[name] = objectOf([]);
  }
  return { schema: objectOf([['type', 'object'], ['properties', properties], ['required', [...required]]]), requiredImplied: listed === undefined && !hasFlags };
}
