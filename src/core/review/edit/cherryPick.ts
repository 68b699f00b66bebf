import type { Label, ToolCall } from '../../dataset/sample.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { compareCalls } from '../../toolcall/compare.ts';
import { sameCall } from '../../toolcall/callsEqual.ts';
import type { Comparison, RawDifference } from '../../toolcall/difference.ts';
import { rawDifferences } from '../../toolcall/differences.ts';
import { comparePossible } from '../../toolcall/possible.ts';
import { sameName } from '../../toolcall/sameValue.ts';
import { nearestCall } from '../answer/nearestChoice.ts';
import { withCall, withCallAdded, withValueAt, withoutCall, withoutValueAt, type CallsLabel } from './editLabel.ts';

/**
 * One thing that can be taken from the prediction into the label. `answer`: all of it, where the sides are not both calls.
 * `name`: the tool of a call. `set` and `remove`: an argument or a part of one at `path` (empty for all arguments).
 */
export type PickKind = 'answer' | 'name' | 'set' | 'remove' | 'addCall' | 'removeCall';
export type LabelPick = {
  /** Stands for the pick among those of its pair. */
  readonly id: string;
  readonly kind: PickKind;
  /** 0-based call of the label; of the prediction for `addCall`. */
  readonly call: number;
  readonly path: readonly (string | number)[];
  /** What the label has there, and what it gets; undefined for nothing. */
  readonly label: JsonValue | undefined;
  readonly prediction: JsonValue | undefined;
};

/** What differs, as picks that can be applied in any number: none leaves the label, all make the prediction of it. */
export function pickable(label: Label, prediction: Label | undefined, comparison?: Comparison): readonly LabelPick[] {
  if (prediction === undefined) return [];
  if (label.kind !== 'calls' || prediction.kind !== 'calls') return sameText(label, prediction) ? [] : [pick('answer', 0, [], undefined, undefined)];
  const { pairs } = comparison !== undefined && comparison.pairs.length === label.calls.length ? comparison : compared(label, prediction.calls);
  const taken = new Set(pairs);
  const inside = label.calls.flatMap((call, index) => {
    const other = prediction.calls[pairs[index] ?? -1];
    return other === undefined ? [pick('removeCall', index, [], callJson(call), undefined)] : callPicks(index, baseCall(label, index, other) ?? call, other);
  });
  const added = prediction.calls.flatMap((call, index) => (taken.has(index) ? [] : [pick('addCall', index, [], undefined, callJson(call))]));
  return [...inside, ...added];
}

/** The label with picks of `pickable` taken. */
export function applyPicks(label: Label, prediction: Label, picks: readonly LabelPick[], comparison?: Comparison): Label {
  if (picks.length === 0) return label;
  if (picks.some(({ kind }) => kind === 'answer')) return prediction;
  if (label.kind !== 'calls' || prediction.kind !== 'calls') return label;
  const { pairs } = comparison !== undefined && comparison.pairs.length === label.calls.length ? comparison : compared(label, prediction.calls);
  let result = label;
  for (const index of new Set(picks.map((each) => (each.kind === 'addCall' ? -1 : each.call)))) {
    const call = label.calls[index];
    const own = picks.filter((each) => each.kind !== 'addCall' && each.call === index);
    if (call === undefined || own.some(({ kind }) => kind === 'removeCall')) continue;
    const other = prediction.calls[pairs[index] ?? -1];
    result = withCall(result, 'own', index, pickedCall(call, (other === undefined ? undefined : baseCall(label, index, other)) ?? call, own));
  }
  const removed = picks.flatMap(({ kind, call }) => (kind === 'removeCall' ? [call] : [])).sort((a, b) => b - a);
  for (const index of removed) result = withoutCall(result, 'own', index);
  for (const { kind, call } of picks) {
    const added = kind === 'addCall' ? prediction.calls[call] : undefined;
    if (added !== undefined) result = withCallAdded(result, 'own', result.calls.length, added);
  }
  return result;
}

function compared(label: CallsLabel, got: readonly ToolCall[]): Comparison {
  return label.possible === undefined ? compareCalls(label.calls, got) : comparePossible(label.possible, got);
}

/** Of possible answers, those that the prediction is nearest to. */
function baseCall(label: CallsLabel, index: number, other: ToolCall): ToolCall | undefined {
  const possible = label.possible?.[index];
  return possible === undefined ? undefined : nearestCall(possible, other);
}

function callPicks(index: number, label: ToolCall, other: ToolCall): readonly LabelPick[] {
  if (sameCall(label, other)) return [];
  const names = sameName(label.name, other.name) ? [] : [pick('name', index, [], label.name, other.name)];
  const found = rawDifferences(index, label, { name: label.name, arguments: other.arguments }).map((difference) => argumentPick(index, difference));
  const all = pickedCall(label, label, [...names, ...found]);
  // Keys that are one after NFC are told apart by nothing smaller than the arguments.
  const whole = sameCall(all, other) ? found : [pick('set', index, [], label.arguments, other.arguments)];
  return [...names, ...whole];
}

function argumentPick(index: number, { kind, path, expected, got }: RawDifference): LabelPick {
  return pick(kind === 'missing-argument' ? 'remove' : 'set', index, path.slice(1), expected, kind === 'missing-argument' ? undefined : got);
}

/** `base` is the call that the picks were found on; arguments that none of them is about stay those of `call`. */
function pickedCall(call: ToolCall, base: ToolCall, picks: readonly LabelPick[]): ToolCall {
  let name = call.name;
  let args: JsonValue = call.arguments;
  const touched = new Set<string | number>();
  for (const { kind, path, prediction } of picks) {
    const [argument] = path;
    if (kind === 'name') name = typeof prediction === 'string' ? prediction : name;
    else if (argument === undefined) args = prediction ?? args;
    else {
      if (base !== call && !touched.has(argument) && path.length > 1) args = withValueAt(args, [argument], base.arguments[argument] ?? null);
      touched.add(argument);
      args = kind === 'remove' ? withoutValueAt(args, path) : withValueAt(args, path, prediction ?? null);
    }
  }
  return { name, arguments: asObject(args) };
}

function asObject(value: JsonValue): JsonObject {
  return isJsonObject(value) ? value : {};
}

function pick(kind: PickKind, call: number, path: LabelPick['path'], label: JsonValue | undefined, prediction: JsonValue | undefined): LabelPick {
  return { id: `${kind} ${call} ${JSON.stringify(path)}`, kind, call, path, label, prediction };
}

function callJson(call: ToolCall): JsonValue {
  return { name: call.name, arguments: call.arguments };
}

function sameText(label: Label, prediction: Label): boolean {
  return label.kind === 'text' && prediction.kind === 'text' && label.text === prediction.text;
}
