import { parseJson } from '../json/parse.ts';
import type { JsonValue } from '../json/value.ts';

/** Splits at a separator that stands outside of brackets and quotes; the parts are trimmed. */
export function splitTop(text: string, separator: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  let quote = '';
  for (let i = 0; i < text.length; i += 1) {
    const character = text.charAt(i);
    if (quote !== '') {
      if (character === '\\') i += 1;
      else if (character === quote) quote = '';
    } else if (character === '"' || (character === "'" && !/\w/.test(text.charAt(i - 1)))) quote = character;
    else if ('[<({'.includes(character)) depth += 1;
    else if (']>)}'.includes(character)) depth -= 1;
    else if (character === separator && depth === 0) {
      parts.push(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  return [...parts, text.slice(start).trim()];
}

const pythonWords: ReadonlyMap<string, JsonValue> = new Map<string, JsonValue>([['True', true], ['False', false], ['None', null], ['true', true], ['false', false], ['null', null]]);

/** The value of a quoted text, number or constant as Python, TypeScript or JSON writes it; undefined for anything else. */
export function literalOf(text: string): JsonValue | undefined {
  const trimmed = text.trim();
  const word = pythonWords.get(trimmed);
  if (word !== undefined) return word;
  if (/^-?\d/.test(trimmed) || /^"[^]*"$/.test(trimmed)) {
    const parsed = parseJson(trimmed);
    return parsed.ok ? parsed.value : undefined;
  }
  const quoted = /^(['"`])([^]*)\1$/.exec(trimmed);
  return quoted === null || trimmed.length < 2 ? undefined : (quoted[2] ?? '').replaceAll(/\\(['"\\])/g, '$1');
}

/** The same, and the text itself where it is no literal. */
export function literalOr(text: string): JsonValue {
  const value = literalOf(text);
  return value === undefined ? text : value;
}

/**
 * The members of a list that somebody wrote as text: JSON, `['a', 'b']`, `[a, b]`, `a, b`, `a | b`; undefined where the text
 * is no list of at least two members (one is enough in brackets).
 */
export function listInText(text: string): readonly JsonValue[] | undefined {
  const trimmed = text.trim();
  const bracketed = /^[[({]([^]*)[\])}]$/.exec(trimmed);
  if (bracketed !== null) {
    const parsed = parseJson(trimmed);
    if (parsed.ok) return Array.isArray(parsed.value) ? (parsed.value as readonly JsonValue[]) : undefined;
  }
  const inner = bracketed?.[1] ?? trimmed;
  const separator = splitTop(inner, '|').length > 1 ? '|' : ',';
  const parts = splitTop(inner, separator).filter((part) => part !== '');
  if (parts.length === 0 || (bracketed === null && parts.length < 2)) return undefined;
  return parts.map((part) => literalOr(part));
}
