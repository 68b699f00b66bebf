import { JsonNumber, isJsonObject, type JsonValue } from '../../json/value.ts';
import { scalarsOf } from '../argumentChoices.ts';
import { fold, lettersOf, wordsOf, type RequestText } from './requestText.ts';

/** Whether a request names a value: every number and text of it, in any of their common forms. Booleans are never named. */
export function isSaid(value: JsonValue, request: RequestText): boolean {
  if (isJsonObject(value)) return Object.values(value).every((member) => isSaid(member, request));
  const scalars = scalarsOf(value);
  return scalars.length > 0 && scalars.every((scalar) => isScalarSaid(scalar, request));
}

function isScalarSaid(value: JsonValue, request: RequestText): boolean {
  if (typeof value === 'number' || value instanceof JsonNumber) return request.saysNumber(Number(value));
  return typeof value === 'string' && value !== '' && isTextSaid(value, request);
}

/** The text itself, its letters alone, or each of its words. */
export function isTextSaid(text: string, request: RequestText): boolean {
  const folded = fold(text);
  if (request.folded.includes(folded)) return true;
  const letters = lettersOf(folded);
  if (letters.length > 2 && request.saysLetters(letters)) return true;
  const words = wordsOf(text);
  return words.length > 0 && words.every((word) => isWordSaid(word, request));
}

export function isWordSaid(word: string, request: RequestText): boolean {
  return /^\d+$/.test(word) ? request.saysNumber(Number(word)) : request.saysWord(word);
}
