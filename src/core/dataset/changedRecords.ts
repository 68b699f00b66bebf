import { containerOf, eachValue } from '../jsonl/records.ts';
import { parseJson } from '../json/parse.ts';
import type { JsonValue } from '../json/value.ts';

/** A record that stands in one of two texts and not, or not as it is, in the other. `index` counts the records of its text; -1 where nobody counted. */
export type ChangedRecord = { readonly value: JsonValue; readonly index: number };
export type ChangedRecords = { readonly before: readonly ChangedRecord[]; readonly after: readonly ChangedRecord[] };

const recordsBetweenPauses = 200;

/**
 * The records in which two texts of a dataset differ; more than these where they are not JSON Lines. Yields now and then, so
 * that other work comes in. Unreadable records are left out. `counted`: their numbers are wanted.
 */
export function* changedRecords(before: string, after: string, counted: boolean): Generator<undefined, ChangedRecords> {
  const head = commonHead(before, after);
  if (head === before.length && head === after.length) return { before: [], after: [] };
  const tail = commonTail(before, after, Math.min(before.length, after.length) - head);
  const lines = counted || containerOf(before) === 'array' || containerOf(after) === 'array' ? undefined : yield* changedLines(linesOf(before, head, before.length - tail), linesOf(after, head, after.length - tail));
  return lines ?? { before: yield* touched(before, head, before.length - tail), after: yield* touched(after, head, after.length - tail) };
}

const chunk = 1 << 16;

/** Comparing slices is far quicker than comparing characters. */
function commonHead(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  let at = 0;
  while (at < shorter && a.slice(at, at + chunk) === b.slice(at, at + chunk)) at += chunk;
  at = Math.min(at, shorter);
  while (at < shorter && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  return at;
}

function commonTail(a: string, b: string, limit: number): number {
  const same = (from: number, to: number): boolean => a.slice(a.length - to, a.length - from) === b.slice(b.length - to, b.length - from);
  let length = 0;
  while (length + chunk <= limit && same(length, length + chunk)) length += chunk;
  while (length < limit && a.charCodeAt(a.length - 1 - length) === b.charCodeAt(b.length - 1 - length)) length += 1;
  return length;
}

/** Whole lines that touch a range. */
function linesOf(text: string, start: number, end: number): readonly string[] {
  const from = text.lastIndexOf('\n', Math.max(0, start - 1)) + 1;
  const stop = text.indexOf('\n', end);
  return text.slice(start === 0 ? 0 : from, stop < 0 ? text.length : stop).split('\n');
}

/** Undefined where a record goes over several lines. */
function* changedLines(before: readonly string[], after: readonly string[]): Generator<undefined, ChangedRecords | undefined> {
  // Lines that changed places are the same records only where each is one.
  if (before.some(isPart) || after.some(isPart)) return undefined;
  const old = yield* parsedLines(without(before, after));
  const current = yield* parsedLines(without(after, before));
  return old === undefined || current === undefined ? undefined : { before: old, after: current };
}

/** Lines less as many equal ones as the others have. */
function without(lines: readonly string[], others: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const line of others) counts.set(line, (counts.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = counts.get(line) ?? 0;
    if (count > 0) counts.set(line, count - 1);
    return count === 0;
  });
}

/** Whether a line is a part of a record that goes over several. */
function isPart(line: string): boolean {
  const text = line.trim();
  return text !== '' && (/^[{}[\]",]{1,3}$/.test(text) || /^"(?:[^"\\]|\\.)*"\s*:/.test(text));
}

function* parsedLines(lines: readonly string[]): Generator<undefined, readonly ChangedRecord[] | undefined> {
  const records: ChangedRecord[] = [];
  for (const [number, line] of lines.entries()) {
    if (number % recordsBetweenPauses === recordsBetweenPauses - 1) yield undefined;
    const text = line.trim();
    if (text === '') continue;
    const parsed = parseJson(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
    if (parsed.ok) records.push({ value: parsed.value, index: -1 });
    else if (isPart(text)) return undefined;
  }
  return records;
}

/** The records of the whole text that reach into a range. */
function* touched(text: string, start: number, end: number): Generator<undefined, readonly ChangedRecord[]> {
  const records: ChangedRecord[] = [];
  let last: (ChangedRecord & { readonly start: number }) | undefined;
  const take = (upTo: number): void => {
    if (last !== undefined && upTo >= start && last.start <= end) records.push({ value: last.value, index: last.index });
  };
  for (const entry of eachValue(text)) {
    if (entry.index % recordsBetweenPauses === recordsBetweenPauses - 1) yield undefined;
    const at = entry.ok ? entry.start : entry.offset;
    take(at);
    last = entry.ok ? { value: entry.value, index: entry.index, start: entry.start } : undefined;
    if (at > end) return records;
  }
  take(text.length);
  return records;
}
