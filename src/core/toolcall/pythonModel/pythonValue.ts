import { losslessNumber } from '../../json/parse.ts';
import { JsonNumber, type JsonObject, type JsonValue } from '../../json/value.ts';
import { strip } from './pythonText.ts';

export type PythonType = 'NoneType' | 'bool' | 'int' | 'float' | 'str' | 'list' | 'dict';

/** `type(value).__name__` of what `json.loads` makes of the same text: a literal with a point or an exponent is a float. */
export function pythonType(value: JsonValue): PythonType {
  switch (typeof value) {
    case 'string':
      return 'str';
    case 'boolean':
      return 'bool';
    case 'number':
      return isWholeLiteral(value) ? 'int' : 'float';
    default:
      if (value === null) return 'NoneType';
      if (value instanceof JsonNumber) return floatLiteral.test(value.raw) ? 'float' : 'int';
      return Array.isArray(value) ? 'list' : 'dict';
  }
}

const floatLiteral = /[.eE]/;

/** Whether JavaScript writes the number as an integer, so that its literal was one. Infinity and NaN are floats. */
function isWholeLiteral(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) < 1e21;
}

/** A Python float as a JSON value: its literal has a point or an exponent. NaN and the infinities stay plain numbers. */
export function pythonFloat(value: number): number | JsonNumber {
  return isWholeLiteral(value) ? new JsonNumber(`${Object.is(value, -0) ? '-0' : value}.0`) : value;
}

/** Python's `==`: `True == 1 == 1.0`, integers exact at any size, an integer meets a float by its exact value. */
export function pythonEquals(a: JsonValue, b: JsonValue): boolean {
  if (typeof a === 'string' || typeof b === 'string' || a === null || b === null) return a === b;
  const left = numeric(a);
  if (left !== undefined) {
    const right = numeric(b);
    return right !== undefined && sameNumber(left, right);
  }
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, i) => pythonEquals(item, b[i] ?? null));
  if (isList(b) || numeric(b) !== undefined) return false;
  return sameDict(a as JsonObject, b as JsonObject); // Neither is a string, a number, null or a list.
}

function sameDict(a: JsonObject, b: JsonObject): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && pythonEquals(a[key] ?? null, b[key] ?? null));
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** The value of a number or boolean; integers that a double may not hold as bigint; undefined for everything else. */
export function numeric(value: JsonValue): number | bigint | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) || !isWholeLiteral(value) ? value : BigInt(String(value));
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (!(value instanceof JsonNumber)) return undefined;
  const double = Number(value.raw);
  if (floatLiteral.test(value.raw) || Number.isSafeInteger(double)) return double;
  return BigInt(value.raw);
}

export function sameNumber(a: number | bigint, b: number | bigint): boolean {
  if (typeof a === typeof b) return a === b;
  const [whole, double] = typeof a === 'bigint' ? [a, Number(b)] : [BigInt(b), Number(a)];
  return Number.isInteger(double) && BigInt(double) === whole;
}

const integerText = /^[+-]?\d+(?:_\d+)*$/;
const floatText = /^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+(?:_\d+)*)?$/;
const namedFloat = /^([+-]?)(inf|infinity|nan)$/i;
/** Python refuses longer ones. */
const mostDigits = 4300;

/** `int(text)`; undefined where Python raises ValueError. */
export function parsePythonInt(text: string): number | JsonNumber | undefined {
  const plain = asciiDigits(strip(text));
  if (!integerText.test(plain)) return undefined;
  const digits = plain.replace(/_/g, '');
  if (digits.length > mostDigits + 1) return undefined;
  return losslessNumber(String(BigInt(digits.replace(/^[+-]/, '')) * (digits.startsWith('-') ? -1n : 1n)));
}

/** `float(text)`; undefined where Python raises ValueError. */
export function parsePythonFloat(text: string): number | JsonNumber | undefined {
  const plain = asciiDigits(strip(text));
  const named = namedFloat.exec(plain);
  if (named !== null) return named[2]?.toLowerCase() === 'nan' ? NaN : named[1] === '-' ? -Infinity : Infinity;
  return floatText.test(plain) ? pythonFloat(Number(plain.replace(/_/g, ''))) : undefined;
}

/** Python reads the decimal digits of every script. They stand in runs of ten, from zero on. */
function asciiDigits(text: string): string {
  return text.replace(/(?!\d)\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0;
    let zero = code;
    while (/^\p{Nd}$/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
    return String((code - zero) % 10);
  });
}
