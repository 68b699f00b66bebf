import { isJsonObject, type JsonValue } from '../../json/value.ts';
import { pythonRepr, pythonStr } from '../pythonModel/pythonRepr.ts';
import { pythonEquals, pythonType } from '../pythonModel/pythonValue.ts';

export type CallValidation = { readonly valid: boolean; readonly message: string };

/** Where the published code raises; it reports the exception's text as a violation. */
class PythonError extends Error {}

/**
 * The rule filter of the published expansion, `validate_function_call` (looptool-spec.md 5.6): the first violation, in its
 * words. Unknown type names pass everything, `true` passes as an integer, union types are a violation, and `enum`, members
 * and nested parameters are not looked at. Keys that look like integers are visited first, as everywhere in JavaScript.
 */
export function validateFunctionCall(call: JsonValue, tools: readonly JsonValue[]): CallValidation {
  try {
    return check(call, tools);
  } catch (error) {
    if (error instanceof PythonError) return { valid: false, message: `Validation error: ${error.message}` };
    throw error;
  }
}

function check(call: JsonValue, tools: readonly JsonValue[]): CallValidation {
  const name = item(call, 'name');
  const given = item(call, 'arguments');
  const named = findTool(tools, name);
  if (named === undefined) return { valid: false, message: `Function '${pythonStr(name)}' not found in tool set` };
  const definition = item(named, 'parameters');
  const required = get(definition, 'required', []);
  const properties = get(definition, 'properties', {});
  for (const parameter of iterate(required)) {
    if (!contains(given, parameter)) return { valid: false, message: `Required parameter '${pythonStr(parameter)}' missing for function '${pythonStr(name)}'` };
  }
  for (const parameter of iterate(given)) {
    if (!contains(properties, parameter)) return { valid: false, message: `Invalid parameter '${pythonStr(parameter)}' for function '${pythonStr(name)}'` };
  }
  if (!isJsonObject(given)) throw new PythonError(`'${pythonType(given)}' object has no attribute 'items'`);
  for (const parameter of Object.keys(given)) {
    const value = given[parameter] ?? null;
    const expected = get(item(properties, parameter), 'type', null);
    if (!isTruthy(expected) || passes(value, expected)) continue;
    return { valid: false, message: `Parameter '${parameter}' has invalid type for function '${pythonStr(name)}'. Expected ${pythonStr(expected)}, got ${pythonType(value)}` };
  }
  return { valid: true, message: '' };
}

/** Of tools with one name the last counts. */
function findTool(tools: readonly JsonValue[], name: JsonValue): JsonValue | undefined {
  refuseUnhashable(name);
  return tools.findLast((tool) => isJsonObject(tool) && Object.hasOwn(tool, 'name') && pythonEquals(tool['name'] ?? null, name));
}

/** `value[key]`. */
function item(value: JsonValue, key: string): JsonValue {
  if (isJsonObject(value)) {
    if (Object.hasOwn(value, key)) return value[key] ?? null;
    throw new PythonError(pythonRepr(key));
  }
  if (typeof value === 'string') throw new PythonError("string indices must be integers, not 'str'");
  if (Array.isArray(value)) throw new PythonError('list indices must be integers or slices, not str');
  throw new PythonError(`'${pythonType(value)}' object is not subscriptable`);
}

/** `value.get(key, fallback)`; a value that is null comes as null. */
function get(value: JsonValue, key: string, fallback: JsonValue): JsonValue {
  if (!isJsonObject(value)) throw new PythonError(`'${pythonType(value)}' object has no attribute 'get'`);
  return Object.hasOwn(value, key) ? (value[key] ?? null) : fallback;
}

function iterate(value: JsonValue): readonly JsonValue[] {
  if (typeof value === 'string') return Array.from(value);
  if (Array.isArray(value)) return value as readonly JsonValue[]; // Array.isArray does not narrow readonly arrays.
  if (isJsonObject(value)) return Object.keys(value);
  throw new PythonError(`'${pythonType(value)}' object is not iterable`);
}

/** `member in value`. */
function contains(value: JsonValue, member: JsonValue): boolean {
  if (isJsonObject(value)) {
    refuseUnhashable(member);
    return typeof member === 'string' && Object.hasOwn(value, member);
  }
  if (typeof value === 'string') {
    if (typeof member !== 'string') throw new PythonError(`'in <string>' requires string as left operand, not ${pythonType(member)}`);
    return value.includes(member);
  }
  if (Array.isArray(value)) return value.some((one: JsonValue) => pythonEquals(one, member));
  throw new PythonError(`argument of type '${pythonType(value)}' is not iterable`);
}

function refuseUnhashable(value: JsonValue): void {
  if (Array.isArray(value) || isJsonObject(value)) throw new PythonError(`unhashable type: '${pythonType(value)}'`);
}

function isTruthy(value: JsonValue): boolean {
  if (value === null || value === '' || pythonEquals(value, 0)) return false;
  if (Array.isArray(value)) return value.length > 0;
  return !isJsonObject(value) || Object.keys(value).length > 0;
}

const accepted: ReadonlyMap<string, readonly string[]> = new Map([
  ['string', ['str']],
  ['integer', ['int', 'bool']],
  ['number', ['int', 'float', 'bool']],
  ['boolean', ['bool']],
  ['array', ['list']],
  ['object', ['dict']],
]);

function passes(value: JsonValue, expected: JsonValue): boolean {
  if (typeof expected !== 'string') throw new PythonError(`'${pythonType(expected)}' object has no attribute 'lower'`);
  return accepted.get(expected.toLowerCase())?.includes(pythonType(value)) ?? true;
}
