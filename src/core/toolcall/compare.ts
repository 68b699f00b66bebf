import type { ToolCall } from '../dataset/sample.ts';
import type { JsonValue } from '../json/value.ts';
import { assign } from './assignment.ts';
import { callKey, valueKey } from './canonicalCall.ts';
import type { Comparison, Difference } from './difference.ts';
import { callDifferences, show } from './differences.ts';

/** What a comparison may forgive; each is off when absent. All are asked by tool name and top-level argument. */
export type CompareOptions = {
  /** Declared default: an argument given with exactly this value equals the argument left out. */
  readonly defaults?: (tool: string, argument: string) => JsonValue | undefined;
  /** Arguments that are sets: order and repetition of the members do not count. */
  readonly setLike?: (tool: string, argument: string) => boolean;
  /** Optional arguments for which `null` equals the argument left out. */
  readonly nullEqualsAbsent?: (tool: string, argument: string) => boolean;
};

/**
 * THE comparer: lint, probe, reward, evaluation and review all ask it (looptool-spec.md 9.1, column TS). Calls are a multiset;
 * unequal lists are explained by the pairing of calls with the fewest differences.
 */
export function compareCalls(expected: readonly ToolCall[], got: readonly ToolCall[], options?: CompareOptions): Comparison {
  const label = options === undefined ? expected : expected.map((call) => forgive(call, options));
  const prediction = options === undefined ? got : got.map((call) => forgive(call, options));
  const pairs = pairEqual(label, prediction);
  if (label.length === prediction.length && !pairs.includes(-1)) return { equal: true, differences: [], pairs };
  pairRest(label, prediction, pairs);
  return { equal: false, differences: explain(label, prediction, pairs), pairs };
}

function forgive(call: ToolCall, options: CompareOptions): ToolCall {
  // Null prototype: `__proto__` is an ordinary key.
  const kept = Object.create(null) as Record<string, JsonValue>;
  for (const [key, value] of Object.entries(call.arguments)) {
    if (value === null && options.nullEqualsAbsent?.(call.name, key) === true) continue;
    const standard = options.defaults?.(call.name, key);
    if (standard !== undefined && valueKey(standard) === valueKey(value)) continue;
    kept[key] = Array.isArray(value) && options.setLike?.(call.name, key) === true ? asSet(value) : value;
  }
  return { name: call.name, arguments: kept };
}

function asSet(members: readonly JsonValue[]): JsonValue[] {
  const byKey = new Map(members.map((member) => [valueKey(member), member]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, member]) => member);
}

/** Pairs calls that are equal, first with first. -1 where there is none. */
function pairEqual(expected: readonly ToolCall[], got: readonly ToolCall[]): number[] {
  const waiting = new Map<string, number[]>();
  got.forEach((call, index) => {
    const key = callKey(call);
    const indexes = waiting.get(key);
    if (indexes === undefined) waiting.set(key, [index]);
    else indexes.push(index);
  });
  return expected.map((call) => waiting.get(callKey(call))?.shift() ?? -1);
}

/** Above this many unequal calls on the longer side the pairing is by position: the best one would take too long. */
const mostAssigned = 48;

function pairRest(expected: readonly ToolCall[], got: readonly ToolCall[], pairs: number[]): void {
  const taken = new Set(pairs);
  const rows = pairs.flatMap((pair, index) => (pair === -1 ? [index] : []));
  const columns = got.flatMap((_, index) => (taken.has(index) ? [] : [index]));
  if (rows.length === 0 || columns.length === 0) return;
  if (Math.max(rows.length, columns.length) > mostAssigned) {
    rows.forEach((row, i) => (pairs[row] = columns[i] ?? -1));
    return;
  }
  const cost = rows.map((row) => columns.map((column) => pairCost(expected, row, got, column)));
  if (rows.length <= columns.length) {
    assign(cost).forEach((column, i) => (pairs[rows[i] ?? 0] = columns[column] ?? -1));
    return;
  }
  const turned = columns.map((_, j) => cost.map((line) => line[j] ?? 0));
  assign(turned).forEach((row, j) => (pairs[rows[row] ?? 0] = columns[j] ?? -1));
}

/** Another name weighs more than any number of arguments; nearer positions break ties. */
function pairCost(expected: readonly ToolCall[], row: number, got: readonly ToolCall[], column: number): number {
  const label = expected[row];
  const prediction = got[column];
  if (label === undefined || prediction === undefined) return 0;
  const differences = callDifferences(row, label, prediction);
  const otherName = differences[0]?.kind === 'name';
  return (otherName ? 1_000_000 : 0) + Math.min(differences.length, 999) * 1000 + Math.min(Math.abs(row - column), 999);
}

function explain(expected: readonly ToolCall[], got: readonly ToolCall[], pairs: readonly number[]): Difference[] {
  const differences: Difference[] = [];
  expected.forEach((call, index) => {
    const other = got[pairs[index] ?? -1];
    if (other !== undefined) for (const difference of pairDifferences(index, call, other)) differences.push(difference);
    else differences.push({ kind: 'missing-call', path: [index], expected: callValue(call), message: `the call of ${show(call.name)} is missing` });
  });
  const taken = new Set(pairs);
  got.forEach((call, index) => {
    if (!taken.has(index)) differences.push({ kind: 'extra-call', path: [index], got: callValue(call), message: `the call of ${show(call.name)} is not expected` });
  });
  return differences;
}

/** Keys that are one and the same after NFC can hide a difference from the member-by-member view; it is never kept silent. */
function pairDifferences(index: number, expected: ToolCall, got: ToolCall): readonly Difference[] {
  const found = callDifferences(index, expected, got);
  if (found.length > 0 || callKey(expected) === callKey(got)) return found;
  return [{ kind: 'value', path: [index], expected: expected.arguments, got: got.arguments, message: `the arguments of ${show(expected.name)} differ` }];
}

function callValue(call: ToolCall): JsonValue {
  return { name: call.name, arguments: call.arguments };
}
