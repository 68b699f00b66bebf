import { JsonNumber, type JsonValue } from './value.ts';
import { parseNatively } from './fastParse.ts';
import { depthLimit, scanJson, type JsonBuilder, type ScanFailure } from './scanner.ts';

export type ParsedJson = { readonly ok: true; readonly value: JsonValue; readonly warnings: readonly string[] } | ScanFailure;

/**
 * Reads a whole text as one JSON value. Numbers are lossless (see `JsonNumber`), of a doubled key the last one counts (with a
 * warning), `NaN` and `Infinity` are refused, nesting beyond `maxDepth` (512) is refused. Objects have the ordinary prototype
 * or none: `__proto__` and `constructor` are own keys where the text has them, so look keys of data up with `Object.hasOwn`.
 * Keys stand in the order of the text, but for keys like `1`, which every JavaScript object has first (a tree keeps those too).
 * A text of ordinary JSON costs little more than `JSON.parse`.
 */
export function parseJson(text: string, options: { readonly maxDepth?: number } = {}): ParsedJson {
  const value = parseNatively(text, depthLimit(options.maxDepth));
  return value === undefined ? parseByScanner(text, options) : { ok: true, value, warnings: noWarnings };
}

/** The same, slower, without the platform's parser: what `parseJson` has to agree with. Its objects have no prototype. */
export function parseByScanner(text: string, options: { readonly maxDepth?: number } = {}): ParsedJson {
  const scanned = scanJson(text, valueBuilder, { maxDepth: options.maxDepth });
  return scanned.ok ? { ok: true, value: scanned.value, warnings: scanned.warnings } : scanned;
}

const noWarnings: readonly string[] = [];

/** The number itself when its text survives the trip through a JavaScript number, else the literal. */
export function losslessNumber(raw: string): number | JsonNumber {
  const value = Number(raw);
  return String(value) === raw ? value : new JsonNumber(raw);
}

/** Makes an object without a prototype, in which `__proto__` is a key like any other; later members win. */
export function objectOf(members: Iterable<readonly [string, JsonValue]>): { [key: string]: JsonValue } {
  // Object.create gives `any`; an object without members fits the type.
  const object = Object.create(null) as { [key: string]: JsonValue };
  for (const [key, value] of members) object[key] = value;
  return object;
}

const valueBuilder: JsonBuilder<JsonValue, readonly [string, JsonValue]> = {
  string: (_start, _end, value) => value,
  number: (_start, _end, raw) => losslessNumber(raw),
  literal: (_start, _end, value) => value,
  array: (_start, _end, items) => items,
  member: (key, _keyStart, _keyEnd, value) => [key, value],
  object: (_start, _end, members) => objectOf(members),
};
