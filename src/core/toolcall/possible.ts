import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.ts';
import { objectOf } from '../json/parse.ts';
import type { ToolCall } from '../dataset/sample.ts';
import { pairByCost } from './assignment.ts';
import { costOfDifferences, explainPairs } from './compare.ts';
import type { Comparison, Difference, RawDifference } from './difference.ts';
import { describe, isJsonArray, valueDifferences, type Path } from './differences.ts';
import { nfc, sameName, sameValue } from './sameValue.ts';
import { severityOf } from './severity.ts';

/**
 * Compares with possible answers (`Label.possible`), as strictly as the comparer does elsewhere: each argument is a list of
 * acceptable values, `""` in it means that the argument may be left out, the members of object values are such lists again.
 * What differs is told against the nearest acceptable value.
 */
export function comparePossible(possible: readonly ToolCall[], got: readonly ToolCall[]): Comparison {
  const pairs = pairPossible(possible, got);
  const differences = explainPairs(possible, got, pairs, possibleDifferences);
  return { equal: differences.length === 0, differences: differences.map((found) => (found.kind === 'missing-call' ? withFirstChoice(found, possible) : found)), pairs };
}

/** Above this many calls a side they are taken as they fit, and the best assignment is not looked for. */
const mostAssigned = 48;

function pairPossible(possible: readonly ToolCall[], got: readonly ToolCall[]): number[] {
  const differencesAt = (row: number, column: number): readonly RawDifference[] => {
    const [label, call] = [possible[row], got[column]];
    return label === undefined || call === undefined ? [] : rawPossibleDifferences(row, label, call);
  };
  if (Math.max(possible.length, got.length) <= mostAssigned) return pairByCost(possible.length, got.length, (row, column) => costOfDifferences(differencesAt(row, column), row, column));
  const left = new Set(got.keys());
  const take = (column: number | undefined): number => {
    if (column !== undefined) left.delete(column);
    return column ?? -1;
  };
  const pairs = possible.map((_, row) => take([...left].find((column) => differencesAt(row, column).length === 0)));
  return pairs.map((pair) => (pair === -1 ? take([...left][0]) : pair));
}

function withFirstChoice(found: Difference, possible: readonly ToolCall[]): Difference {
  const call = possible[Number(found.path[0])];
  return call === undefined ? found : { ...found, expected: { name: call.name, arguments: firstMembers(call.arguments) } };
}

/** Differences between a predicted call and a call of the possible answers; empty when it is acceptable. */
function possibleDifferences(index: number, possible: ToolCall, got: ToolCall): Difference[] {
  return rawPossibleDifferences(index, possible, got).map(describe);
}

function rawPossibleDifferences(index: number, possible: ToolCall, got: ToolCall): RawDifference[] {
  const found: RawDifference[] = [];
  if (!sameName(possible.name, got.name)) {
    found.push({ kind: 'name', path: [index], expected: possible.name, got: got.name });
    if (!Object.keys(possible.arguments).some((key) => Object.hasOwn(got.arguments, key))) return found;
  }
  memberDifferences([index], possible.arguments, got.arguments, found);
  return found;
}

function memberDifferences(path: Path, possible: JsonObject, got: JsonObject, found: RawDifference[]): void {
  const left = new Map(Object.keys(got).map((key) => [nfc(key), key]));
  for (const key of Object.keys(possible)) {
    const accepted = acceptedOf(possible[key] ?? null);
    const at = [...path, key];
    const gotKey = left.get(nfc(key));
    left.delete(nfc(key));
    if (gotKey !== undefined) acceptedDifferences(at, accepted, got[gotKey] ?? null, found);
    else if (!accepted.includes('')) found.push({ kind: 'missing-argument', path: at, expected: firstChoice(accepted) ?? null });
  }
  for (const key of left.values()) found.push({ kind: 'extra-argument', path: [...path, key], got: got[key] ?? null });
}

/** Some files give a single value in the place of a list of one. */
function acceptedOf(value: JsonValue): readonly JsonValue[] {
  return isJsonArray(value) ? value : [value];
}

function acceptedDifferences(path: Path, accepted: readonly JsonValue[], got: JsonValue, found: RawDifference[]): void {
  let nearest: RawDifference[] | undefined;
  for (const value of accepted) {
    if (value === '' && got !== '') continue;
    const differences: RawDifference[] = [];
    choiceDifferences(path, value, got, differences);
    if (differences.length === 0) return;
    if (nearest === undefined || weight(differences) < weight(nearest)) nearest = differences;
  }
  nearest ??= [{ kind: 'extra-argument', path, got }];
  for (const difference of nearest) found.push(difference);
}

/** Differences of form are nearer than others. */
function weight(differences: readonly RawDifference[]): number {
  return differences.reduce((sum, difference) => sum + (severityOf(difference) === 'error' ? 1000 : 1), 0);
}

function choiceDifferences(path: Path, choice: JsonValue, got: JsonValue, found: RawDifference[]): void {
  if (isJsonObject(choice) && isJsonObject(got)) memberDifferences(path, choice, got, found);
  else if (isJsonArray(choice) && isJsonArray(got) && choice.length === got.length) choice.forEach((member, i) => choiceDifferences([...path, i], member, got[i] ?? null, found));
  else if (!sameValue(choice, got)) valueDifferences(path, plainChoice(choice), got, found);
}

/** The first acceptable value, objects made plain; undefined where only leaving out is acceptable. */
function firstChoice(accepted: readonly JsonValue[]): JsonValue | undefined {
  const first = accepted.find((value) => value !== '');
  return first === undefined ? undefined : plainChoice(first);
}

function plainChoice(choice: JsonValue): JsonValue {
  if (isJsonObject(choice)) return firstMembers(choice);
  return isJsonArray(choice) ? choice.map(plainChoice) : choice;
}

function firstMembers(possible: JsonObject): JsonObject {
  return objectOf(Object.keys(possible).flatMap((key) => {
    const value = firstChoice(acceptedOf(possible[key] ?? null));
    return value === undefined ? [] : [[key, value] as const];
  }));
}

/** A plain value as the one choice that there is: each member of an object has its one value. */
export function onlyChoice(value: JsonValue): JsonValue {
  if (isJsonObject(value)) return objectOf(Object.entries(value).map(([key, member]) => [key, [onlyChoice(member)]]));
  return isJsonArray(value) ? value.map((member) => (isJsonObject(member) ? onlyChoice(member) : member)) : value;
}
