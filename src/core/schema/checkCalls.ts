import type { ToolCall, ToolDefinition } from '../dataset/sample.ts';
import type { JsonValue } from '../json/value.ts';
import { show } from '../toolcall/differences.ts';
import { didYouMean } from './didYouMean.ts';
import { toolParameterSchema } from './normalise.ts';
import { validateArguments } from './validate.ts';
import type { SchemaViolation, ViolationKind } from './violation.ts';

/** What is wrong with call number `call`; `path` starts at its arguments and is empty for an unknown tool. */
export type CallViolation = {
  readonly call: number;
  readonly tool: string;
  readonly kind: 'unknown-tool' | ViolationKind;
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly expected?: JsonValue;
  readonly suggestion?: string;
};

/** Checks calls against the tools that a sample shows. Names are exact. Of tools with the same name the one that fits best counts. */
export function checkCalls(calls: readonly ToolCall[], tools: readonly ToolDefinition[]): readonly CallViolation[] {
  const byName = new Map<string, ToolDefinition[]>();
  for (const tool of tools) {
    const sameName = byName.get(tool.name);
    if (sameName === undefined) byName.set(tool.name, [tool]);
    else sameName.push(tool);
  }
  return calls.flatMap((call, index) => {
    const candidates = byName.get(call.name);
    if (candidates === undefined) return [unknownTool(index, call.name, byName.keys())];
    return bestFit(call, candidates).map((violation) => ({ call: index, tool: call.name, ...violation }));
  });
}

function unknownTool(call: number, name: string, names: Iterable<string>): CallViolation {
  const suggestion = didYouMean(name, names);
  const hint = suggestion === undefined ? '' : `; did you mean ${show(suggestion)}?`;
  return { call, tool: name, kind: 'unknown-tool', path: [], message: `${show(name)} is not one of the tools${hint}`, ...(suggestion === undefined ? {} : { suggestion }) };
}

function bestFit(call: ToolCall, candidates: readonly ToolDefinition[]): readonly SchemaViolation[] {
  const results = candidates.map((tool) => validateArguments(toolParameterSchema(tool).schema, call.arguments));
  return results.reduce((best, result) => (result.length < best.length ? result : best));
}
