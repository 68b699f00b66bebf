import type { ToolCall, ToolDefinition } from '../dataset/sample.ts';
import { isJsonObject, type JsonValue } from '../json/value.ts';
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
  /** The value is the default that the schema itself gives, and yet breaks it. */
  readonly ownDefault?: true;
};

/** What `checkCalls` gives where nothing is wrong; always this array. */
export const noCallViolations: readonly CallViolation[] = Object.freeze([]);

export type CheckOptions = {
  /** Takes texts that stand for the result of an earlier call (`$var1.id$`, `API_call_0`) as values of any kind: datasets of nested calls have them. */
  readonly references?: boolean;
};

/**
 * Checks calls against the tools that a sample shows. Names agree after trimming and NFC. Of tools with the same name the one
 * that fits best counts. The table of tools and the plan of each called tool are made once for each list of tools.
 */
export function checkCalls(calls: readonly ToolCall[], tools: readonly ToolDefinition[], options: CheckOptions = {}): readonly CallViolation[] {
  const table = toolTable(tools);
  if (callsAreValid(calls, table)) return noCallViolations;
  const found = calls.flatMap((call, index) => checkCall(call, index, table));
  return options.references === true ? found.filter((violation) => !isReference(valueAt(calls[violation.call]?.arguments, violation.path))) : found;
}

/** NESTFUL (`$var1.gcd$`, `$var2[0].id$`) and Seal-Tools (`API_call_0`). */
function isReference(value: JsonValue | undefined): boolean {
  return typeof value === 'string' && /^(?:\$var[\w.[\]]*\$|API_call_\d+)$/.test(value);
}

function valueAt(value: JsonValue | undefined, path: readonly (string | number)[]): JsonValue | undefined {
  let at = value;
  for (const step of path) {
    if (Array.isArray(at)) at = (at as readonly JsonValue[])[Number(step)];
    else at = at !== undefined && isJsonObject(at) && Object.hasOwn(at, step) ? at[step] : undefined;
  }
  return at;
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
