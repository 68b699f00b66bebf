import { member } from '../../json/member.ts';
import { objectOf } from '../../json/parse.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import type { ToolDefinition } from '../sample.ts';

export type ToolReading = { readonly ok: true; readonly tool: ToolDefinition } | { readonly ok: false; readonly path: readonly string[]; readonly message: string };

/** Reads a tool, bare or in OpenAI's envelope. What has no place of its own (`category`, `required`, ...) is kept in `extras`. */
export function readTool(value: JsonValue): ToolReading {
  const inner = member(value, 'function');
  const path = inner === undefined ? [] : ['function'];
  const definition = inner ?? value;
  if (!isJsonObject(definition)) return { ok: false, path, message: 'a tool is not an object' };
  const name = member(definition, 'name') ?? builtIn(value, inner);
  if (typeof name !== 'string') return { ok: false, path: name === undefined ? path : [...path, 'name'], message: 'a tool has no name' };
  return { ok: true, tool: toolOf(name, definition) };
}

/** The name of a tool that the platform defines (`{"type": "code_interpreter"}`). */
function builtIn(value: JsonValue, inner: JsonValue | undefined): string | undefined {
  const type = member(value, 'type');
  return inner === undefined && typeof type === 'string' && type !== 'function' ? type : undefined;
}

/** A tool from its definition; `nameKey` and `descriptionKey` say under which keys name and description stand. */
export function toolOf(name: string, definition: JsonObject, nameKey = 'name', descriptionKey = 'description'): ToolDefinition {
  const description = member(definition, descriptionKey);
  const parameters = member(definition, 'parameters');
  const hasSchema = parameters !== undefined && isJsonObject(parameters);
  const extras: [string, JsonValue][] = [];
  for (const key of Object.keys(definition)) {
    const value = member(definition, key) ?? null;
    if (value === null || key === nameKey || (key === 'parameters' && hasSchema) || (key === descriptionKey && typeof value === 'string')) continue;
    // The Responses API has the envelope's word inside.
    if (key === 'type' && value === 'function') continue;
    extras.push([key, value]);
  }
  return {
    name,
    ...(typeof description === 'string' ? { description } : {}),
    ...(hasSchema ? { parameters } : {}),
    ...(extras.length === 0 ? {} : { extras: objectOf(extras) }),
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
