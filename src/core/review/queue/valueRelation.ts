import { JsonNumber, type JsonValue } from '../../json/value.ts';
import { jsonType } from '../../toolcall/differences.ts';

const longestWord = 24;
const longestMask = 32;

/**
 * How two unequal values of one type are related, in a word that is the same for pairs that a person rules on alike: `case`,
 * `form`, `longer`, `shorter` and `word order` of strings, the masks of formats (`9999-99-99 -> a 9, 9999`), powers of ten
 * between numbers, lengths of arrays. Short words and booleans, members of an enum as a rule, are told by the pair itself.
 */
export function valueRelation(expected: JsonValue, got: JsonValue): string {
  if (typeof expected === 'boolean' || typeof got === 'boolean') return pairOf(expected, got);
  if (typeof expected === 'string' && typeof got === 'string') return textRelation(expected, got);
  if (jsonType(expected) === 'number' && jsonType(got) === 'number') return numberRelation(numberOf(expected), numberOf(got));
  if (Array.isArray(expected) && Array.isArray(got)) return got.length > expected.length ? 'more members' : got.length < expected.length ? 'fewer members' : 'other members';
  return 'other';
}

/** How a value of another type is related: `same text` where only the quotes differ. */
export function typeRelation(expected: JsonValue, got: JsonValue): string {
  const types = `${jsonType(expected)} -> ${jsonType(got)}`;
  const [left, right] = [plainText(expected), plainText(got)];
  return left !== undefined && left === right ? `${types} of the same text` : types;
}

/** A value that stands alone: itself where it is one of few (`true`, `null`, `"celsius"`, 10, nothing), else its type. */
export function valueClass(value: JsonValue | undefined): string {
  if (value === undefined) return '';
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return value === '' || (isWord(value) && (value === value.toLowerCase() || value === value.toUpperCase())) ? JSON.stringify(value) : 'string';
  if (Array.isArray(value)) return value.length === 0 ? '[]' : 'array';
  const type = jsonType(value);
  if (type === 'number') return Number.isInteger(numberOf(value)) && Math.abs(numberOf(value)) <= 1000 ? String(numberOf(value)) : 'number';
  return Object.keys(value).length === 0 ? '{}' : type;
}

function textRelation(expected: string, got: string): string {
  if (expected === '' || got === '') return expected === '' ? `"" -> ${valueClass(got)}` : `${valueClass(expected)} -> ""`;
  // Beyond this nobody sees at a glance that two texts say the same, and folding megabytes would cost more than it tells.
  if (expected.length > 1000 || got.length > 1000) return 'other text';
  const [left, right] = [expected.toLowerCase(), got.toLowerCase()];
  if (left === right) return 'case';
  const [leftWords, rightWords] = [wordsOf(left), wordsOf(right)];
  const [leftText, rightText] = [leftWords.join(' '), rightWords.join(' ')];
  if (leftText === rightText || leftWords.join('') === rightWords.join('')) return 'form';
  if (` ${rightText} `.includes(` ${leftText} `)) return 'longer';
  if (` ${leftText} `.includes(` ${rightText} `)) return 'shorter';
  if ([...leftWords].sort().join(' ') === [...rightWords].sort().join(' ')) return 'word order';
  if (isWord(expected) && isWord(got)) return pairOf(expected, got);
  return maskPair(expected, got) ?? 'other text';
}

function wordsOf(text: string): string[] {
  return text.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
}

/** A word without digits: what a person would take for a member of an enum, or for a name. */
function isWord(text: string): boolean {
  return text.length <= longestWord && /^[\p{L}_.\-/]+$/u.test(text);
}

/** Dates, times, phone numbers, codes: the formats, where there are digits on both sides and the formats differ. */
function maskPair(expected: string, got: string): string | undefined {
  if (expected.length > longestMask || got.length > longestMask || !/\d/.test(expected) || !/\d/.test(got)) return undefined;
  const [left, right] = [maskOf(expected), maskOf(got)];
  return left === right ? `other ${left}` : `${left} -> ${right}`;
}

function maskOf(text: string): string {
  return text.replace(/\p{L}+/gu, 'a').replace(/\d/g, '9');
}

function numberRelation(expected: number, got: number): string {
  if (got === -expected) return 'negated';
  if (got - expected === 1 || got - expected === -1) return got > expected ? 'one more' : 'one less';
  const power = Math.log10(got / expected);
  if (Number.isFinite(power) && Math.abs(power - Math.round(power)) < 1e-9 && Math.round(power) !== 0) return `times 1e${Math.round(power)}`;
  if (Math.round(expected) === got || Math.round(got) === expected) return 'rounded';
  return 'other number';
}

function pairOf(expected: JsonValue, got: JsonValue): string {
  return `${JSON.stringify(expected)} -> ${JSON.stringify(got)}`;
}

function plainText(value: JsonValue): string | undefined {
  if (typeof value === 'string') return value.trim().toLowerCase();
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value);
  return value instanceof JsonNumber ? value.raw : undefined;
}

function numberOf(value: JsonValue): number {
  return value instanceof JsonNumber ? Number(value.raw) : typeof value === 'number' ? value : Number.NaN;
}
