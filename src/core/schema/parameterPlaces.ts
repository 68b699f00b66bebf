import type { ToolDefinition } from '../dataset/sample.ts';
import { isJsonArray, listMember, member, objectMember, textMember } from '../json/member.ts';
import { objectOf, parseJson } from '../json/parse.ts';
import type { SourcePath } from '../json/path.ts';
import { skipWhitespace } from '../json/scanner.ts';
import { isJsonObject, type JsonValue } from '../json/value.ts';
import { isFlat, parameterKeys, toolParameterSchema } from './normalise.ts';
import { envelopeKeys } from './toolDefinition.ts';

/**
 * Where a definition gives one of its parameters. `path` leads from the definition to what describes the parameter: a member
 * of that name, or with `named` the item of a list whose `name` says it.
 */
export type ParameterPlace = { readonly path: SourcePath; readonly named: boolean };

/**
 * Where the parameters of a tool stand in its definition, a value as its dataset holds it, envelope and all: those that
 * `toolParameterSchema` finds. Without a place are those that are only required or come from what all tools of a set share.
 */
export function parameterPlaces(definition: JsonValue, tool: ToolDefinition): ReadonlyMap<string, ParameterPlace> {
  const places = new Map<string, ParameterPlace>();
  const found = parametersOf(definition);
  const names = Object.keys(objectMember(toolParameterSchema(tool).schema, 'properties') ?? {});
  for (const name of names) {
    for (const one of found) {
      const place = placeIn({ value: one.value, path: [] }, name);
      if (place === undefined) continue;
      places.set(name, { ...place, path: fromDefinition(one, place.path) });
      break;
    }
  }
  return places;
}

/** A value with the path to it. `pathOf`: of a value that was put together, the path to what one of its members came from. */
type At = { readonly value: JsonValue; readonly path: SourcePath; readonly pathOf?: (key: string) => SourcePath };

/** A path that starts at the value, as one that starts at the definition. */
function fromDefinition({ path, pathOf }: At, inside: SourcePath): SourcePath {
  const [first] = inside;
  return [...(pathOf === undefined || typeof first !== 'string' ? path : pathOf(first)), ...inside];
}

/** The object of a definition that has name and parameters, out of its envelope. */
export function definitionBody(definition: JsonValue): At {
  for (const key of envelopeKeys) {
    const inner = member(definition, key);
    if (inner !== undefined && isJsonObject(inner)) return { value: inner, path: [key] };
  }
  return { value: definition, path: [] };
}

/** What holds parameters, the first that counts first. */
function parametersOf(definition: JsonValue): readonly At[] {
  const { value: body, path } = definitionBody(definition);
  for (const key of parameterKeys) {
    const given = member(body, key);
    if (given === undefined || given === null) continue;
    const read = readText({ value: given, path: [...path, key] });
    if (!isJsonObject(read.value) && !isNamedList(read.value)) continue;
    const inPath = key === 'query_parameters' ? member(body, 'path_parameters') : undefined;
    const query = read.value;
    if (inPath === undefined || !isJsonObject(inPath) || !isJsonObject(query)) return [read];
    // Both are read as one object, in which the query's members win.
    const value = objectOf([...Object.entries(inPath), ...Object.entries(query)]);
    return [{ value, path, pathOf: (name) => (member(query, name) === undefined ? [...path, 'path_parameters'] : read.path) }];
  }
  return ['required_parameters', 'optional_parameters'].flatMap((key) => {
    const list = listMember(body, key);
    return list === undefined ? [] : [{ value: list, path: [...path, key] }];
  });
}

/** JSON in a text is what it says. */
function readText(at: At): At {
  if (typeof at.value !== 'string') return at;
  const parsed = parseJson(at.value);
  return parsed.ok ? { value: parsed.value, path: [...at.path, { json: skipWhitespace(at.value, 0) }] } : at;
}

