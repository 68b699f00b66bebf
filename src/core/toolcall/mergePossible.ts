import type { ToolCall, ToolDefinition } from '../dataset/sample.ts';
import { listMember, member } from '../json/member.ts';
import { objectOf } from '../json/parse.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/value.ts';
import { isJsonArray } from './differences.ts';
import { comparePossible, onlyChoice } from './possible.ts';
import { nfc, sameName } from './sameValue.ts';

/** A call of possible answers, and which one of the old ones it stands for. */
export type MergedCall = { readonly call: ToolCall; readonly of?: number | undefined };

/**
 * Possible answers that accept the calls, with all that the old ones have in common with them: acceptable values of arguments that
 * accept the call's own stay, others become that one value (and stay such that may be left out), what the call lacks goes, what it
 * has more comes. Old calls keep their places, further ones come behind them.
 */
export function mergePossible(possible: readonly ToolCall[], calls: readonly ToolCall[]): readonly MergedCall[] {
  const { pairs } = comparePossible(possible, calls);
  const paired = new Set(pairs);
  const kept = possible.flatMap((old, of): MergedCall[] => {
    const call = calls[pairs[of] ?? -1];
    return call === undefined ? [] : [{ call: mergedCall(old, call), of }];
  });
  return [...kept, ...calls.flatMap((call, index) => (paired.has(index) ? [] : [{ call: possibleOf(call) }]))];
}

/** The call as the one possible answer. */
function possibleOf({ name, arguments: args }: ToolCall): ToolCall {
  return { name, arguments: objectOf(Object.entries(args).map(([key, value]) => [key, [onlyChoice(value)]])) };
}

function mergedCall(old: ToolCall, call: ToolCall): ToolCall {
  return { name: sameName(old.name, call.name) ? old.name : call.name, arguments: mergedMembers(old.arguments, call.arguments) };
}

function mergedMembers(old: JsonObject, got: JsonObject): JsonObject {
  const left = new Map(Object.keys(got).map((key) => [nfc(key), key]));
  const members: [string, JsonValue][] = [];
  for (const key of Object.keys(old)) {
    const accepted = member(old, key) ?? null;
    const gotKey = left.get(nfc(key));
    left.delete(nfc(key));
    if (accepts(accepted, gotKey === undefined ? undefined : member(got, gotKey))) members.push([key, accepted]);
    else if (gotKey !== undefined) members.push([key, mergedChoices(accepted, member(got, gotKey) ?? null)]);
  }
  for (const key of left.values()) members.push([key, [onlyChoice(member(got, key) ?? null)]]);
  return objectOf(members);
}

function mergedChoices(accepted: JsonValue, got: JsonValue): JsonValue {
  const choices = isJsonArray(accepted) ? accepted : [accepted];
  const [only, ...others] = choices.filter((choice) => choice !== '');
  const value = only !== undefined && others.length === 0 && isJsonObject(only) && isJsonObject(got) ? mergedMembers(only, got) : onlyChoice(got);
  // First the value: what comes first is what the label says.
  return [value, ...(choices.includes('') && value !== '' ? [''] : [])];
}

/** Without `got`: whether the argument may be left out. */
function accepts(accepted: JsonValue, got: JsonValue | undefined): boolean {
  const args = (value: JsonValue | undefined): JsonObject => objectOf(value === undefined ? [] : [['value', value]]);
  return comparePossible([{ name: '', arguments: args(accepted) }], [{ name: '', arguments: args(got) }]).equal;
}

/**
 * The possible answers with further values, so that they accept the calls beside those that they accept already. Undefined where
 * more differs than values of arguments, or arguments that the tool does not require.
 */
export function possibleAlso(possible: readonly ToolCall[], calls: readonly ToolCall[], tools: readonly ToolDefinition[]): readonly ToolCall[] | undefined {
  const { pairs } = comparePossible(possible, calls);
  if (possible.length !== calls.length) return undefined;
  const merged: ToolCall[] = [];
  for (const [index, old] of possible.entries()) {
    const call = calls[pairs[index] ?? -1];
    if (call === undefined || !sameName(old.name, call.name)) return undefined;
    const required = listMember(tools.find(({ name }) => name === old.name)?.parameters, 'required') ?? [];
    const args = membersAlso(old.arguments, call.arguments, new Set(required));
    if (args === undefined) return undefined;
    merged.push({ name: old.name, arguments: args });
  }
  return comparePossible(merged, calls).equal ? merged : undefined;
}

function membersAlso(old: JsonObject, got: JsonObject, required: ReadonlySet<JsonValue>): JsonObject | undefined {
  const left = new Map(Object.keys(got).map((key) => [nfc(key), key]));
  const members: [string, JsonValue][] = [];
  for (const key of Object.keys(old)) {
    const accepted = member(old, key) ?? null;
    const gotKey = left.get(nfc(key));
    left.delete(nfc(key));
    const value = gotKey === undefined ? undefined : member(got, gotKey);
    if (value === undefined && required.has(key)) return undefined;
    const choices = isJsonArray(accepted) ? accepted : [accepted];
    members.push([key, accepts(accepted, value) ? accepted : [...choices, value === undefined ? '' : onlyChoice(value)]]);
  }
  for (const key of left.values()) {
    if (required.has(key)) return undefined;
    // The label goes on to leave it out.
    members.push([key, ['', onlyChoice(member(got, key) ?? null)]]);
  }
  return objectOf(members);
}
