import * as z from 'zod';

/**
 * A JSON number whose text does not survive a trip through a JavaScript number: `5.0`, `1e3`, integers beyond 2^53.
 * `raw` is the literal as written; every other number is a plain `number`.
 */
export class JsonNumber {
  constructor(readonly raw: string) {}

  valueOf(): number {
    return Number(this.raw);
  }

  toString(): string {
    return this.raw;
  }

  /** Lets a plain `JSON.stringify` at least write a number; `stringifyJson` writes the exact literal. */
  toJSON(): number {
    return Number(this.raw);
  }
}

/** Objects have the ordinary prototype or none, and `__proto__` as an own key where the data has it: look up keys of data with `Object.hasOwn`. */
export type JsonObject = { readonly [key: string]: JsonValue };
export type JsonValue = null | boolean | string | number | JsonNumber | readonly JsonValue[] | JsonObject;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber);
}

/** Values come from our own parser or are built in code, so the schema checks only the outer shape. */
export const jsonObjectSchema = z.custom<JsonObject>(isJsonObject, 'expected a JSON object');
export const jsonValueSchema = z.custom<JsonValue>((v) => v !== undefined, 'expected a JSON value');
