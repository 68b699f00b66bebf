import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { pythonStr } from '../pythonModel/pythonRepr.ts';
import { numeric, pythonEquals, pythonFloat, pythonType, type PythonType } from '../pythonModel/pythonValue.ts';
import { asItems, isList, iterated, type CompiledFunction, type CompiledParameter, type CompiledTools } from './compileTools.ts';
import { javaValue } from './javaValue.ts';
import { javascriptValue } from './javascriptValue.ts';
import { ReferenceFault } from './referenceFault.ts';
import { ownMember } from '../ownMember.ts';
import { checkType } from './typeCheck.ts';
import { checkObject, checkObjectList, holdsEmptyText, isPossibleList, isPossibleString } from './valueCheck.ts';

/** What the reference says of an answer. `errorType` is its `error_type`, null for a valid answer and `exception` where it raises. */
export type BfclVerdict = {
  readonly valid: boolean;
  readonly errorType: string | null;
  /** Where the first failure is: index of the possible answer, parameter, and further into the value. */
  readonly path: readonly (string | number)[];
  readonly expected?: JsonValue | undefined;
  readonly got?: JsonValue | undefined;
  /** For parallel calls: why each of the calls that were left did not fit the possible answer at `path`. */
  readonly candidates?: readonly (BfclVerdict & { readonly call: number })[];
};

const valid: BfclVerdict = { valid: true, errorType: null, path: [] };

/**
 * BFCL's `ast_checker`: parallel calls without order but greedily (the first call that fits is taken), everything else with
 * one call. `category` is the test category, whose name holds `parallel` or `multiple`. Both sides are lists of
 * `{function: {parameter: value}}`; values of Java and JavaScript calls are source text. `candidates` asks for the reasons.
 */
export function checkBfcl(tools: CompiledTools, output: readonly JsonValue[], possible: readonly JsonValue[], category: string, candidates = false): BfclVerdict {
  try {
    if (category.includes('parallel')) return checkParallel(tools, output, possible, candidates);
    const multiple = category.includes('multiple');
    if (output.length !== (multiple ? possible.length : 1)) return failure(multiple ? 'multiple_function_checker:wrong_count' : 'simple_function_checker:wrong_count', []);
    const answer = answerOf(possible[0]);
    const called = multiple ? functionNamed(tools, answer.name) : tools.functions[0];
    return checkCall(tools, called, output[0] ?? null, answer.parameters, 0);
  } catch (error) {
    if (error instanceof ReferenceFault) return { valid: false, errorType: 'exception', path: [], got: error.message };
    throw error;
  }
}

function checkParallel(tools: CompiledTools, output: readonly JsonValue[], possible: readonly JsonValue[], wanted: boolean): BfclVerdict {
  if (output.length !== possible.length) return failure('parallel_function_checker_no_order:wrong_count', []);
  const taken = new Array<boolean>(output.length).fill(false);
  for (let index = 0; index < possible.length; index += 1) {
    const answer = answerOf(possible[index]);
    const called = functionNamed(tools, answer.name);
    const candidates: (BfclVerdict & { call: number })[] = [];
    let found = false;
    for (let call = 0; call < output.length && !found; call += 1) {
      if (taken[call] === true) continue;
      const verdict = checkCall(tools, called, output[call] ?? null, answer.parameters, index);
      if (verdict.valid) {
        taken[call] = true;
        found = true;
      } else if (wanted) candidates.push({ ...verdict, call });
    }
    if (!found) return { ...failure('parallel_function_checker_no_order:cannot_find_match', [index], possible[index]), ...(wanted ? { candidates } : {}) };
  }
  return valid;
}

function failure(errorType: string, path: readonly (string | number)[], expected?: JsonValue, got?: JsonValue): BfclVerdict {
  return { valid: false, errorType, path, expected, got };
}

/** A possible answer is an object with one key, the function's name. */
function answerOf(possible: JsonValue | undefined): { readonly name: string; readonly parameters: JsonObject } {
  if (possible !== undefined && isJsonObject(possible)) {
     
    for (const name in possible) {
      const parameters = possible[name];
      if (parameters !== undefined && isJsonObject(parameters)) return { name, parameters };
      break;
    }
  }
  throw new ReferenceFault('the possible answer names no function with its parameters');
}

function functionNamed(tools: CompiledTools, name: string): CompiledFunction | undefined {
  return tools.byName.get(name);
}

/** `simple_function_checker`. */
function checkCall(tools: CompiledTools, called: CompiledFunction | undefined, call: JsonValue, possible: JsonObject, index: number): BfclVerdict {
  if (called === undefined) throw new ReferenceFault('the possible answer calls a function that is not there');
  if (called.fault !== undefined) throw new ReferenceFault(called.fault);
  if (!isJsonObject(call)) throw new ReferenceFault('the call is no object');
  const given = ownMember(call, called.calledName);
  if (given === undefined) return failure('simple_function_checker:wrong_func_name', [index], called.calledName, call);
  const isObject = isJsonObject(given);
  for (const name of called.required) {
    const held = isObject && typeof name === 'string' ? ownMember(given, name) !== undefined : holds(given, name);
    if (!held) return failure('simple_function_checker:missing_required', [index, pythonStr(name)]);
  }
  if (!isObject) throw new ReferenceFault('the arguments are no object');
  return checkArguments(tools, called, given, possible, index);
}

