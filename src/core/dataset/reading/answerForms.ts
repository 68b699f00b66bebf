import { canonicalJson } from '../../json/stringify.ts';
import { member } from '../../json/member.ts';
import { objectOf } from '../../json/parse.ts';
import type { SourcePath } from '../../json/path.ts';
import type { JsonValue } from '../../json/value.ts';
import type { CallPlace } from '../dialect.ts';
import type { ToolCall, ToolDefinition } from '../sample.ts';
import type { StructureEdit } from '../structureEdit.ts';
import { withoutNumber } from './possibleAnswers.ts';

/** A call as the answer is to have it, and which of the old ones it stands for. */
export type WantedCall = { readonly call: ToolCall; readonly of?: number | undefined };

/** Calls as they stand in an answer: their arguments as written, and where. */
export type WrittenCalls = { readonly calls: readonly ToolCall[]; readonly places: readonly CallPlace[] };

/** Which calls of the old list new ones stand for: what is equal at both ends, and between that one after the other. */
export function alignedCalls(old: readonly ToolCall[], wanted: readonly ToolCall[]): readonly WantedCall[] {
  if (old.length === wanted.length) return wanted.map((call, of) => ({ call, of }));
  const same = (one: ToolCall | undefined, other: ToolCall | undefined): boolean => one !== undefined && other !== undefined && one.name === other.name && canonicalJson(one.arguments) === canonicalJson(other.arguments);
  const shortest = Math.min(old.length, wanted.length);
  let head = 0;
  while (head < shortest && same(old[head], wanted[head])) head += 1;
  let tail = 0;
  while (tail < shortest - head && same(old[old.length - 1 - tail], wanted[wanted.length - 1 - tail])) tail += 1;
  return wanted.map((call, index) => {
    if (index >= wanted.length - tail) return { call, of: index - wanted.length + old.length };
    return index < old.length - tail ? { call, of: index } : { call };
  });
}

/** Edits of a list of `{tool: arguments}`, one call an element, at `base`; then the list as a whole. */
export function* listForms(record: JsonValue, base: SourcePath, old: WrittenCalls, wanted: readonly WantedCall[]): Generator<readonly StructureEdit[]> {
  const list = valueAt(record, base);
  const elements = Array.isArray(list) ? (list as readonly JsonValue[]) : [];
  const edits = keptEdits(old, wanted, ({ call }) => call.name);
  for (const [index, place] of old.places.entries()) {
    if (wanted.some(({ of }) => of === index)) continue;
    const element = place.call.length > base.length ? elements[Number(place.call.at(-1))] : undefined;
    const alone = element !== undefined && Object.keys(element ?? {}).length === 1;
    edits.push({ kind: 'remove', path: alone ? place.call : (place.arguments ?? place.call) });
  }
  const written = (call: ToolCall): JsonValue => objectOf([[call.name, call.arguments]]);
  const added = wanted.filter(({ of }) => of === undefined);
  for (const [index, { call }] of added.entries()) edits.push({ kind: 'set', path: [...base, elements.length + index], value: written(call) });
  if (Array.isArray(list)) yield edits;
  yield [{ kind: 'set', path: base, value: wanted.map(({ call }) => written(call)) }];
}

/** Edits of one object `{tool: arguments}`, repeated tools as `tool_1`, `tool_2`, at `base`; then the object as a whole. */
export function* memberForms(base: SourcePath, old: WrittenCalls, wanted: readonly WantedCall[], tools: readonly ToolDefinition[]): Generator<readonly StructureEdit[]> {
  const keys = memberKeys(old, wanted, tools);
  const edits = keptEdits(old, wanted, (one) => keys.get(one) ?? one.call.name);
  for (const [index, place] of old.places.entries()) if (!wanted.some(({ of }) => of === index)) edits.push({ kind: 'remove', path: place.arguments ?? place.call });
  for (const one of wanted) if (one.of === undefined) edits.push({ kind: 'set', path: [...base, keys.get(one) ?? one.call.name], value: one.call.arguments });
  yield edits;
  yield [{ kind: 'set', path: base, value: memberObject(wanted, keys) }];
}

/** Calls as one object, repeated tools with numbers. */
export function callsObject(calls: readonly ToolCall[], tools: readonly ToolDefinition[]): JsonValue {
  const wanted = calls.map((call) => ({ call }));
  return memberObject(wanted, memberKeys({ calls: [], places: [] }, wanted, tools));
}

function memberObject(wanted: readonly WantedCall[], keys: ReadonlyMap<WantedCall, string>): JsonValue {
  return objectOf(wanted.map((one) => [keys.get(one) ?? one.call.name, one.call.arguments]));
}

function memberKeys({ places }: WrittenCalls, wanted: readonly WantedCall[], tools: readonly ToolDefinition[]): ReadonlyMap<WantedCall, string> {
  const keys = new Map<WantedCall, string>();
  const count = (name: string): number => wanted.filter(({ call }) => call.name === name).length;
  for (const one of wanted) {
    const key = one.of === undefined ? undefined : keyOf(places[one.of]);
    if (key !== undefined && withoutNumber(key, tools) === one.call.name && (key !== one.call.name || count(key) === 1)) keys.set(one, key);
  }
  const used = new Set(keys.values());
  for (const one of wanted) {
    if (keys.has(one)) continue;
    const { name } = one.call;
    let key = name;
    for (let number = 1; count(name) > 1 && (key === name || used.has(key) || tools.some((tool) => tool.name === key)); number += 1) key = `${name}_${number}`;
    keys.set(one, key);
    used.add(key);
  }
  return keys;
}

function keyOf(place: CallPlace | undefined): string | undefined {
  const step = place?.name.at(-1);
  return typeof step === 'object' && 'key' in step ? step.key : undefined;
}

/** Edits inside of calls that stay: names, and arguments that differ. */
function keptEdits({ calls, places }: WrittenCalls, wanted: readonly WantedCall[], nameOf: (wanted: WantedCall) => string): StructureEdit[] {
  const edits: StructureEdit[] = [];
  for (const one of wanted) {
    const old = one.of === undefined ? undefined : calls[one.of];
    const place = one.of === undefined ? undefined : places[one.of];
    if (old === undefined || place?.arguments === undefined) continue;
    const path = place.arguments;
    const key = nameOf(one);
    if (keyOf(place) !== key) edits.push({ kind: 'rename', path, key });
    for (const argument of Object.keys(old.arguments)) if (!Object.hasOwn(one.call.arguments, argument)) edits.push({ kind: 'remove', path: [...path, argument] });
    for (const [argument, value] of Object.entries(one.call.arguments)) {
      const before = member(old.arguments, argument);
      if (before === undefined || canonicalJson(before) !== canonicalJson(value)) edits.push({ kind: 'set', path: [...path, argument], value });
    }
  }
  return edits;
}

function valueAt(record: JsonValue, path: SourcePath): JsonValue | undefined {
  let value: JsonValue | undefined = record;
  for (const step of path) value = typeof step === 'string' ? member(value, step) : undefined;
  return value;
}
