import { memberOf, nodeValue, type JsonNode } from '../../json/tree.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { objectOf } from '../../json/parse.ts';
import type { ToolDefinition } from '../sample.ts';

export type ToolReading = { readonly ok: true; readonly tool: ToolDefinition } | { readonly ok: false; readonly offset: number; readonly message: string };

/** Reads a tool, bare or in OpenAI's envelope. What has no place of its own (`category`, `required`, ...) is kept in `extras`. */
export function readTool(node: JsonNode): ToolReading {
  const definition = memberOf(node, 'function')?.value ?? node;
  if (definition.kind !== 'object') return { ok: false, offset: definition.start, message: 'a tool is not an object' };
  const name = memberOf(definition, 'name')?.value;
  if (name?.kind !== 'string') return { ok: false, offset: (name ?? definition).start, message: 'a tool has no name' };
  const description = memberOf(definition, 'description')?.value;
  const parameters = memberOf(definition, 'parameters')?.value;
  const extras: [string, JsonValue][] = [];
  for (const { key, value } of definition.members) {
    if (value === name || value === description || value === parameters || value.kind === 'null') continue;
    extras.push([key.value, nodeValue(value)]);
  }
  if (description !== undefined && description.kind !== 'string' && description.kind !== 'null') extras.push(['description', nodeValue(description)]);
  const schema = parameters === undefined ? null : nodeValue(parameters);
  if (schema !== null && !isJsonObject(schema)) extras.push(['parameters', schema]);
  return {
    ok: true,
    tool: {
      name: name.value,
      ...(description?.kind === 'string' ? { description: description.value } : {}),
      ...(isJsonObject(schema) ? { parameters: schema } : {}),
      ...(extras.length === 0 ? {} : { extras: objectOf(extras) }),
    },
  };
}

/** The tool as one JSON object in a stable order of keys, without an envelope. */
export function writeTool(tool: ToolDefinition): JsonObject {
  return {
    name: tool.name,
    ...(tool.description === undefined ? {} : { description: tool.description }),
    ...(tool.parameters === undefined ? {} : { parameters: tool.parameters }),
    ...tool.extras,
  };
}
