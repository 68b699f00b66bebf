import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.ts';
import { objectOf, parseJson } from '../json/parse.ts';
import type { ToolCall } from '../dataset/sample.ts';

/** `strict`: a call without an `arguments` object is invalid; `lenient`: missing, null, `[]` and `""` mean no arguments. */
export type EmptyArguments = 'strict' | 'lenient';

export type ReadCall = { readonly ok: true; readonly call: ToolCall; readonly warnings: readonly string[] } | { readonly ok: false; readonly message: string };

/**
 * A call in any of its shapes: `{name, arguments}`, `{name, parameters}`, OpenAI's `{type, function: {...}}`, arguments as
 * an object or as JSON text, one level. Further envelope keys (`id`, `type`) carry no meaning and are dropped.
 */
export function readCall(value: JsonValue, empty: EmptyArguments = 'strict'): ReadCall {
  if (!isJsonObject(value)) return { ok: false, message: 'a call has to be a JSON object' };
  const inner = value['function'];
  const call = value['name'] === undefined && inner !== undefined && isJsonObject(inner) ? inner : value;
  const name = call['name'];
  if (typeof name !== 'string' || name.trim() === '') return { ok: false, message: 'the call has no name' };
  const given = call['arguments'] === undefined ? call['parameters'] : call['arguments'];
  const read = readArguments(given, empty);
  return read.ok ? { ok: true, call: { name: name.trim(), arguments: read.value }, warnings: read.warnings } : read;
}

type ReadArguments = { readonly ok: true; readonly value: JsonObject; readonly warnings: readonly string[] } | { readonly ok: false; readonly message: string };

/** Arguments that a server or a dataset gives as text. A text of nothing but blanks is how some servers write "none". */
export function readArgumentText(text: string, empty: EmptyArguments): ReadArguments {
  if (text.trim() === '' && empty === 'lenient') return { ok: true, value: objectOf([]), warnings: [] };
  const parsed = parseJson(text);
  if (!parsed.ok) return { ok: false, message: `the arguments are not JSON: ${parsed.message}` };
  if (!isJsonObject(parsed.value)) return readArguments(typeof parsed.value === 'string' ? undefined : parsed.value, empty);
  return { ok: true, value: parsed.value, warnings: parsed.warnings };
}

function readArguments(value: JsonValue | undefined, empty: EmptyArguments): ReadArguments {
  if (typeof value === 'string') return readArgumentText(value, empty);
  if (value !== undefined && isJsonObject(value)) return { ok: true, value, warnings: [] };
  const nothing = value === undefined || value === null || (Array.isArray(value) && value.length === 0);
  if (nothing && empty === 'lenient') return { ok: true, value: objectOf([]), warnings: ['the call has no arguments object'] };
  return { ok: false, message: value === undefined ? 'the call has no arguments object' : 'the arguments have to be a JSON object' };
}

/** Whether a JSON value is plainly a call even without tags around it: a name with an arguments object or text. */
export function looksLikeCall(value: JsonValue): boolean {
  if (!isJsonObject(value)) return false;
  const inner = value['function'];
  if (value['name'] === undefined && inner !== undefined) return looksLikeCall(inner);
  const given = value['arguments'] ?? value['parameters'];
  return typeof value['name'] === 'string' && given !== undefined && (typeof given === 'string' || isJsonObject(given));
}
