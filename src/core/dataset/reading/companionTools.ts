import { isJsonArray, member, textMember } from '../../json/member.ts';
import { objectOf } from '../../json/parse.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import type { Companions } from '../companions.ts';
import type { ToolDefinition } from '../sample.ts';
import { toolOf } from './toolValue.ts';

/** Under which keys a catalogue writes its tools. */
export type ToolKeys = { readonly name: string; readonly description: string; readonly parameters: readonly string[] };

const catalogues = new WeakMap<Companions, Map<ToolKeys, ReadonlyMap<string, ToolDefinition>>>();

/** The tools of all tool companions by name, in their order; of tools of one name the first. Read once for each `Companions` and `keys`. */
export function companionTools(companions: Companions, keys: ToolKeys): ReadonlyMap<string, ToolDefinition> {
  let byKeys = catalogues.get(companions);
  if (byKeys === undefined) catalogues.set(companions, (byKeys = new Map<ToolKeys, ReadonlyMap<string, ToolDefinition>>()));
  let tools = byKeys.get(keys);
  if (tools === undefined) byKeys.set(keys, (tools = readCatalogue(companions, keys)));
  return tools;
}

/** The definitions of the tools that are called, each once, in the order of their first call. Tools without a definition are left out. */
export function calledTools(catalogue: ReadonlyMap<string, ToolDefinition>, names: Iterable<string>): readonly ToolDefinition[] {
  return [...new Set(names)].flatMap((name) => catalogue.get(name) ?? []);
}

function readCatalogue(companions: Companions, keys: ToolKeys): ReadonlyMap<string, ToolDefinition> {
  const tools = new Map<string, ToolDefinition>();
  for (const value of companions.tools.flatMap(({ records }) => records.flatMap((record) => (isJsonArray(record) ? record : [record])))) {
    const tool = readCatalogueTool(value, keys);
    if (tool !== undefined && !tools.has(tool.name)) tools.set(tool.name, tool);
  }
  return tools;
}

/** A tool whose name, description and parameters stand under other keys; undefined for what has no such name. */
export function readCatalogueTool(value: JsonValue, keys: ToolKeys): ToolDefinition | undefined {
  const name = textMember(value, keys.name);
  if (name === undefined || !isJsonObject(value)) return undefined;
  const parametersKey = keys.parameters.find((key) => isJsonObject(member(value, key) ?? null));
  return toolOf(name, parametersKey === undefined ? value : withKey(value, parametersKey, 'parameters'), keys.name, keys.description);
}

/** The object with one key renamed; a member that had the new key is gone. */
function withKey(value: JsonObject, from: string, to: string): JsonObject {
  return objectOf(Object.keys(value).flatMap((key): readonly (readonly [string, JsonValue])[] => (key === to && from !== to ? [] : [[key === from ? to : key, member(value, key) ?? null]])));
}
