import { JsonNumber, isJsonObject, type JsonObject, type JsonValue } from '../json/value.ts';
import { stringifyJson } from '../json/stringify.ts';
import type { ToolCall } from '../dataset/sample.ts';
import { valueKey } from './canonicalCall.ts';
import type { Difference, FoundDifference } from './difference.ts';
import { sameName, sameValue } from './sameValue.ts';
import { withSeverity } from './severity.ts';

export type Path = readonly (string | number)[];

/** All differences between two calls that were paired; empty exactly when their keys are equal. `index` is the label's. */
export function callDifferences(index: number, expected: ToolCall, got: ToolCall): Difference[] {
  const found: Difference[] = [];
  if (!sameName(expected.name, got.name)) {
    found.push(withSeverity({ kind: 'name', path: [index], expected: expected.name, got: got.name, message: `calls ${show(got.name)}, expected ${show(expected.name)}` }));
    // Arguments of a wholly other tool say nothing beyond that.
    if (!Object.keys(expected.arguments).some((key) => Object.hasOwn(got.arguments, key))) return found;
  }
  objectDifferences([index], expected.arguments, got.arguments, found);
  return found;
}

function objectDifferences(path: Path, expected: JsonObject, got: JsonObject, found: Difference[]): void {
  const gotKeys = new Map(Object.keys(got).map((key) => [key.normalize('NFC'), key]));
  for (const key of Object.keys(expected)) {
    const expectedValue = expected[key] ?? null;
    const gotKey = gotKeys.get(key.normalize('NFC'));
    const at = [...path, key];
    if (gotKey === undefined) {
      found.push(withSeverity({ kind: 'missing-argument', path: at, expected: expectedValue, message: `${showPath(at)} is missing, expected ${show(expectedValue)}` }));
      continue;
    }
    gotKeys.delete(key.normalize('NFC'));
    valueDifferences(at, expectedValue, got[gotKey] ?? null, found);
  }
  for (const key of gotKeys.values()) {
    const at = [...path, key];
    const value = got[key] ?? null;
    found.push(withSeverity({ kind: 'extra-argument', path: at, got: value, message: `${showPath(at)} is not expected, got ${show(value)}` }));
  }
}

/** Adds how two values differ, to the deepest part that does. */
export function valueDifferences(path: Path, expected: JsonValue, got: JsonValue, found: Difference[]): void {
  const expectedType = jsonType(expected);
  const gotType = jsonType(got);
  if (expectedType !== gotType) {
    found.push(withSeverity({ kind: 'type', path, expected, got, message: `${showPath(path)} is ${gotType} ${show(got)}, expected ${expectedType} ${show(expected)}` }));
    return;
  }
  if (isJsonObject(expected) && isJsonObject(got)) {
    objectDifferences(path, expected, got, found);
    return;
  }
  if (isJsonArray(expected) && isJsonArray(got) && expected.length === got.length) {
    arrayDifferences(path, expected, got, found);
    return;
  }
  // Only here are whole values compared: containers differ by their members, and comparing at every level would cost the square of the depth.
  if (sameValue(expected, got)) return;
  found.push(withSeverity({ kind: 'value', path, expected, got, message: `${showPath(path)} is ${show(got)}, expected ${show(expected)}` }));
}

function arrayDifferences(path: Path, expected: readonly JsonValue[], got: readonly JsonValue[], found: Difference[]): void {
  const inside: Difference[] = [];
  expected.forEach((member, i) => valueDifferences([...path, i], member, got[i] ?? null, inside));
  if (inside.length > 1 && sameMembers(expected, got)) found.push(withSeverity({ kind: 'order', path, expected, got, message: `${showPath(path)} has its members in another order` }));
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