function checkArguments(tools: CompiledTools, called: CompiledFunction, given: JsonObject, possible: JsonObject, index: number): BfclVerdict {
  let count = 0;
  for (const name in given) {
    count += 1;
    const parameter = called.parameters.get(name);
    const value = given[name] ?? null;
    const accepted = ownMember(possible, name);
    if (parameter === undefined || accepted === undefined) return failure('simple_function_checker:unexpected_param', [index, name], undefined, value);
    const wrong = checkParameter(tools, parameter, value, accepted, index, name);
    if (wrong !== undefined) return wrong;
  }
  // Every argument given is among the possible ones, so with as many none is left out.
  for (const _ in possible) count -= 1;
  if (count === 0) return valid;
  for (const name in possible) {
    if (ownMember(given, name) !== undefined || holdsEmptyText(possible[name])) continue;
    return failure('simple_function_checker:missing_optional', [index, name], possible[name]);
  }
  return valid;
}

/** Python's `in` for what may stand in the place of arguments, or for a name that is no text. */
function holds(given: JsonValue, name: JsonValue): boolean {
  if (isJsonObject(given)) return false;
  if (isList(given)) return given.some((item) => pythonEquals(item, name));
  if (typeof given === 'string' && typeof name === 'string') return given.includes(name);
  throw new ReferenceFault('the arguments are no object');
}

/** Undefined when the value is acceptable. */
function checkParameter(tools: CompiledTools, parameter: CompiledParameter, given: JsonValue, possible: JsonValue | undefined, index: number, name: string): BfclVerdict | undefined {
  if (parameter.fault?.first === true) throw new ReferenceFault(parameter.fault.reason);
  if (tools.language !== 'python' && typeof given !== 'string') return failure(tools.language === 'java' ? 'type_error:java' : 'type_error:js', [index, name], possible, given);
  if (parameter.fault !== undefined) throw new ReferenceFault(parameter.fault.reason);
  const value = converted(tools, parameter, given);
  let type = pythonType(value);
  // Python floats take integers; the value stays as it is, for the comparison is by value.
  if (type === 'int' && tools.language === 'python' && parameter.typeName === 'float') type = 'float';
  const checked = checkType(value, type, possible, parameter.expected, parameter.member);
  if (checked !== 'value' && checked !== 'variable') return failure(checked, [index, name], possible, value);
  if (checked === 'value') return checkValue(parameter.expected, parameter.member, value, possible, index, name);
  return isAmong(value, possible) ? undefined : failure('value_error:others', [index, name], possible, value);
}

function converted(tools: CompiledTools, parameter: CompiledParameter, given: JsonValue): JsonValue {
  if (tools.language === 'java' && typeof given === 'string') return javaValue(given, parameter.typeName, parameter.memberName);
  if (tools.language === 'javascript' && typeof given === 'string') return javascriptValue(given, parameter.typeName, parameter.memberName);
  return parameter.typeName === 'float' ? rounded(given) : given;
}

/** `float(value)` of an integer that a double cannot hold. */
function rounded(given: JsonValue): JsonValue {
  const value = numeric(given);
  if (typeof value !== 'bigint' || pythonType(given) !== 'int') return given;
  const double = Number(value);
  if (!Number.isFinite(double)) throw new ReferenceFault('the integer is too large for a float');
  return pythonFloat(double);
}

function checkValue(expected: PythonType | 'set', member: PythonType | 'set' | undefined, value: JsonValue, possible: JsonValue | undefined, index: number, name: string): BfclVerdict | undefined {
  const wrong = (errorType: string): BfclVerdict => failure(errorType, [index, name], possible, value);
  if (expected === 'dict' || (expected === 'list' && member === 'dict')) {
    const found = expected === 'dict' ? checkObject(value, asItems(possible)) : checkObjectList(asItems(value), asItems(possible));
    return found === undefined ? undefined : failure(found.errorType, [index, name, ...found.path], found.expected ?? possible, found.got);
  }
  if (typeof value === 'string' && expected === 'str') return isPossibleString(value, asItems(possible)) ? undefined : wrong('value_error:string');
  if (isList(value) && expected === 'list') return isPossibleList(value, asItems(possible)) ? undefined : wrong('value_error:list/tuple');
  return isAmong(value, possible) ? undefined : wrong('value_error:others');
}

/** Python's `value in possible`. */
function isAmong(value: JsonValue, possible: JsonValue | undefined): boolean {
  if (typeof possible === 'string') {
    if (typeof value !== 'string') throw new ReferenceFault('only a text is looked for in a text');
    return possible.includes(value);
  }
  for (const accepted of iterated(possible)) if (pythonEquals(value, accepted)) return true;
  return false;
}