function isNamedList(value: JsonValue): boolean {
  return isJsonArray(value) && value.every((item) => textMember(item, 'name') !== undefined);
}

function placeIn({ value, path }: At, name: string): ParameterPlace | undefined {
  if (isJsonArray(value)) return itemNamed(value, path, name);
  const own = member(value, name) === undefined ? undefined : { path: [...path, name], named: false };
  if (isJsonObject(value) && isFlat(value)) return own;
  const properties = member(value, 'properties');
  if (isJsonArray(properties)) return itemNamed(properties, [...path, 'properties'], name);
  if (properties !== undefined && isJsonObject(properties)) return member(properties, name) === undefined ? undefined : { path: [...path, 'properties', name], named: false };
  // A schema that stands as the type of another.
  const type = objectMember(value, 'type');
  return own ?? (type === undefined || isFlat(type) ? undefined : placeIn({ value: type, path: [...path, 'type'] }, name));
}

/** Of items with one name the last counts. */
function itemNamed(list: readonly JsonValue[], path: SourcePath, name: string): ParameterPlace | undefined {
  const index = list.findLastIndex((item) => textMember(item, 'name') === name);
  return index < 0 ? undefined : { path: [...path, index], named: true };
}

/**
 * Where else a definition names a parameter, as paths to strings with the name or (`{key}`) to keys that are it: lists of what
 * is required, inside the schema, in its alternatives and beside it, and what depends on it.
 */
export function otherParameterNames(definition: JsonValue, name: string): readonly SourcePath[] {
  const { value: body, path } = definitionBody(definition);
  const found: SourcePath[] = [];
  for (const key of ['required', 'required_params', 'requiredParameters']) namesInList(member(body, key), [...path, key], name, found);
  for (const one of parametersOf(definition)) {
    const inside: SourcePath[] = [];
    namesInSchema(one.value, [], name, inside, 0);
    found.push(...inside.map((place) => fromDefinition(one, place)));
  }
  return found;
}

const deepest = 16;

function namesInSchema(schema: JsonValue, path: SourcePath, name: string, found: SourcePath[], depth: number): void {
  if (!isJsonObject(schema) || depth > deepest) return;
  namesInList(member(schema, 'required'), [...path, 'required'], name, found);
  for (const key of ['dependentRequired', 'dependencies', 'dependentSchemas']) {
    const dependents = objectMember(schema, key);
    if (dependents === undefined) continue;
    if (Object.hasOwn(dependents, name)) found.push([...path, key, { key: name }]);
    for (const [other, value] of Object.entries(dependents)) {
      namesInList(value, [...path, key, other], name, found);
      namesInPart(value, [...path, key, other], name, found, depth);
    }
  }
  for (const key of ['allOf', 'anyOf', 'oneOf']) for (const [index, part] of (listMember(schema, key) ?? []).entries()) namesInPart(part, [...path, key, index], name, found, depth);
  for (const key of ['if', 'then', 'else', 'not']) namesInPart(member(schema, key), [...path, key], name, found, depth);
}

/** A schema that is about the same object. */
function namesInPart(part: JsonValue | undefined, path: SourcePath, name: string, found: SourcePath[], depth: number): void {
  const properties = objectMember(part, 'properties');
  if (properties !== undefined && Object.hasOwn(properties, name)) found.push([...path, 'properties', { key: name }]);
  if (part !== undefined) namesInSchema(part, path, name, found, depth + 1);
}

function namesInList(value: JsonValue | undefined, path: SourcePath, name: string, found: SourcePath[]): void {
  if (isJsonArray(value)) for (const [index, item] of value.entries()) if (item === name) found.push([...path, index]);
  // A list in a text: `a, b`.
  if (typeof value !== 'string') return;
  for (const word of value.matchAll(/[^\s,[\]'"]+/g)) if (word[0] === name) found.push([...path, { from: word.index, to: word.index + name.length }]);
}
