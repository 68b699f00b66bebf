import type { ToolDefinition } from '../../dataset/sample.ts';
import type { JsonObject } from '../../json/value.ts';

/** A tool as requests and templates have it. */
export function toolShape({ name, description, parameters }: ToolDefinition): JsonObject {
  return { type: 'function', function: { name, ...(description === undefined ? {} : { description }), ...(parameters === undefined ? {} : { parameters }) } };
}
