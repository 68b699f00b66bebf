import type { ToolDefinition } from '../dataset/sample.ts';
import { objectOf } from '../json/parse.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.ts';

const nameKeys = ['name', 'api_name', 'tool_name', 'function_name', 'operationId'];
const descriptionKeys = ['description', 'api_description', 'tool_description', 'summary'];
export const envelopeKeys = ['function', 'tool', 'functionDeclaration', 'toolSpec'];

/**
 * A tool from the object that a dataset holds for it, out of its envelope (`{ type: 'function', function: … }`), under the
 * usual names for its name and description; all that is not name, description or an object under `parameters` stays in
 * `extras`. Undefined for what has no name.
 */
export function toolDefinitionOf(value: JsonValue): ToolDefinition | undefined {
  if (!isJsonObject(value)) return undefined;
  const inner = unwrapped(value);
  const nameKey = keyOfText(inner, nameKeys);
  if (nameKey === undefined) return undefined;
  const descriptionKey = keyOfText(inner, descriptionKeys);
  const parameters = Object.hasOwn(inner, 'parameters') ? inner['parameters'] : undefined;
  const hasParameters = parameters !== undefined && isJsonObject(parameters);
  const rest = Object.entries(inner).filter(([key]) => key !== nameKey && key !== descriptionKey && !(hasParameters && key === 'parameters') && !(key === 'type' && inner[key] === 'function'));
  return {
    name: text(inner, nameKey),
    ...(descriptionKey === undefined ? {} : { description: text(inner, descriptionKey) }),
    ...(hasParameters ? { parameters } : {}),
    ...(rest.length > 0 ? { extras: objectOf(rest) } : {}),
  };
}

function unwrapped(value: JsonObject): JsonObject {
  for (const key of envelopeKeys) {
    const inner = Object.hasOwn(value, key) ? value[key] : undefined;
    if (inner !== undefined && isJsonObject(inner) && keyOfText(inner, nameKeys) !== undefined) return inner;
  }
  return value;
}

function keyOfText(value: JsonObject, keys: readonly string[]): string | undefined {
  return keys.find((key) => Object.hasOwn(value, key) && typeof value[key] === 'string');
}

function text(value: JsonObject, key: string): string {
  const found = value[key];
  return typeof found === 'string' ? found : '';
}
