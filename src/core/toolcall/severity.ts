import { JsonNumber, type JsonValue } from '../json/value.ts';
import type { Difference, FoundDifference } from './difference.ts';
import { numberKey } from './canonicalCall.ts';

/** Whether a difference is one of form only; see `differenceSeverities`. */
export function withSeverity(found: FoundDifference): Difference {
  return { ...found, severity: isOfForm(found) ? 'warning' : 'error' };
}

function isOfForm({ kind, expected, got }: FoundDifference): boolean {
  switch (kind) {
    case 'order':
      return true;
    case 'value':
      return typeof expected === 'string' && typeof got === 'string' && looseText(expected) === looseText(got) && looseText(got) !== '';
    case 'type':
      return expected !== undefined && got !== undefined && (sameScalarText(expected, got) || sameScalarText(got, expected));
    case 'missing-argument':
      return expected === null;
    case 'extra-argument':
      return got === null;
    default:
      return false;
  }
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
