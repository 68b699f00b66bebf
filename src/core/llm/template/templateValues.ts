import type * as jinjaPackage from '@huggingface/jinja';
import type { Environment, Interpreter } from '@huggingface/jinja';
import { floatRepr } from '../../toolcall/python/pythonRepr.ts';
import { JsonNumber, type JsonValue } from '../../json/value.ts';

/** A value inside of a template, as the template package has it; its classes are not exported. */
export type RuntimeValue = ReturnType<Environment['set']>;
export type Statement = NonNullable<Parameters<Interpreter['evaluate']>[0]>;
export type Callable = (args: readonly RuntimeValue[], environment: Environment) => RuntimeValue;
type Make<T> = (value: T) => RuntimeValue;

/** Makes values of templates. */
export type ValueMaker = {
  readonly text: Make<string>;
  readonly list: Make<RuntimeValue[]>;
  readonly object: Make<Map<string, RuntimeValue>>;
  /** What functions take their named arguments as. */
  readonly named: Make<Map<string, RuntimeValue>>;
  readonly callable: Make<Callable>;
  readonly none: () => RuntimeValue;
  readonly undefined: () => RuntimeValue;
  readonly integer: Make<number>;
  /** JSON data, numbers as they are written; `undefined` members are left out. */
  readonly data: (value: JsonValue) => RuntimeValue;
};

/** The classes are those of values that the package itself makes. */
export function valueMaker(jinja: typeof jinjaPackage): ValueMaker {
  const scratch = new jinja.Environment();
  let made = 0;
  const classOf = <T>(example: unknown) => {
    made += 1;
    return scratch.set(`v${made}`, example).constructor as new (value: T) => RuntimeValue; // every value has the class that made it
  };
  const [Text, Integer, Float, Flag] = [classOf<string>(''), classOf<number>(0), classOf<number>(0.5), classOf<boolean>(true)];
  const [List, Members, Callable, None, Undefined] = [classOf<RuntimeValue[]>([]), classOf<Map<string, RuntimeValue>>({}), classOf<Callable>(() => null), classOf<null>(null), classOf<undefined>(undefined)];
  const data = (value: JsonValue): RuntimeValue => {
    if (value === null) return new None(null);
    if (typeof value === 'string') return new Text(value);
    if (typeof value === 'boolean') return new Flag(value);
    if (typeof value === 'number') return Number.isInteger(value) ? new Integer(value) : new Float(value);
    if (value instanceof JsonNumber) return exact(/^-?\d+$/u.test(value.raw) ? new Integer(Number(value.raw)) : new Float(Number(value.raw)), value.raw);
    if (Array.isArray(value)) return new List((value as readonly JsonValue[]).map(data));
    return new Members(new Map(Object.entries(value).flatMap(([key, member]) => (member === undefined ? [] : [[key, data(member)] as const]))));
  };
  type Named = new (value: Map<string, RuntimeValue>) => RuntimeValue;
  let Named: Named | undefined;
  scratch.setVariable('capture', new Callable(([given]) => {
    Named = given?.constructor as Named; // what the package makes of named arguments
    return new None(null);
  }));
  new jinja.Interpreter(scratch).run(jinja.parse(jinja.tokenize('{{ capture(a=1) }}')));
  return {
    named: (value) => new (Named ?? Members)(value),
    text: (value) => new Text(value),
    list: (value) => new List(value),
    object: (value) => new Members(value),
    callable: (value) => new Callable(value),
    none: () => new None(null),
    undefined: () => new Undefined(undefined),
    integer: (value) => new Integer(value),
    data,
  };
}

const literals = new WeakMap<RuntimeValue, string>();

/** A number that prints as it is written in the data: as Python, which templates are written for, would print it. */
function exact(value: RuntimeValue, raw: string): RuntimeValue {
  const text = /^-?\d+$/u.test(raw) ? raw : floatRepr(Number(raw));
  literals.set(value, text);
  return Object.assign(value, { toString: () => text });
}

/** A number as Python's `json.dumps` and `str` write it. */
export function numberText(value: RuntimeValue): string {
  const number = Number(value.value);
  return literals.get(value) ?? (value.type === 'FloatValue' ? floatRepr(number) : String(number));
}

export const isText = (value: RuntimeValue | undefined): value is RuntimeValue & { value: string } => value?.type === 'StringValue';
export const isInteger = (value: RuntimeValue | undefined): value is RuntimeValue & { value: number } => value?.type === 'IntegerValue';
export const isList = (value: RuntimeValue | undefined): value is RuntimeValue & { value: RuntimeValue[] } => value?.type === 'ArrayValue' || value?.type === 'TupleValue';
export const isMembers = (value: RuntimeValue | undefined): value is RuntimeValue & { value: Map<string, RuntimeValue> } =>
  value?.type === 'ObjectValue' || value?.type === 'KeywordArgumentsValue' || value?.type === 'NamespaceValue';
