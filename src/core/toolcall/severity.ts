import { JsonNumber, type JsonValue } from '../json/value.ts';
import type { Difference, RawDifference } from './difference.ts';
import { numberKey } from './canonicalCall.ts';

/** `warning` for differences of form only; see `differenceSeverities`. */
export function severityOf(found: RawDifference): Difference['severity'] {
  return isOfForm(found) ? 'warning' : 'error';
}

function isOfForm({ kind, expected, got }: RawDifference): boolean {
  switch (kind) {
    case 'order':
      return true;
    case 'value':
      return typeof expected === 'string' && typeof got === 'string' && sameLooseText(expected, got);
    case 'type':
      return expected !== undefined && got !== undefined && (sameScalarText(expected, got) || sameScalarText(got, expected));
    case 'missing-argument':
      return expected === null;
    case 'extra-argument':
      return got === null;
    case 'name':
      return false;
  }
}

function sameLooseText(a: string, b: string): boolean {
  const text = looseText(a);
  return text !== '' && text === looseText(b);
}

/** Letters and digits of any script, in lower case. */
function looseText(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

/** `"5"` for 5, `"true"` for true. */
function sameScalarText(text: JsonValue, value: JsonValue): boolean {
  if (typeof text !== 'string') return false;
  if (typeof value === 'boolean') return text.trim().toLowerCase() === String(value);
  const number = numberOfText(text);
  return number !== undefined && (typeof value === 'number' || value instanceof JsonNumber) && numberKey(number) === numberKey(value);
}

const numberText = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** The number that a text is, lossless; undefined for every other text. */
export function numberOfText(text: string): JsonNumber | undefined {
  const trimmed = text.trim();
  return numberText.test(trimmed) ? new JsonNumber(trimmed) : undefined;
}
