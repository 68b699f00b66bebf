import type { Label, Sample, ToolDefinition } from '../dataset/sample.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.ts';
import { checkCalls, type CallViolation } from '../schema/checkCalls.ts';
import { checkPossible } from '../schema/checkPossible.ts';
import { valueKey } from '../toolcall/canonicalCall.ts';
import { typesOf, type ArgumentChoices } from './argumentChoices.ts';
import type { RequestText } from './grounding/requestText.ts';
import { declaredDefault, saysTheSame } from './grounding/declaredDefault.ts';

/** How a label breaks the definitions of its tools, with what speaks for the label. */
export type LabelViolation = CallViolation & {
  /** Possible answers: other acceptable values of the same argument are right. */
  readonly partial?: boolean;
  /** The value is the default that the schema declares: the definition contradicts itself, and the label is not to blame. */
  readonly isDefault?: boolean;
  /** The value may be the name of a variable that holds one of the right type: what definitions in Java and JavaScript mean by it. */
  readonly isVariable?: boolean;
};

type CallsLabel = Extract<Label, { readonly kind: 'calls' }>;

const none: readonly LabelViolation[] = [];

/** Possible answers are wrong in an argument only when none of its acceptable values is right. */
export function labelViolations({ tools }: Sample, label: CallsLabel, choices: () => readonly ArgumentChoices[], request: () => RequestText): readonly LabelViolation[] {
  const found: readonly LabelViolation[] = label.possible === undefined ? checkCalls(label.calls, tools) : checkPossible(label.possible, tools).map((violation) => ({ ...violation, partial: violation.extent === 'some' }));
  return found.length === 0 ? none : found.map((violation) => withExcuses(violation, choices(), request));
}

function withExcuses(violation: LabelViolation, choices: readonly ArgumentChoices[], request: () => RequestText): LabelViolation {
  const [name] = violation.path;
  if (violation.kind === 'unknown-tool' || violation.kind === 'missing' || violation.kind === 'unknown' || typeof name !== 'string') return violation;
  const argument = choices.find(({ call, path }) => call === violation.call && path.length === 1 && path[0] === name);
  if (argument === undefined) return violation;
  const { choices: values, schema, tool } = argument;
  const isDefault = values.some((value) => isDefaultOf(schema, value));
  const isVariable = violation.kind === 'type' && values.some((value) => isVariableOf(tool, name, value, request));
  return isDefault || isVariable ? { ...violation, isDefault, isVariable } : violation;
}

const plainTypes = /^(?:String|Boolean|Integer|Long|Float|Double|Number|Object)?$/;

/** Type names of collections in Java and JavaScript are capitalised; those of JSON Schema, BFCL and Python are not. */
function isVariableOf(tool: ToolDefinition, name: string, value: JsonValue, request: () => RequestText): boolean {
  if (typeof value !== 'string' || !/^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*$/.test(value)) return false;
  // A name in camelCase or snake_case that the request speaks of is one in any language.
  if (/[a-z][A-Z]|_/.test(value) && request().text.includes(value)) return true;
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
