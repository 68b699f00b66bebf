import type { ToolDefinition } from '../core/dataset/sample.ts';
import type { JsonObject } from '../core/json/value.ts';
import { toolName } from './catalogue/tools.ts';
import type { ParameterSpec, ToolSpec } from './catalogue/toolSpec.ts';

function parameterSchema(spec: ParameterSpec): JsonObject {
  switch (spec.kind) {
    case 'pool':
      return { type: 'string' };
    case 'oneOf':
      return { type: 'string', enum: spec.values };
    case 'range':
      return { type: spec.step === 1 ? 'integer' : 'number', minimum: spec.from, maximum: spec.to };
    case 'flag':
      return { type: 'boolean' };
    case 'list':
      return { type: 'array', items: { type: 'string' }, minItems: 1 };
    case 'record':
      return objectSchema(spec.properties);
  }
}

function objectSchema(properties: Readonly<Record<string, ParameterSpec>>): JsonObject {
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(properties).map(([name, spec]) => [name, parameterSchema(spec)])),
    required: requiredNames(properties),
    additionalProperties: false,
  };
}

export function requiredNames(properties: Readonly<Record<string, ParameterSpec>>): readonly string[] {
  return Object.entries(properties)
    .filter(([, spec]) => spec.optional !== true)
    .map(([name]) => name);
}

/** The tool as a dataset shows it. `verb` picks another name than the usual one, for pre-training. */
export function toolDefinition(tool: ToolSpec, verb = 0): ToolDefinition {
  return { name: toolName(tool, verb), description: tool.description, parameters: objectSchema(tool.parameters) };
}
