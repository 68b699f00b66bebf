import type { Label, ToolCall } from '../../dataset/sample.ts';
import { isJsonArray, member } from '../../json/member.ts';
import { objectOf } from '../../json/parse.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { onlyChoice } from '../../toolcall/possible.ts';
import { acceptedValues } from '../answer/nearestChoice.ts';

export type CallsLabel = Extract<Label, { readonly kind: 'calls' }>;
type Path = readonly (string | number)[];

/** Whose calls: the label's own, or those of the alternative with this index. */
export type CallList = 'own' | number;

/** A value with another part at `path`; members and items that are not there are made, the rest stays as it is. */
export function withValueAt(value: JsonValue | undefined, path: Path, part: JsonValue): JsonValue {
  const [step, ...rest] = path;
  if (step === undefined) return part;
  if (typeof step === 'number') {
    const items = isJsonArray(value) ? value : [];
    return step >= items.length ? [...items, withValueAt(undefined, rest, part)] : items.map((item, index) => (index === step ? withValueAt(item, rest, part) : item));
  }
  const object = value !== undefined && isJsonObject(value) ? value : {};
  const entries = Object.entries(object);
  if (!Object.hasOwn(object, step)) entries.push([step, null]);
  return objectOf(entries.map(([key, own]) => [key, key === step ? withValueAt(Object.hasOwn(object, step) ? own : undefined, rest, part) : own]));
}

/** A value without the part at `path`, which is not empty. */
export function withoutValueAt(value: JsonValue, path: Path): JsonValue {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (isJsonArray(value)) {
    if (rest.length === 0) return value.filter((_, index) => index !== step);
    return value.map((item, index) => (index === step ? withoutValueAt(item, rest) : item));
  }
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value);
  if (rest.length === 0) return objectOf(entries.filter(([key]) => key !== step));
  return objectOf(entries.map(([key, own]) => [key, key === step ? withoutValueAt(own, rest) : own]));
}

/** The object with a member under another name, in its place; unchanged where the name is taken. */
export function withKeyRenamed(value: JsonValue, path: Path, from: string, to: string): JsonValue {
  const object = valueAtPath(value, path);
  if (object === undefined || !isJsonObject(object) || Object.hasOwn(object, to)) return value;
  return withValueAt(value, path, objectOf(Object.entries(object).map(([key, own]) => [key === from ? to : key, own])));
}

export function valueAtPath(value: JsonValue | undefined, path: Path): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>((at, step) => (typeof step === 'number' ? (isJsonArray(at) ? at[step] : undefined) : member(at, step)), value);
}

export function callsOf(label: CallsLabel, list: CallList): readonly ToolCall[] {
  return list === 'own' ? label.calls : (label.alternatives?.[list] ?? []);
}

function withCalls(label: CallsLabel, list: CallList, calls: readonly ToolCall[], possible: readonly ToolCall[] | undefined): CallsLabel {
  if (list !== 'own') return { ...label, alternatives: (label.alternatives ?? []).map((own, index) => (index === list ? calls : own)) };
  return { ...label, calls: [...calls], ...(possible === undefined ? {} : { possible }) };
}

/** Possible answers stand beside the label's own calls alone. */
function possibleOf(label: CallsLabel, list: CallList): readonly ToolCall[] | undefined {
  return list === 'own' ? label.possible : undefined;
}

/** The label with another call in a place; of possible answers, arguments that changed have their new value alone. */
export function withCall(label: CallsLabel, list: CallList, index: number, call: ToolCall): CallsLabel {
  const calls = callsOf(label, list);
  const before = calls[index];
  const possible = possibleOf(label, list);
  return withCalls(label, list, calls.map((own, at) => (at === index ? call : own)), possible?.map((own, at) => (at === index && before !== undefined ? possibleAfter(own, before, call) : own)));
}

function possibleAfter(possible: ToolCall, before: ToolCall, after: ToolCall): ToolCall {
  const own = possible.arguments;
  const keys = [...new Set([...Object.keys(own).filter((key) => Object.hasOwn(after.arguments, key) || !Object.hasOwn(before.arguments, key)), ...Object.keys(after.arguments)])];
  return {
    name: after.name,
    arguments: objectOf(keys.map((key) => {
      const [old, now] = [member(before.arguments, key), member(after.arguments, key)];
      return [key, Object.hasOwn(own, key) && old === now ? (own[key] ?? null) : [onlyChoice(now ?? null)]];
    })),
  };
}

export function withCallAdded(label: CallsLabel, list: CallList, index: number, call: ToolCall): CallsLabel {
  const calls = callsOf(label, list);
  const possible = possibleOf(label, list);
  return withCalls(label, list, calls.toSpliced(index, 0, call), possible?.toSpliced(index, 0, { name: call.name, arguments: objectOf(Object.entries(call.arguments).map(([key, value]) => [key, [onlyChoice(value)]])) }));
}

export function withoutCall(label: CallsLabel, list: CallList, index: number): CallsLabel {
  return withCalls(label, list, callsOf(label, list).toSpliced(index, 1), possibleOf(label, list)?.toSpliced(index, 1));
}

export function withCallMoved(label: CallsLabel, list: CallList, from: number, to: number): CallsLabel {
  return withCalls(label, list, moved(callsOf(label, list), from, to), moved(possibleOf(label, list), from, to));
}

function moved<T extends readonly ToolCall[] | undefined>(items: T, from: number, to: number): T {
  const item = items?.[from];
  if (items === undefined || item === undefined || to < 0 || to >= items.length) return items;
  // A list without one member and with it again is a list of the same members.
  return items.toSpliced(from, 1).toSpliced(to, 0, item) as unknown as T;
}

/** Another list of acceptable values of an argument; the first of them is what the label's own call says. */
export function withAccepted(label: CallsLabel, index: number, argument: string, accepted: readonly JsonValue[]): CallsLabel {
  const possible = label.possible?.[index];
  const call = label.calls[index];
  if (possible === undefined || call === undefined) return label;
  const first = accepted.find((value) => value !== '');
  const args: JsonValue = first === undefined ? withoutValueAt(call.arguments, [argument]) : withValueAt(call.arguments, [argument], firstOf(first));
  const list = withValueAt(possible.arguments, [argument], accepted);
  // Both were objects and stay so.
  return withCalls(label, 'own', label.calls.map((own, at) => (at === index ? { name: own.name, arguments: args as JsonObject } : own)), label.possible?.map((own, at) => (at === index ? { name: own.name, arguments: list as JsonObject } : own)));
}

/** The first acceptable value made plain: members of objects are lists of acceptable values again. */
function firstOf(choice: JsonValue): JsonValue {
  if (isJsonArray(choice)) return choice.map(firstOf);
  if (!isJsonObject(choice)) return choice;
  return objectOf(Object.entries(choice).flatMap(([key, value]): [string, JsonValue][] => {
    const first = acceptedValues(value).find((each) => each !== '');
    return first === undefined ? [] : [[key, firstOf(first)]];
  }));
}
