import { JsonNumber, isJsonObject, type JsonValue } from '../json/value.ts';
import { numberKey, valueKey } from '../toolcall/canonicalCall.ts';

/** The values that an `enum` or `const` allows, in a form that answers at once for strings and ordinary numbers. */
export type EnumSet = {
  readonly list: readonly JsonValue[];
  readonly strings: ReadonlySet<string>;
  readonly integers: ReadonlySet<number>;
  /** Keys of all the other members. */
  readonly keys: ReadonlySet<string>;
  readonly containers: readonly JsonValue[];
};

/** Strings agree after NFC, numbers by value, as in the comparer. */
export function enumSet(list: readonly JsonValue[]): EnumSet {
  const strings = new Set<string>();
  const integers = new Set<number>();
  const keys = new Set<string>();
  const containers: JsonValue[] = [];
  for (const member of list) {
    if (typeof member === 'string') strings.add(member).add(member.normalize('NFC'));
    else if (typeof member === 'object' && member !== null && !(member instanceof JsonNumber)) containers.push(member);
    else {
      const key = valueKey(member);
      const value = Number(key);
      if (typeof member !== 'boolean' && member !== null && Number.isSafeInteger(value)) integers.add(value);
      else keys.add(key);
    }
  }
  return { list, strings, integers, keys, containers };
}

export function isMember(allowed: EnumSet, value: JsonValue): boolean {
  if (typeof value === 'string') return allowed.strings.has(value) || (allowed.strings.size > 0 && allowed.strings.has(value.normalize('NFC')));
  if (typeof value === 'number' && Number.isSafeInteger(value)) return allowed.integers.has(value);
  if (value === null || typeof value === 'boolean') return allowed.keys.has(String(value));
  if (typeof value === 'number' || value instanceof JsonNumber) {
    const key = numberKey(value);
    return allowed.keys.has(key) || (/^-?\d+$/.test(key) && allowed.integers.has(Number(key)) && Number.isSafeInteger(Number(key)));
  }
  return allowed.containers.some((member) => isSame(member, value, 0));
}

const deepest = 128;

/** Equality as the comparer has it, on as much of the second value as the first one has. */
export function isSame(a: JsonValue, b: JsonValue, depth: number): boolean {
  if (typeof a !== 'object' || a === null || a instanceof JsonNumber) return (typeof b !== 'object' || b === null || b instanceof JsonNumber) && valueKey(a) === valueKey(b);
  if (typeof b !== 'object' || b === null || b instanceof JsonNumber || depth > deepest) return false;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && (a as readonly JsonValue[]).every((member, i) => isSame(member, (b as readonly JsonValue[])[i] ?? null, depth + 1));
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && isSame(a[name] ?? null, b[name] ?? null, depth + 1));
}

/** Whether an array holds a value twice. Values nested too deep to be told apart count as different. */
export function hasDoubles(values: readonly JsonValue[]): boolean {
  const seen = new Set<string>();
  for (const value of values) {
    if (!isShallow(value, 0)) continue;
    const key = valueKey(value);
    if (seen.has(key)) return true;
    seen.add(key);
  }
  return false;
}

/** Whether a value nests little enough for functions that recurse over it. */
export function isShallow(value: JsonValue, depth: number): boolean {
  if (typeof value !== 'object' || value === null || value instanceof JsonNumber) return true;
  if (depth >= deepest) return false;
  if (Array.isArray(value)) return (value as readonly JsonValue[]).every((member) => isShallow(member, depth + 1));
  return isJsonObject(value) && Object.keys(value).every((name) => isShallow(value[name] ?? null, depth + 1));
}
