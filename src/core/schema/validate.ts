import type { ToolDefinition } from '../dataset/sample.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import { collectViolations } from './collectViolations.ts';
import { toolParameterSchema } from './normalise.ts';
import { planOf, type PlanNode } from './plan.ts';
import { isValid } from './verdict.ts';
import type { SchemaViolation } from './violation.ts';

const none: readonly SchemaViolation[] = Object.freeze([]);

/**
 * What is wrong with arguments; empty exactly where `isValid` says so, and then always the same array. Stricter than the
 * standard in one point: where an object declares properties and does not speak of additional ones, an undeclared member is a
 * violation. `1.0` is an integer, as the standard has it; `true` is never a number (looptool-spec.md 9.4). Patterns that could
 * hang are not applied, references to other documents allow anything, schema and value are followed 128 levels deep.
 */
export function violations(plan: PlanNode, args: JsonValue): readonly SchemaViolation[] {
  return isValid(plan, args) ? none : collectViolations(plan, args);
}

/** The plan of a tool's arguments. */
export function toolPlan(tool: ToolDefinition): PlanNode {
  return toolParameterSchema(tool).plan;
}

/** Checks arguments against a JSON Schema as `toolParameterSchema` makes it. */
export function validateArguments(schema: JsonObject, args: JsonValue): readonly SchemaViolation[] {
  return violations(planOf(schema), args);
}
