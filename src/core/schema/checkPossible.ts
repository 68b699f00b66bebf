import type { ToolCall, ToolDefinition } from '../dataset/sample.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.ts';
import { show } from '../toolcall/differences.ts';
import { unknownTool, type CallViolation } from './checkCalls.ts';
import { collectBelow } from './collectViolations.ts';
import { didYouMean } from './didYouMean.ts';
import { typeBits, type PlanNode } from './plan.ts';
import { toolTable } from './toolTable.ts';
import { fits, isClosed, root, startCounting } from './verdict.ts';

/**
 * What is wrong with a possible answer. `all`: no accepted value fits, so that no call can be right and satisfy the schema;
 * `some`: accepted values besides right ones that the schema refuses. `accepted` is the place of the first of them in its list.
 */
export type PossibleViolation = CallViolation & { readonly extent: 'all' | 'some'; readonly accepted?: number };

/** In Java and JavaScript values that are no literals of JSON stand as source text (`new HashMap<>()`, the name of a variable). */
export type PossibleLanguage = 'python' | 'java' | 'javascript';

export const noPossibleViolations: readonly PossibleViolation[] = Object.freeze([]);

type Run = { readonly call: number; readonly tool: string; readonly plan: PlanNode; readonly takesSource: boolean };

/**
 * Checks possible answers (BFCL): the arguments of each call are lists of acceptable values, `""` among them says that the
 * argument may be left out, members of object values are lists again. Of tools with the same name the one that fits best counts.
 */
export function checkPossible(possible: readonly ToolCall[], tools: readonly ToolDefinition[], language: PossibleLanguage = 'python'): readonly PossibleViolation[] {
  const table = toolTable(tools);
  let found: PossibleViolation[] | undefined;
  possible.forEach((call, index) => {
    const named = table.find(call.name);
    if (named === undefined) {
      (found ??= []).push({ ...unknownTool(index, call.name, table.names()), extent: 'all' });
      return;
    }
    const results = named.plans.map((plan) => checkArguments(call.arguments, { call: index, tool: call.name, plan, takesSource: language !== 'python' }));
    const best = results.reduce((least, result) => (weight(result) < weight(least) ? result : least));
    if (best.length > 0) (found ??= []).push(...best);
  });
  return found ?? noPossibleViolations;
}

function weight(found: readonly PossibleViolation[]): number {
  return found.reduce((sum, violation) => sum + (violation.extent === 'all' ? 1000 : 1), 0);
}

function checkArguments(args: JsonObject, run: Run): readonly PossibleViolation[] {
  const { plan, call, tool } = run;
  const found: PossibleViolation[] = [];
  startCounting();
  for (const name of plan.required) {
    if (!Object.hasOwn(args, name)) found.push({ call, tool, kind: 'missing', path: [name], message: `${name} is required and missing`, extent: 'all' });
  }
  for (const name of Object.keys(args)) {
    const accepted = acceptedValues(args[name] ?? null);
    const node = plan.properties?.get(name) ?? plan.additional;
    if (node !== undefined) found.push(...checkAccepted(name, accepted, node, run));
    else if (isClosed(plan, root) && accepted.some((value) => value !== '')) {
      const suggestion = didYouMean(name, plan.properties?.keys() ?? []);
      const hint = suggestion === undefined ? '' : `; did you mean ${show(suggestion)}?`;
      found.push({ call, tool, kind: 'unknown', path: [name], message: `${name} is not a declared parameter${hint}`, ...(suggestion === undefined ? {} : { suggestion }), extent: 'all' });
    }
  }
  return found;
}

/** Early files of BFCL gave single values bare. */
function acceptedValues(value: JsonValue): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
}

