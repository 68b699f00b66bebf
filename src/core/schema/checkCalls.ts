import type { ToolCall, ToolDefinition } from '../dataset/sample.ts';
import type { JsonValue } from '../json/value.ts';
import { show } from '../toolcall/differences.ts';
import { didYouMean } from './didYouMean.ts';
import type { PlanNode } from './plan.ts';
import { toolTable, type ToolTable } from './toolTable.ts';
import { violations } from './validate.ts';
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

/** What `checkCalls` gives where nothing is wrong; always this array. */
export const noCallViolations: readonly CallViolation[] = Object.freeze([]);

/**
 * Checks calls against the tools that a sample shows. Names agree after trimming and NFC. Of tools with the same name the one
 * that fits best counts. The table of tools and the plan of each called tool are made once for each list of tools.
 */
export function checkCalls(calls: readonly ToolCall[], tools: readonly ToolDefinition[]): readonly CallViolation[] {
  const table = toolTable(tools);
  return callsAreValid(calls, table) ? noCallViolations : calls.flatMap((call, index) => checkCall(call, index, table));
}

function callsAreValid(calls: readonly ToolCall[], table: ToolTable): boolean {
  for (const call of calls) {
    const named = table.find(call.name);
    if (named?.accepts(call) !== true) return false;
  }
  return true;
}

function checkCall(call: ToolCall, index: number, table: ToolTable): CallViolation[] {
  const named = table.find(call.name);
  if (named === undefined) return [unknownTool(index, call.name, table.names())];
  return bestFit(call, named.plans).map((violation) => ({ call: index, tool: call.name, ...violation }));
}

export function unknownTool(call: number, name: string, names: Iterable<string>): CallViolation {
  const suggestion = didYouMean(name, names);
  const hint = suggestion === undefined ? '' : `; did you mean ${show(suggestion)}?`;
  return { call, tool: name, kind: 'unknown-tool', path: [], message: `${show(name)} is not one of the tools${hint}`, ...(suggestion === undefined ? {} : { suggestion }) };
}

function bestFit(call: ToolCall, plans: readonly PlanNode[]): readonly SchemaViolation[] {
  return plans.map((plan) => violations(plan, call.arguments)).reduce((best, result) => (result.length < best.length ? result : best));
}
