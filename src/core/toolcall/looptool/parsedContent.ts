import { isJsonObject, type JsonValue } from '../../json/value.ts';
import { numeric } from '../pythonModel/pythonValue.ts';

/**
 * The published comparer, `compare_parsed_content` (looptool-spec.md 9.1, column Repo): both sides are of one length, and the
 * sets of their members are equal. Lists and objects are sets at every level, so order and repetition do not count, an
 * empty list is an empty object, and `true` is 1 and 1.0. `lengthsCount: false` is the variant that the reward has.
 * False where the reference raises, because a side is neither a list nor an object.
 */
export function sameParsedContent(a: JsonValue, b: JsonValue, lengthsCount = true): boolean {
  const left = memberKeys(a);
  const right = memberKeys(b);
  return left !== undefined && right !== undefined && (!lengthsCount || left.length === right.length) && setKey(left) === setKey(right);
}

function memberKeys(value: JsonValue): readonly string[] | undefined {
  if (isJsonObject(value)) return Object.keys(value).map((key) => `${JSON.stringify(key)}:${memberKey(value[key] ?? null)}`);
  return Array.isArray(value) ? value.map(memberKey) : undefined;
}

function memberKey(value: JsonValue): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  const number = numeric(value);
  if (number !== undefined) return numberText(number);
  return setKey(memberKeys(value) ?? []);
}

/** Python's numbers are equal by value, whatever their type; a double that is whole stands for that very integer. */
function numberText(value: number | bigint): string {
  if (typeof value === 'bigint' || !Number.isInteger(value)) return String(value);
  return Number.isSafeInteger(value) ? String(value === 0 ? 0 : value) : String(BigInt(value));
}

function setKey(members: readonly string[]): string {
  // Without a copy of what stands inside: deep nesting would have every level copy all below it.
  if (members.length < 2) return `{${members[0] ?? ''}}`;
  return `{${[...new Set(members)].sort().join(',')}}`;
}
