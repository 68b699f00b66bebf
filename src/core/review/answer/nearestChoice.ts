import type { ToolCall } from '../../dataset/sample.ts';
import { isJsonArray, member } from '../../json/member.ts';
import { objectOf } from '../../json/parse.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { nfc } from '../../toolcall/sameValue.ts';
import { comparePossible } from '../../toolcall/possible.ts';

/** The acceptable values of an argument of possible answers; some files give one value in the place of a list of one. */
export function acceptedValues(value: JsonValue): readonly JsonValue[] {
  return isJsonArray(value) ? value : [value];
}

/** The call with that acceptable value of each argument which a prediction is nearest to: equal to it exactly where the prediction is acceptable. */
export function nearestCall(possible: ToolCall, got: ToolCall | undefined): ToolCall {
  return { name: possible.name, arguments: nearestMembers(possible.arguments, got?.arguments) };
}

function nearestMembers(possible: JsonObject, got: JsonObject | undefined): JsonObject {
  const keys = new Map(Object.keys(got ?? {}).map((key) => [nfc(key), key]));
  return objectOf(Object.keys(possible).flatMap((key): [string, JsonValue][] => {
    const gotKey = keys.get(nfc(key));
    const accepted = acceptedValues(possible[key] ?? null);
    const chosen = nearestIndex(accepted, gotKey === undefined ? undefined : member(got, gotKey));
    return chosen === undefined ? [] : [[key, plainNearest(accepted[chosen] ?? null, gotKey === undefined ? undefined : member(got, gotKey))]];
  }));
}

/** Index of the nearest acceptable value; undefined where leaving out is what fits. */
export function nearestIndex(accepted: readonly JsonValue[], got: JsonValue | undefined): number | undefined {
  if (got === undefined && accepted.includes('')) return undefined;
  const open = accepted.flatMap((value, index) => (value === '' && got !== '' ? [] : [index]));
  if (got === undefined || open.length < 2) return open[0];
  let nearest: { readonly index: number; readonly weight: number } | undefined;
  for (const index of open) {
    const weight = distance(accepted[index] ?? null, got);
    if (nearest === undefined || weight < nearest.weight) nearest = { index, weight };
    if (weight === 0) break;
  }
  return nearest?.index;
}

/** Differences of form are nearer than others, as the comparer has it. */
function distance(choice: JsonValue, got: JsonValue): number {
  const { differences } = comparePossible([{ name: 'x', arguments: objectOf([['x', [choice]]]) }], [{ name: 'x', arguments: objectOf([['x', got]]) }]);
  return differences.reduce((sum, { severity }) => sum + (severity === 'error' ? 1000 : 1), 0);
}

function plainNearest(choice: JsonValue, got: JsonValue | undefined): JsonValue {
  if (isJsonObject(choice)) return nearestMembers(choice, got !== undefined && isJsonObject(got) ? got : undefined);
  if (!isJsonArray(choice)) return choice;
  return choice.map((item, index) => plainNearest(item, isJsonArray(got) && got.length === choice.length ? got[index] : undefined));
}
