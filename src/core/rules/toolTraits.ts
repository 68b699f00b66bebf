import type { ToolDefinition } from '../dataset/sample.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.ts';
import { toolParameterSchema } from '../schema/normalise.ts';
import { enumOf, typesOf } from './argumentChoices.ts';
import { declaredDefault } from './grounding/declaredDefault.ts';
import { clashingList } from './grounding/clashingList.ts';
import { demandedFormats } from './grounding/demandedFormat.ts';
import { demandedUnits } from './grounding/demandedUnits.ts';
import { isEnd, isStart } from './grounding/routeNames.ts';

/** What a tool gives rules to look at: where it gives nothing, they need not look at the calls of it. */
export type ToolTraits = {
  readonly hasFormats: boolean;
  readonly hasUnits: boolean;
  readonly hasFlags: boolean;
  readonly hasOpenTypes: boolean;
  /** A list of another type than the one beside it. */
  readonly hasClashes: boolean;
  readonly hasRoutes: boolean;
  /** Optional arguments of the call itself that list texts. */
  readonly options: readonly (readonly [name: string, schema: JsonObject])[];
};

const known = new WeakMap<ToolDefinition, ToolTraits>();

export function toolTraits(tool: ToolDefinition): ToolTraits {
  const cached = known.get(tool);
  if (cached !== undefined) return cached;
  const { schema } = toolParameterSchema(tool);
  const arguments_: (readonly [string, JsonObject])[] = [];
  collect(schema, arguments_, 0);
  const required = Array.isArray(schema['required']) ? (schema['required'] as readonly JsonValue[]) : [];
  const own = properties(schema);
  const made: ToolTraits = {
    hasFormats: arguments_.some(([, part]) => demandedFormats(part).length > 0),
    hasUnits: arguments_.some(([, part]) => demandedUnits(part) !== undefined),
    hasFlags: arguments_.some(([, part]) => typesOf(part).includes('boolean') && declaredDefault(part) !== undefined),
    hasOpenTypes: arguments_.some(([, part]) => typesOf(part).length === 0),
    hasClashes: own.some(([name]) => clashingList(tool, name) !== undefined),
    hasRoutes: arguments_.some(([name]) => isStart(name)) && arguments_.some(([name]) => isEnd(name)),
    options: own.filter(([name, part]) => !required.includes(name) && enumOf(part).filter((member) => typeof member === 'string').length > 1),
  };
  known.set(tool, made);
  return made;
}

function properties(schema: JsonObject): readonly (readonly [string, JsonObject])[] {
  const declared = schema['properties'];
  return declared !== undefined && isJsonObject(declared) ? Object.entries(declared).flatMap(([name, part]) => (isJsonObject(part) ? [[name, part] as const] : [])) : [];
}

const deepest = 6;

function collect(schema: JsonObject, into: (readonly [string, JsonObject])[], depth: number): void {
  if (depth > deepest) return;
  for (const [name, part] of properties(schema)) {
    into.push([name, part]);
    collect(part, into, depth + 1);
    const { items } = part;
    if (items !== undefined && isJsonObject(items)) collect(items, into, depth + 1);
  }
}
