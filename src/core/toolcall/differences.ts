import { JsonNumber, isJsonObject, type JsonObject, type JsonValue } from '../json/value.ts';
import { stringifyJson } from '../json/stringify.ts';
import type { ToolCall } from '../dataset/sample.ts';
import { valueKey } from './canonicalCall.ts';
import type { Difference, RawDifference } from './difference.ts';
import { nfc, sameName, sameValue } from './sameValue.ts';
import { severityOf } from './severity.ts';

export type Path = readonly (string | number)[];

/** All differences between two calls that were paired; empty exactly when the calls are equal. `index` is the label's. */
export function callDifferences(index: number, expected: ToolCall, got: ToolCall): Difference[] {
  return rawDifferences(index, expected, got).map(describe);
}

/** The same without words and severity, which cost more than all the rest: for weighing pairs against each other. */
export function rawDifferences(index: number, expected: ToolCall, got: ToolCall): RawDifference[] {
  const found: RawDifference[] = [];
  if (!sameName(expected.name, got.name)) {
    found.push({ kind: 'name', path: [index], expected: expected.name, got: got.name });
    // Arguments of a wholly other tool say nothing beyond that.
    if (!Object.keys(expected.arguments).some((key) => Object.hasOwn(got.arguments, key))) return found;
  }
  objectDifferences([index], expected.arguments, got.arguments, found);
  return found;
}

export function describe(found: RawDifference): Difference {
  return { ...found, severity: severityOf(found), message: message(found) };
}

function message({ kind, path, expected = null, got = null }: RawDifference): string {
  const where = showPath(path);
  switch (kind) {
    case 'name':
      return `calls ${show(got)}, expected ${show(expected)}`;
    case 'missing-argument':
      return `${where} is missing, expected ${show(expected)}`;
    case 'extra-argument':
      return `${where} is not expected, got ${show(got)}`;
    case 'type':
      return `${where} is ${jsonType(got)} ${show(got)}, expected ${jsonType(expected)} ${show(expected)}`;
    case 'order':
      return `${where} has its members in another order`;
    case 'value':
      return `${where} is ${show(got)}, expected ${show(expected)}`;
  }
}

function objectDifferences(path: Path, expected: JsonObject, got: JsonObject, found: RawDifference[]): void {
  const gotKeys = new Map(Object.keys(got).map((key) => [nfc(key), key]));
  for (const key of Object.keys(expected)) {
    const expectedValue = expected[key] ?? null;
    const folded = nfc(key);
    const gotKey = gotKeys.get(folded);
    const at = [...path, key];
    if (gotKey === undefined) {
      found.push({ kind: 'missing-argument', path: at, expected: expectedValue });
      continue;
    }
    gotKeys.delete(folded);
    valueDifferences(at, expectedValue, got[gotKey] ?? null, found);
  }
  for (const key of gotKeys.values()) found.push({ kind: 'extra-argument', path: [...path, key], got: got[key] ?? null });
}

/** Adds how two values differ, to the deepest part that does. */
export function valueDifferences(path: Path, expected: JsonValue, got: JsonValue, found: RawDifference[]): void {
  if (isJsonObject(expected) && isJsonObject(got)) objectDifferences(path, expected, got, found);
  else if (isJsonArray(expected) && isJsonArray(got) && expected.length === got.length) arrayDifferences(path, expected, got, found);
  else if (jsonType(expected) !== jsonType(got)) found.push({ kind: 'type', path, expected, got });
  // Only here are whole values compared: containers differ by their members, and comparing at every level would cost the square of the depth.
  else if (!sameValue(expected, got)) found.push({ kind: 'value', path, expected, got });
}

function arrayDifferences(path: Path, expected: readonly JsonValue[], got: readonly JsonValue[], found: RawDifference[]): void {
  const inside: RawDifference[] = [];
  expected.forEach((member, i) => valueDifferences([...path, i], member, got[i] ?? null, inside));
  if (inside.length > 1 && sameMembers(expected, got)) found.push({ kind: 'order', path, expected, got });
  else for (const difference of inside) found.push(difference);
}

function sameMembers(a: readonly JsonValue[], b: readonly JsonValue[]): boolean {
  const left = a.map(valueKey).sort();
  const right = b.map(valueKey).sort();
  return left.every((key, i) => key === right[i]);
}

export function isJsonArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** JSON's own type names; numbers are one type here, whole or not. */
export function jsonType(value: JsonValue): 'null' | 'boolean' | 'string' | 'number' | 'array' | 'object' {
  if (value === null) return 'null';
  if (value instanceof JsonNumber) return 'number';
  if (Array.isArray(value)) return 'array';
  const type = typeof value;
  return type === 'boolean' || type === 'string' || type === 'number' ? type : 'object';
}

const longestShown = 60;

/** A value as short JSON for a message. */
export function show(value: JsonValue): string {
  const text = stringifyJson(value);
  return text.length <= longestShown ? text : `${text.slice(0, longestShown - 1)}…`;
}

/** A path as it is spoken of, without the call. */
export function showPath(path: Path): string {
  return path.slice(1).reduce<string>((text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`), '');
}
