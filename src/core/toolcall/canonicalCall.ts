import { JsonNumber, isJsonObject, type JsonValue } from '../json/value.ts';
import type { ToolCall } from '../dataset/sample.ts';

const literal = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/**
 * One text per numeric value: `1`, `1.0`, `10e-1` agree; integers are exact at any size, fractions agree when they are the
 * same double (that is what a tool receives). Fractions are marked, so that none meets an integer by rounding.
 */
export function numberKey(value: number | JsonNumber): string {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value === 0 ? 0 : value);
  const match = literal.exec(String(value));
  if (match === null) return `?${String(value)}`;
  const [, sign = '', whole = '', fraction = '', exponentText = '0'] = match;
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/(?<!0)0+$/, '');
  if (significant === '') return '0';
  // BigInt, because the exponent is as long as whoever wrote the file liked.
  const exponent = BigInt(exponentText) - BigInt(fraction.length) + BigInt(digits.length - significant.length);
  if (exponent >= 0n) return exponent <= 400n ? sign + significant + '0'.repeat(Number(exponent)) : `${sign}${significant}e${exponent}`;
  const double = Number(value);
  return Number.isFinite(double) && double !== 0 ? `~${double}` : `~${sign}${significant}e${exponent}`;
}

/**
 * Text that is equal for two values exactly when the comparer holds them equal (looptool-spec.md 9.1, column TS): object
 * keys in any order, arrays in order, strings and keys after NFC, numbers by value, booleans never numbers.
 */
export function valueKey(value: JsonValue): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return stringKey(value);
  if (typeof value === 'number' || value instanceof JsonNumber) return numberKey(value);
  if (isJsonObject(value)) {
    const members = Object.keys(value).map((key) => `${stringKey(key)}:${valueKey(value[key] ?? null)}`);
    return `{${members.sort().join(',')}}`;
  }
  return `[${value.map(valueKey).join(',')}]`;
}

function stringKey(text: string): string {
  return JSON.stringify(text.normalize('NFC'));
}

/** Names differ by case and are trimmed only. */
export function nameKey(name: string): string {
  return name.trim().normalize('NFC');
}

/** A label is compared with every rollout of its group, so keys are kept for as long as the call lives. */
const keys = new WeakMap<ToolCall, string>();

export function callKey(call: ToolCall): string {
  const known = keys.get(call);
  if (known !== undefined) return known;
  const key = `${JSON.stringify(nameKey(call.name))}${valueKey(call.arguments)}`;
  keys.set(call, key);
  return key;
}
