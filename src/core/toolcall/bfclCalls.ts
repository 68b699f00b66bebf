import type { ToolCall } from '../dataset/sample.ts';
import { isJsonObject, JsonNumber, type JsonValue } from '../json/value.ts';
import { objectOf } from '../json/parse.ts';
import { parsePythonExpression } from './python/pythonParser.ts';
import { pythonToJson, PythonValueError, resolveCall } from './python/pythonValue.ts';

export type DecodedCalls = { readonly ok: true; readonly calls: readonly ToolCall[]; readonly warnings: readonly string[] } | { readonly ok: false; readonly message: string };

/**
 * The calls that BFCL reads from a model's text (`default_decode_ast_prompting`, Python 3.11): blanks, line breaks and
 * backticks around it go, missing brackets are added, and the rest has to be a list of Python calls. Values as the reference
 * evaluates them: names and calls without keywords are their text, sums are calculated, arguments without a name are dropped.
 */
export function decodeBfclCalls(text: string): DecodedCalls {
  const parsed = parsePythonExpression(bracketed(text));
  if (!parsed.ok) return { ok: false, message: parsed.message };
  if (parsed.expression.kind !== 'list') return { ok: false, message: 'the text is no list of calls' };
  try {
    const calls: ToolCall[] = [];
    for (const item of parsed.expression.items) {
      if (item.kind !== 'call') return { ok: false, message: 'the list holds something other than calls' };
      const call = resolveCall(item);
      const args = pythonToJson(call.arguments);
      calls.push({ name: call.name, arguments: isJsonObject(args) ? args : objectOf([]) });
    }
    return { ok: true, calls, warnings: [] };
  } catch (error) {
    // Trees too deep for the stack, and numbers and texts too big, are errors in the reference as well.
    if (error instanceof PythonValueError || error instanceof RangeError) return { ok: false, message: error.message };
    throw error;
  }
}

function bracketed(text: string): string {
  const stripped = withoutFence(text);
  const opened = stripped.startsWith('[') ? stripped : `[${stripped}`;
  return opened.endsWith(']') ? opened : `${opened}]`;
}

function withoutFence(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && '`\n '.includes(text[start] ?? 'x')) start += 1;
  while (end > start && '`\n '.includes(text[end - 1] ?? 'x')) end -= 1;
  return text.slice(start, end);
}

/** A row of the published parse vectors, as the project's JSON reader gives it. */
export type PythonParseRow = { readonly text: string; readonly parsed_ok: boolean; readonly calls: JsonValue };

/** Whether the decoder agrees with a row: on whether the text can be parsed, and on every call, integers and fractions apart. */
export function pythonParseParity(row: PythonParseRow): boolean {
  const decoded = decodeBfclCalls(row.text);
  if (decoded.ok !== row.parsed_ok) return false;
  return !decoded.ok || sameValue(decoded.calls.map((call) => objectOf([[call.name, call.arguments]])), row.calls);
}

function sameValue(a: JsonValue, b: JsonValue): boolean {
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item: JsonValue, index) => sameValue(item, (b as readonly JsonValue[])[index] ?? null));
  if (a instanceof JsonNumber || b instanceof JsonNumber) return a instanceof JsonNumber && b instanceof JsonNumber && a.raw === b.raw;
  if (!isJsonObject(a) || !isJsonObject(b)) return a === b;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameValue(a[key] ?? null, b[key] ?? null));
}
