import { isJsonArray, member } from '../json/member.ts';
import { parseJson } from '../json/parse.ts';
import type { SourcePath } from '../json/path.ts';
import type { JsonValue } from '../json/value.ts';

/** Members that texts of messages stand in. */
const textKeys = ['content', 'value', 'text'];

/**
 * Where a text stands in what a path of a record leads to: a string that is the text, or a range of one that holds it once.
 * Undefined where it is not written as it is.
 */
export function textPlace(record: JsonValue, path: SourcePath, text: string): SourcePath | undefined {
  const last = path.at(-1);
  if (typeof last === 'object' && 'from' in last) {
    const holder = valueAtPath(record, path.slice(0, -1));
    const part = typeof holder === 'string' ? holder.slice(last.from, last.to) : '';
    const at = onlyIndex(part, text);
    return at === undefined ? undefined : [...path.slice(0, -1), { from: last.from + at, to: last.from + at + text.length }];
  }
  const value = valueAtPath(record, path);
  if (value === undefined) return undefined;
  for (const [steps, inside] of [[[], value] as const, ...textKeys.map((key) => [[key], member(value, key)] as const)]) {
    if (typeof inside !== 'string') continue;
    if (inside === text) return [...path, ...steps];
    const at = onlyIndex(inside, text);
    if (at !== undefined) return [...path, ...steps, { from: at, to: at + text.length }];
  }
  return undefined;
}

/** Undefined for paths that do not exist, or lead through calls. */
export function valueAtPath(record: JsonValue, path: SourcePath): JsonValue | undefined {
  let at: JsonValue | undefined = record;
  for (const step of path) {
    if (typeof step === 'string') at = member(at, step);
    else if (typeof step === 'number') at = isJsonArray(at) ? at[step] : undefined;
    else if ('json' in step && typeof at === 'string') {
      const parsed = parseJson(at.slice(step.json));
      at = parsed.ok ? parsed.value : undefined;
    } else return undefined;
  }
  return at;
}

function onlyIndex(text: string, part: string): number | undefined {
  const at = part === '' ? -1 : text.indexOf(part);
  return at < 0 || text.includes(part, at + 1) ? undefined : at;
}
