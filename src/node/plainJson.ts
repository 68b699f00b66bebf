import { objectOf } from '../core/json/parse.ts';
import type { JsonValue } from '../core/json/value.ts';

/** Rows and entries are JSON values by their schemas, apart from optional keys that are present and undefined. */
export function plainJson(value: unknown): JsonValue {
  if (Array.isArray(value)) return value.map(plainJson);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) === null) return value as JsonValue; // a scalar, or a parsed value as it came
  if (Object.getPrototypeOf(value) !== Object.prototype) return value as JsonValue; // JsonNumber
  const members: [string, JsonValue][] = [];
  for (const [key, member] of Object.entries(value)) if (member !== undefined) members.push([key, plainJson(member)]);
  return objectOf(members);
}
