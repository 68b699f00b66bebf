import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import type { PythonType } from '../pythonModel/pythonValue.ts';
import { ReferenceFault } from './referenceFault.ts';

export type BfclLanguage = 'python' | 'java' | 'javascript';

/** `gorilla` type names and what they are once read. `set` has no value that the checker could make. */
const pythonTypes = new Map<string, PythonType>(
  Object.entries({ string: 'str', integer: 'int', float: 'float', boolean: 'bool', array: 'list', tuple: 'list', dict: 'dict', any: 'str' }),
);
const javaTypes = new Map<string, PythonType | 'set'>(
  Object.entries({
    byte: 'int', short: 'int', integer: 'int', long: 'int', float: 'float', double: 'float', boolean: 'bool', char: 'str', String: 'str', any: 'str',
    Array: 'list', ArrayList: 'list', Queue: 'list', Stack: 'list', Set: 'set', HashMap: 'dict', Hashtable: 'dict',
  } as const),
);
const javascriptTypes = new Map<string, PythonType>(
  Object.entries({ String: 'str', integer: 'int', float: 'float', Bigint: 'int', Boolean: 'bool', dict: 'dict', array: 'list', any: 'str' }),
);
const typesOf: Record<BfclLanguage, ReadonlyMap<string, PythonType | 'set'>> = { python: pythonTypes, java: javaTypes, javascript: javascriptTypes };
const withMembers: Record<BfclLanguage, readonly string[]> = { python: ['array', 'tuple'], java: ['Array', 'ArrayList'], javascript: ['array'] };

export type CompiledParameter = {
  readonly typeName: string;
  readonly expected: PythonType | 'set';
  /** Type of the members of an array, where the checker looks at it. */
  readonly memberName?: string | undefined;
  readonly member?: PythonType | 'set' | undefined;
  /** Why the reference raises when a value of this parameter is checked: before it looks at the value, or after. */
  readonly fault?: { readonly first: boolean; readonly reason: string } | undefined;
};

export type CompiledFunction = {
  /** As the possible answers call it. */
  readonly name: string;
  /** As the output has to call it: `.` made `_` where the model's interface takes no points. */
  readonly calledName: string;
  readonly required: readonly JsonValue[];
  readonly parameters: ReadonlyMap<string, CompiledParameter>;
  readonly fault?: string | undefined;
};

/** The function documents of one entry, made ready for any number of checks. */
export type CompiledTools = {
  readonly language: BfclLanguage;
  readonly functions: readonly CompiledFunction[];
  /** Of equal names the first counts. */
  readonly byName: ReadonlyMap<string, CompiledFunction>;
};

/**
 * Reads the `function` field of a BFCL entry. A document that the reference cannot use is a fault only when it is used.
 * `underscoreToDot`: the model was asked through an interface without points in names (BFCL's "FC" models).
 */
export function compileTools(functions: JsonValue, language: BfclLanguage, underscoreToDot = false): CompiledTools {
  const list: readonly JsonValue[] = isJsonObject(functions) ? [functions] : Array.isArray(functions) ? functions : [];
  const compiled = list.map((document) => compileFunction(document, language, underscoreToDot));
  const byName = new Map<string, CompiledFunction>();
  for (const entry of compiled) if (!byName.has(entry.name)) byName.set(entry.name, entry);
  return { language, functions: compiled, byName };
}

function compileFunction(document: JsonValue, language: BfclLanguage, underscoreToDot: boolean): CompiledFunction {
  const name = isJsonObject(document) ? own(document, 'name') : undefined;
  const text = typeof name === 'string' ? name : '';
  const base = { name: text, calledName: asKey(underscoreToDot ? text.replaceAll('.', '_') : text) };
  const parameters = isJsonObject(document) ? own(document, 'parameters') : undefined;
  const properties = parameters !== undefined && isJsonObject(parameters) ? own(parameters, 'properties') : undefined;
  const required = parameters !== undefined && isJsonObject(parameters) ? own(parameters, 'required') : undefined;
  if (typeof name !== 'string' || properties === undefined || !isJsonObject(properties) || !isList(required)) {
    return { ...base, required: [], parameters: new Map(), fault: 'the function has no name, no properties or no list of required parameters' };
  }
  return { ...base, required: required.map((key) => (typeof key === 'string' ? asKey(key) : key)), parameters: new Map(Object.entries(properties).map(([key, details]) => [key, compileParameter(details, language)])), fault: undefined };
}

/** The same text as the engine keeps property names: looking members up by any other costs a table look-up more each time. */
function asKey(text: string): string {
  return Object.keys({ [text]: 0 })[0] ?? text;
}

function compileParameter(details: JsonValue, language: BfclLanguage): CompiledParameter {
  const types = typesOf[language];
  const typeName = isJsonObject(details) ? own(details, 'type') : undefined;
  const expected = typeof typeName === 'string' ? types.get(typeName) : undefined;
  if (typeof typeName !== 'string' || expected === undefined) return parameter('', 'NoneType', { fault: { first: true, reason: 'the type is unknown' } });
  if (!withMembers[language].includes(typeName)) return parameter(typeName, expected, {});
  const items = isJsonObject(details) ? own(details, 'items') : undefined;
  const memberName = items !== undefined && isJsonObject(items) ? own(items, 'type') : undefined;
  const member = typeof memberName === 'string' ? types.get(memberName) : undefined;
  if (typeof memberName !== 'string' || member === undefined) return parameter(typeName, expected, { fault: { first: false, reason: 'the type of the members is unknown' } });
  return parameter(typeName, expected, { memberName, member });
}

/** One order of fields for all, which the engine looks up faster. */
function parameter(typeName: string, expected: PythonType | 'set', rest: Omit<CompiledParameter, 'typeName' | 'expected'>): CompiledParameter {
  return { typeName, expected, memberName: rest.memberName, member: rest.member, fault: rest.fault };
}

function own(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** A list as Python counts and indexes it: a string is the list of its characters, an object without members is empty. */
export function asItems(value: JsonValue | undefined): readonly JsonValue[] {
  if (isList(value)) return value;
  if (typeof value === 'string') return Array.from(value);
  if (value !== undefined && isJsonObject(value) && Object.keys(value).length === 0) return [];
  throw new ReferenceFault('neither a list nor a string');
}

/** What Python's `for` and `in` go through: of an object, its keys. */
export function iterated(value: JsonValue | undefined): readonly JsonValue[] {
  if (isList(value)) return value;
  return value !== undefined && isJsonObject(value) ? Object.keys(value) : asItems(value);
}

export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}
