import type { JsonObject, JsonValue } from '../json/value.ts';

/**
 * A member of an object from any parser; undefined where there is none. Several times as fast as `Object.hasOwn`: what an
 * ordinary object inherits is a function, which is no JSON, or `__proto__`, which is asked for apart.
 */
export function ownMember(object: JsonObject, key: string): JsonValue | undefined {
  const value: JsonValue | undefined = object[key];
  if (typeof value === 'function' || (key === '__proto__' && !Object.hasOwn(object, key))) return undefined;
  return value;
}
