import { textMember } from '../json/member.ts';
import type { PathStep, SourcePath } from '../json/path.ts';
import { parseJson } from '../json/parse.ts';
import { memberOf, nodeAtPath, nodeValue, type JsonNode } from '../json/tree.ts';
import type { JsonValue } from '../json/value.ts';
import { definitionBody, otherParameterNames, parameterPlaces } from '../schema/parameterPlaces.ts';
import { readNumberedTools } from '../schema/numberedTools.ts';
import { parsePythonLiteral } from '../toolcall/python/pythonLiteral.ts';
import type { RecordLocator } from './locate.ts';
import type { ToolDefinition } from './sample.ts';

/** Where a parameter's name stands in a definition: a key (`{key}`), a string, or a range of a text. */
export type NamePath = SourcePath;

/** Where the parts of a tool's definition stand in its record. */
export type DefinitionPlaces = {
  readonly whole: SourcePath;
  /** Undefined where the record does not say the name itself. */
  readonly name: NamePath | undefined;
  /** Names of the parameters that have a place. */
  readonly parameters: () => readonly string[];
  /** Where the parameter is described; undefined where it has no place. */
  readonly parameter: (name: string) => { readonly name: NamePath; readonly whole: SourcePath } | undefined;
  /** Wherever else the parameter is named: required lists and the like. */
  readonly otherNames: (parameter: string) => readonly NamePath[];
};

const nameKeys = ['name', 'api_name', 'tool_name', 'function_name', 'operationId'];

/** A part of the record as a value, and how paths in it lead on from the record; undefined for what has no place. */
type Source = { readonly value: JsonValue; readonly place: (path: SourcePath) => SourcePath | undefined };

/** `path` leads to the definition as `SamplePlaces.tools` does: to a JSON value, to a Python dict, or to an item of a numbered list. */
export function definitionPlaces(locator: RecordLocator, path: SourcePath, tool: ToolDefinition): DefinitionPlaces {
  const node = locator.locate(path)?.node;
  if (node !== undefined) return fromSource(path, { value: nodeValue(node), place: (within) => [...path, ...within] }, tool);
  const range = path.at(-1);
  const text = rangeText(locator, path);
  if (text === undefined || typeof range !== 'object' || !('from' in range)) return placeless(path, undefined);
  const holder = path.slice(0, -1);
  const python = parsePythonLiteral(text);
  if (python.ok && python.node.kind === 'object') return fromSource(path, pythonSource(holder, range.from, python.node), tool);
  return numbered(path, holder, range.from, text, tool);
}

function placeless(whole: SourcePath, name: NamePath | undefined): DefinitionPlaces {
  return { whole, name, parameters: () => [], parameter: () => undefined, otherNames: () => [] };
}

function fromSource(whole: SourcePath, source: Source, tool: ToolDefinition): DefinitionPlaces {
  const body = definitionBody(source.value);
  const key = nameKeys.find((one) => textMember(body.value, one) === tool.name);
  const places = lazy(() => parameterPlaces(source.value, tool));
  return {
    whole,
    name: key === undefined ? undefined : source.place([...body.path, key]),
    parameters: () => [...places().keys()],
    parameter: (name) => {
      const found = places().get(name);
      if (found === undefined) return undefined;
      const at = source.place(found.named ? [...found.path, 'name'] : [...found.path.slice(0, -1), { key: name }]);
      return at && { name: at, whole: source.place(found.path) ?? whole };
    },
    otherNames: (name) => otherParameterNames(source.value, name).map(source.place).filter((path) => path !== undefined),
  };
}

/** Values of a Python dict have no paths: their places are ranges of the text around it, keys and strings without quotes. */
function pythonSource(holder: SourcePath, offset: number, root: JsonNode): Source {
  const place = (path: SourcePath): SourcePath | undefined => {
    const last = path.at(-1);
    const steps = path.filter((step) => typeof step !== 'object');
    const plain = path.every((step, index) => typeof step !== 'object' || (index === path.length - 1 && 'key' in step));
    const found = plain ? nodeAtPath(root, steps) : undefined;
    const node = typeof last === 'object' && 'key' in last ? memberOf(found, last.key)?.key : found;
    if (node === undefined) return undefined;
    const quotes = node.kind === 'string' ? 1 : 0;
    // With escapes in it, the text of a string is not what it says.
    if (node.kind === 'string' && node.end - node.start !== node.value.length + 2) return undefined;
    return [...holder, { from: offset + node.start + quotes, to: offset + node.end - quotes }];
  };
  return { value: nodeValue(root), place };
}

function numbered(whole: SourcePath, holder: SourcePath, offset: number, text: string, tool: ToolDefinition): DefinitionPlaces {
  const [found] = readNumberedTools(text);
  if (found === undefined || text.slice(found.name.from, found.name.to) !== tool.name) return placeless(whole, undefined);
  const name: SourcePath = [...holder, { from: offset + found.name.from, to: offset + found.name.to }];
  const source = found.parameters === undefined ? undefined : parametersSource(holder, offset, text.slice(0, found.parameters.to), found.parameters.from);
  if (source === undefined) return placeless(whole, name);
  return { ...fromSource(whole, source, tool), name };
}

/** The parameters of a numbered tool, as a definition of nothing else. */
function parametersSource(holder: SourcePath, offset: number, text: string, from: number): Source | undefined {
  const literal = text.slice(from);
  const json = parseJson(literal);
  const within = (place: (path: SourcePath) => SourcePath | undefined) => (path: SourcePath) => (path[0] === 'parameters' ? place(path.slice(1)) : undefined);
  if (json.ok) return { value: { parameters: json.value }, place: within((path) => [...holder, { json: offset + from }, ...path]) };
  const python = parsePythonLiteral(literal);
  if (!python.ok) return undefined;
  const inside = pythonSource(holder, offset + from, python.node);
  return { value: { parameters: inside.value }, place: within(inside.place) };
}

/** The decoded text of a path that ends with a range. */
export function rangeText(locator: RecordLocator, path: SourcePath): string | undefined {
  const last: PathStep | undefined = path.at(-1);
  if (typeof last !== 'object' || !('from' in last)) return undefined;
  const node = locator.locate(path.slice(0, -1))?.node;
  return node?.kind === 'string' ? node.value.slice(last.from, last.to) : undefined;
}

function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

