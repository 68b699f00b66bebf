import type { ToolCall } from '../dataset/sample.ts';
import type { JsonValue } from '../json/value.ts';
import { pairByCost } from './assignment.ts';
import { callKey } from './canonicalCall.ts';
import { callsEqual, sameCall } from './callsEqual.ts';
import { forgive, type CompareOptions } from './compareOptions.ts';
import type { Comparison, Difference } from './difference.ts';
import { callDifferences, rawDifferences, show } from './differences.ts';

/**
 * THE comparer: lint, probe, reward, evaluation and review all ask it (looptool-spec.md 9.1, column TS). Calls are a multiset;
 * unequal lists are explained by the pairing of calls with the fewest differences.
 */
export function compareCalls(expected: readonly ToolCall[], got: readonly ToolCall[], options?: CompareOptions): Comparison {
  const label = options === undefined ? expected : expected.map((call) => forgive(call, options));
  const prediction = options === undefined ? got : got.map((call) => forgive(call, options));
  const pairs = options?.strictOrder === true ? label.map((_, index) => (index < got.length ? index : -1)) : pairEqual(label, prediction);
  const same = label.length === prediction.length && (options?.strictOrder === true ? callsEqual(label, prediction, { strictOrder: true }) : !pairs.includes(-1));
  if (!same && options?.strictOrder !== true) pairRest(label, prediction, pairs);
  const differences = same ? [] : explainPairs(label, prediction, pairs, pairDifferences);
  if (options === undefined) return { equal: same, differences, pairs };
  return { equal: same, differences, pairs, forgiven: forgivenDifferences(expected, got, pairs, differences) };
}

/** What the calls as given differ in beyond what counts: arguments of paired calls of which no difference is left. */
function forgivenDifferences(expected: readonly ToolCall[], got: readonly ToolCall[], pairs: readonly number[], counted: readonly Difference[]): Difference[] {
  const where = (path: Difference['path']): string => JSON.stringify(path.slice(0, 2));
  const kept = new Set(counted.map((difference) => where(difference.path)));
  const forgiven: Difference[] = [];
  expected.forEach((call, index) => {
    const other = got[pairs[index] ?? -1];
    if (other === undefined) return;
    for (const difference of callDifferences(index, call, other)) if (!kept.has(where(difference.path))) forgiven.push({ ...difference, severity: 'info' });
  });
  return forgiven;
}

/** Up to here calls are held against each other; above it their keys are, which also pay when one label meets many answers. */
const fewCalls = 4;

/** Pairs calls that are equal, first with first. -1 where there is none. */
function pairEqual(expected: readonly ToolCall[], got: readonly ToolCall[]): number[] {
  if (expected.length <= fewCalls && got.length <= fewCalls) {
    const taken = new Set<number>();
    return expected.map((call) => {
      const found = got.findIndex((other, index) => !taken.has(index) && sameCall(call, other));
      taken.add(found);
      return found;
    });
  }
  const waiting = new Map<string, number[]>();
  got.forEach((call, index) => {
    const key = callKey(call);
    const indexes = waiting.get(key);
    if (indexes === undefined) waiting.set(key, [index]);
    else indexes.push(index);
  });
  return expected.map((call) => waiting.get(callKey(call))?.shift() ?? -1);
}

function pairRest(expected: readonly ToolCall[], got: readonly ToolCall[], pairs: number[]): void {
  const taken = new Set(pairs);
  const rows = pairs.flatMap((pair, index) => (pair === -1 ? [index] : []));
  const columns = got.flatMap((_, index) => (taken.has(index) ? [] : [index]));
  pairByCost(rows.length, columns.length, (i, j) => pairCost(expected, rows[i] ?? 0, got, columns[j] ?? 0)).forEach((column, i) => (pairs[rows[i] ?? 0] = columns[column] ?? -1));
}

function pairCost(expected: readonly ToolCall[], row: number, got: readonly ToolCall[], column: number): number {
  const label = expected[row];
  const prediction = got[column];
  return label === undefined || prediction === undefined ? 0 : costOfDifferences(rawDifferences(row, label, prediction), row, column);
}

/** What a pair costs: another name weighs more than any number of arguments; nearer positions break ties. */
export function costOfDifferences(differences: readonly { readonly kind: string }[], row: number, column: number): number {
  const otherName = differences[0]?.kind === 'name';
  return (otherName ? 1_000_000 : 0) + Math.min(differences.length, 999) * 1000 + Math.min(Math.abs(row - column), 999);
}

/** Differences of the pairs, then the calls without one. */
export function explainPairs(expected: readonly ToolCall[], got: readonly ToolCall[], pairs: readonly number[], ofPair: typeof pairDifferences): Difference[] {
  const differences: Difference[] = [];
  expected.forEach((call, index) => {
    const other = got[pairs[index] ?? -1];
    if (other !== undefined) for (const difference of ofPair(index, call, other)) differences.push(difference);
    else differences.push({ kind: 'missing-call', severity: 'error', path: [index], expected: callValue(call), message: `the call of ${show(call.name)} is missing` });
  });
  const taken = new Set(pairs);
  got.forEach((call, index) => {
    if (!taken.has(index)) differences.push({ kind: 'extra-call', severity: 'error', path: [index], got: callValue(call), message: `the call of ${show(call.name)} is not expected` });
  });
  return differences;
}

/** Keys that are one and the same after NFC can hide a difference from the member-by-member view; it is never kept silent. */
function pairDifferences(index: number, expected: ToolCall, got: ToolCall): readonly Difference[] {
  const found = callDifferences(index, expected, got);
  if (found.length > 0 || sameCall(expected, got)) return found;
  return [{ kind: 'value', severity: 'error', path: [index], expected: expected.arguments, got: got.arguments, message: `the arguments of ${show(expected.name)} differ` }];
}

function callValue(call: ToolCall): JsonValue {
  return { name: call.name, arguments: call.arguments };
}