function checkAccepted(name: string, accepted: readonly JsonValue[], node: PlanNode, run: Run): readonly PossibleViolation[] {
  const { call, tool } = run;
  const isRequired = run.plan.required.includes(name);
  const mayBeOmitted = accepted.includes('');
  const values = accepted.map((value, index) => ({ value, index })).filter(({ value }) => value !== '');
  if (values.length === 0) {
    if (mayBeOmitted && (!isRequired || meansEmptyText(node))) return [];
    return [{ call, tool, kind: isRequired ? 'missing' : 'type', path: [name], message: isRequired ? `${name} is required and has no accepted value` : `${name} has no accepted value`, extent: 'all' }];
  }
  const wrong = values.filter(({ value }) => !satisfies(node, value, run.takesSource, 1));
  const found: PossibleViolation[] = [];
  const [first] = wrong;
  if (first !== undefined) {
    const extent = wrong.length === values.length ? 'all' : 'some';
    // A value that reads as nested lists is described by its first choice.
    const described = collectBelow(node, firstChoice(first.value, 0), [name]);
    const [violation] = described;
    found.push({ call, tool, kind: 'type', path: [name], message: `${name} accepts ${show(first.value)}, which the schema does not allow`, ...violation, extent, accepted: first.index });
  }
  if (mayBeOmitted && isRequired && !satisfies(node, '', run.takesSource, 1)) {
    found.push({ call, tool, kind: 'missing', path: [name], message: `${name} is required and may be left out here`, extent: 'some', accepted: accepted.indexOf('') });
  }
  return found;
}

/** BFCL reads a lone "" of a required text as the empty text; that is believed only where the schema itself speaks of one. */
function meansEmptyText(node: PlanNode): boolean {
  return node.schema['default'] === '' || node.allowed?.strings.has('') === true;
}

const deepest = 64;
const sourceTypes = typeBits.array | typeBits.object;

/** Whether an accepted value fits: as it stands, or with the members of its objects taken as lists of acceptable values. */
function satisfies(node: PlanNode, value: JsonValue, takesSource: boolean, depth: number): boolean {
  if (fits(node, value, depth, 0)) return true;
  if (takesSource && typeof value === 'string' && (node.types === 0 || (node.types & typeBits.string) === 0) && (isSource(value) || (node.types & sourceTypes) !== 0)) return true;
  if (depth > deepest) return false;
  if (Array.isArray(value)) {
    if (node.types !== 0 && (node.types & typeBits.array) === 0) return false;
    const { items } = node;
    return value.some((member: JsonValue) => typeof member === 'object') && items !== undefined && value.every((member: JsonValue) => satisfies(items, member, takesSource, depth + 1));
  }
  return isJsonObject(value) && objectSatisfies(node, value, takesSource, depth);
}

function objectSatisfies(node: PlanNode, value: JsonObject, takesSource: boolean, depth: number): boolean {
  // A schema may refer to itself.
  if (depth > deepest) return false;
  if (node.types !== 0 && (node.types & typeBits.object) === 0) return false;
  const names = Object.keys(value);
  const branches = node.reference === undefined ? (node.any ?? node.one) : [node.reference];
  if (node.properties === undefined && branches !== undefined) return branches.some((branch) => objectSatisfies(branch, value, takesSource, depth + 1));
  if (!node.required.every((name) => Object.hasOwn(value, name))) return false;
  return names.every((name) => {
    const accepted = value[name] ?? null;
    const part = node.properties?.get(name) ?? node.additional;
    if (part === undefined) return !isClosed(node, 0);
    if (!Array.isArray(accepted)) return satisfies(part, accepted, takesSource, depth + 1);
    return (accepted as readonly JsonValue[]).some((choice) => (choice === '' && !node.required.includes(name)) || satisfies(part, choice, takesSource, depth + 1));
  });
}

/** Text that can stand for a value in a program: a name, a member, a call, a constructor, a cast. */
function isSource(text: string): boolean {
  return /^(?:new\s|\(|[A-Za-z_$][\w$]*(?:[.([]|$)|[\d.]+[LlFfDd]$)/.test(text.trim());
}

function firstChoice(value: JsonValue, depth: number): JsonValue {
  if (depth > deepest || !isJsonObject(value)) return Array.isArray(value) && depth <= deepest ? (value as readonly JsonValue[]).map((member) => firstChoice(member, depth + 1)) : value;
  const members = Object.create(null) as { [key: string]: JsonValue };
  for (const name of Object.keys(value)) {
    const choices = value[name] ?? null;
    const choice = Array.isArray(choices) ? ((choices as readonly JsonValue[]).find((member) => member !== '') ?? null) : choices;
    members[name] = firstChoice(choice, depth + 1);
  }
  return members;
}
