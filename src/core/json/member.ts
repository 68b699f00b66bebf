import { isJsonObject, type JsonObject, type JsonValue } from './value.ts';

/** The member of an object that has it as its own; undefined for anything else. Safe for keys like `constructor` and `__proto__`. */
export function member(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return value !== undefined && isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

export function textMember(value: JsonValue | undefined, key: string): string | undefined {
  const found = member(value, key);
  return typeof found === 'string' ? found : undefined;
}

export function listMember(value: JsonValue | undefined, key: string): readonly JsonValue[] | undefined {
  const found = member(value, key);
  return isJsonArray(found) ? found : undefined;
}

export function objectMember(value: JsonValue | undefined, key: string): JsonObject | undefined {
  const found = member(value, key);
  return found !== undefined && isJsonObject(found) ? found : undefined;
}

/** Array.isArray does not narrow readonly arrays. */
export function isJsonArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}
