import type { Label, Sample, ToolDefinition } from '../dataset/sample.ts';
import { objectOf } from '../json/parse.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.ts';
import { checkCalls, type CallViolation } from '../schema/checkCalls.ts';
import { valueKey } from '../toolcall/canonicalCall.ts';
import { validateArguments } from '../schema/validate.ts';
import { typesOf, type ArgumentChoices } from './argumentChoices.ts';
import { declaredDefault, saysTheSame } from './grounding/declaredDefault.ts';

/** `partial`: only some of the acceptable values are wrong, so that the label can still be met rightly. */
export type LabelViolation = CallViolation & {
  readonly partial?: boolean;
  /** The value is the default that the schema declares: the definition contradicts itself, and the label is not to blame. */
  readonly isDefault?: boolean;
  /** The value may be the name of a variable that holds one of the right type: what definitions in Java and JavaScript mean by it. */
  readonly isVariable?: boolean;
};

/** How possible answers break the definitions of their tools: an argument is wrong only when none of its acceptable values is right. */
export function possibleViolations(sample: Sample, label: Extract<Label, { readonly kind: 'calls' }>, choices: readonly ArgumentChoices[]): readonly LabelViolation[] {
  // Names of tools and of arguments, and what is missing, show in the first choice with every argument given.
  const full = label.calls.map((call, i) => ({ name: call.name, arguments: fullArguments(label.possible?.[i]?.arguments ?? call.arguments) }));
  const shape = checkCalls(full, sample.tools).filter(({ kind, path }) => (kind === 'unknown-tool' || kind === 'missing' || kind === 'unknown') && path.length <= 1);
  return [...shape, ...choices.filter(({ path }) => path.length === 1).flatMap(wrongValues)];
}

function fullArguments(args: JsonObject): JsonObject {
  return objectOf(Object.entries(args).flatMap(([name, list]): [string, JsonValue][] => {
    const choices = (Array.isArray(list) ? (list as readonly JsonValue[]) : [list]).filter((choice) => choice !== '');
    const [first] = choices;
    return first === undefined ? [] : [[name, concrete(first)]];
  }));
}

/** How the calls of an ordinary label break the definitions of their tools. */
export function callViolations(sample: Sample, label: Extract<Label, { readonly kind: 'calls' }>, choices: () => readonly ArgumentChoices[]): readonly LabelViolation[] {
  const found = checkCalls(label.calls, sample.tools);
  if (found.length === 0) return found;
  return found.map((violation) => {
    const argument = violation.path.length === 1 ? choices().find(({ call, path }) => call === violation.call && path.length === 1 && path[0] === violation.path[0]) : undefined;
    return argument !== undefined && argument.choices.some((choice) => isDefaultOf(argument.schema, choice)) ? { ...violation, isDefault: true } : violation;
  });
}

const plainTypes = /^(?:String|Boolean|Integer|Long|Float|Double|Number|Object)?$/;

/** Type names of collections in Java and JavaScript are capitalised; those of JSON Schema, BFCL and Python are not. */
function isVariableOf(tool: ToolDefinition, name: string, value: JsonValue): boolean {
  if (typeof value !== 'string' || !/^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*$/.test(value)) return false;
  const properties = tool.parameters?.['properties'];
  const property = properties !== undefined && isJsonObject(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
  const type = property !== undefined && isJsonObject(property) ? property['type'] : undefined;
  return typeof type === 'string' && /^[A-Z]/.test(type) && !plainTypes.test(type);
}

/** A default of the wrong type that can be written rightly (`"1"` for an integer) excuses nobody who copies it. */
function isDefaultOf(schema: JsonObject | undefined, value: JsonValue): boolean {
  if (schema === undefined) return false;
  const byDefault = declaredDefault(schema);
  if (value === null) return byDefault === null || byDefault === '' || byDefault === 'None' || byDefault === 'null';
  return Object.hasOwn(schema, 'default') && byDefault !== undefined && valueKey(byDefault) === valueKey(value) && !canBeOfType(value, schema);
}

function canBeOfType(value: JsonValue, schema: JsonObject): boolean {
  const types = typesOf(schema);
  if (typeof value !== 'string') return types.includes('string') && Array.isArray(schema['enum']) && (schema['enum'] as readonly JsonValue[]).some((member) => saysTheSame(member, value));
  const text = value.trim().toLowerCase();
  return (types.includes('boolean') && (text === 'true' || text === 'false')) || ((types.includes('integer') || types.includes('number')) && text !== '' && Number.isFinite(Number(text)));
}

/** The first choice in every member of a possible value. */
export function concrete(value: JsonValue): JsonValue {
  if (isJsonObject(value)) return fullArguments(value);
  return Array.isArray(value) ? (value as readonly JsonValue[]).map(concrete) : value;
}

function wrongValues({ call, path, name, tool, schema, choices }: ArgumentChoices): readonly LabelViolation[] {
  if (schema === undefined) return [];
  const around = objectOf([['type', 'object'], ['properties', objectOf([[name, schema]])]]);
  const isDefault = choices.some((choice) => isDefaultOf(schema, choice));
  const results = choices.map((choice) => validateArguments(around, objectOf([[name, concrete(choice)]])));
  const wrong = results.filter((result) => result.length > 0);
  const partial = wrong.length < results.length;
  return (wrong[0] ?? []).map((violation) => ({ call, tool: tool.name, ...violation, path: violation.path.length === 0 ? path : violation.path, partial, isDefault, isVariable: violation.kind === 'type' && choices.some((choice) => isVariableOf(tool, name, choice)) }));
}
