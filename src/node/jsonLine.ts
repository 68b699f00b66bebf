import type { JsonValue } from '../core/json/value.ts';
import { parseJson } from '../core/json/parse.ts';

// Numbers that JSON.parse may change, where a number can stand: trailing zeros, exponents, long integers, negative zero.
// What follows a number tells most text (times, hashes) from it.
const changed = /[:,[]\s*-?(?:\d+\.\d*0|\d+(?:\.\d+)?[eE][+-]?\d+|\d{16,}|(?<=-)0)(?=\s*[,\]}])/;
// Long fractions are common (perplexities), and mostly what JavaScript itself wrote: these are looked at one by one.
const longFraction = /[:,[]\s*-?(\d+\.\d{15,})/g;

/**
 * Reads one line of our own JSONL, losslessly. JSON.parse, several times faster, is taken where no number of the
 * line can be changed by it; text that only looks like such a number costs time, not correctness.
 */
export function parseLine(line: string): { readonly ok: true; readonly value: JsonValue } | { readonly ok: false; readonly message: string } {
  if (changed.test(line) || !hasExactFractions(line)) return parseJson(line);
  try {
    // JSON.parse returns exactly the JSON values, and keeps `__proto__` as an own key.
    return { ok: true, value: JSON.parse(line) as JsonValue };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

function hasExactFractions(line: string): boolean {
  for (const [, literal = ''] of line.matchAll(longFraction)) if (String(Number(literal)) !== literal) return false;
  return true;
}
