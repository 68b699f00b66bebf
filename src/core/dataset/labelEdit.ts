import { LoopToolError } from '../errors.ts';
import { memberOf, nodeValue, parseTree, type JsonNode, type ObjectNode } from '../json/tree.ts';
import { canonicalJson, stringifyJson, stringifySpaced } from '../json/stringify.ts';
import { isJsonObject, type JsonValue } from '../json/value.ts';
import type { ReadSample } from './dataset.ts';
import type { Dialect } from './dialects/dialect.ts';
import { asJson, extrasKey } from './dialects/recordExtras.ts';
import { dialectById } from './dialects/registry.ts';
import { labelHash } from './identity.ts';
import type { Label, Sample, ToolCall } from './sample.ts';
import { sourceSpan, type Located, type LocatedCall, type Span, type TextEdit } from './spans.ts';

/**
 * The smallest edits of a dataset's text that give a sample another label: values of arguments or names where the calls are
 * otherwise the same, else the answer as a whole, inside nested JSON strings with the escapes of each level. Ascending,
 * without overlap; nothing for a label that already stands there. Every result is read back before it is given.
 * Throws `label-changed` when the text does not hold the sample that was read from it.
 */
export function labelEdits(text: string, readSample: ReadSample, newLabel: Label): readonly TextEdit[] {
  const dialect = dialectById(readSample.dialect);
  const current = dialect && sampleAt(dialect, text, readSample.spans.record, readSample.occurrence.step);
  if (dialect === undefined || current?.id !== readSample.sample.id || current.labelHash !== readSample.sample.labelHash) {
    throw new LoopToolError('label-changed', 'The record changed since it was read. Read the dataset again, then correct the label.');
  }
  if (current.labelHash === labelHash(newLabel)) return [];
  for (const candidate of candidates(dialect, text, readSample, newLabel)) {
    const edits = candidate.map((edit) => trimmed(text, edit)).filter((edit) => edit.start < edit.end || edit.newText !== '');
    if (isRight(dialect, text, readSample, newLabel, edits)) return edits.sort((a, b) => a.start - b.start);
  }
  throw new LoopToolError('write-failed', `The ${dialect.name} cannot hold this label. Correct the record by hand.`);
}

/** Applies edits that do not overlap; their offsets are all of the text as given. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = '';
  let position = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    result += text.slice(position, edit.start) + edit.newText;
    position = edit.end;
  }
  return result + text.slice(position);
}

/**
 * Where a part of a label's call stands in the text, for marking it: `path` leads from the call's arguments ([] for all of
 * them). Of a path that does not exist the deepest part that does; the call itself where it has no arguments.
 */
export function argumentSpan(text: string, readSample: ReadSample, call: number, path: readonly (string | number)[]): Span | undefined {
  const located = dialectById(readSample.dialect)?.locateCalls(text, readSample.spans)[call];
  if (located?.arguments === undefined) return located && sourceSpan(located.call);
  let node: JsonNode = located.arguments.node;
  for (const step of path) {
    const next: JsonNode | undefined = typeof step === 'number' ? (node.kind === 'array' ? node.items[step] : undefined) : memberOf(node, step)?.value;
    if (next === undefined) break;
    node = next;
  }
  return sourceSpan({ node, map: located.arguments.map });
}

function sampleAt(dialect: Dialect, text: string, record: Span, step: number): Sample | undefined {
  const parsed = parseTree(text, { offset: record.start });
  if (!parsed.ok) return undefined;
  return dialect.read(text, parsed.node, 'all').samples.find((sample) => sample.step === step)?.sample;
}

/** Whether the record, edited, reads as the same sample with the new label. */
function isRight(dialect: Dialect, text: string, readSample: ReadSample, label: Label, edits: readonly TextEdit[]): boolean {
  const { record } = readSample.spans;
  const shifted = edits.map((edit) => ({ ...edit, start: edit.start - record.start, end: edit.end - record.start }));
  const edited = applyEdits(text.slice(record.start, record.end), shifted);
  const sample = sampleAt(dialect, edited, { start: 0, end: edited.length }, readSample.occurrence.step);
  return sample?.id === readSample.sample.id && sample.labelHash === labelHash(label);
}

/** Ways to put the label in, smallest first. */
function* candidates(dialect: Dialect, text: string, readSample: ReadSample, label: Label): Generator<readonly TextEdit[]> {
  const old = readSample.sample.label;
  if (label.kind === 'calls' && old.kind === 'calls') {
    const inside = callEdits(text, dialect.locateCalls(text, readSample.spans), old.calls, label.calls);
    if (inside !== undefined) yield inside;
  }
  const whole = dialect.replaceLabel(text, readSample.spans, label);
  yield whole;
  const record = parseTree(text, { offset: readSample.spans.record.start });
  if (!record.ok || record.node.kind !== 'object') return;
  yield [...whole, ...extrasEdit(text, record.node, undefined)];
  yield [...whole, ...extrasEdit(text, record.node, label)];
}

/** Edits inside of calls that keep their number and order; undefined where that is not what differs. */
function callEdits(text: string, located: readonly LocatedCall[], old: readonly ToolCall[], wanted: readonly ToolCall[]): readonly TextEdit[] | undefined {
  if (old.length !== wanted.length || located.length !== old.length) return undefined;
  const edits: TextEdit[] = [];
  for (const [index, call] of wanted.entries()) {
    const place = located[index];
    const before = old[index];
    if (place === undefined || before === undefined) return undefined;
    if (before.name !== call.name) edits.push(replacement(text, place.name, call.name));
    const inside = place.arguments === undefined ? undefined : valueEdits(text, place.arguments, before.arguments, call.arguments);
    if (inside === undefined && canonicalJson(before.arguments) !== canonicalJson(call.arguments)) return undefined;
    edits.push(...(inside ?? []));
  }
  return edits;
}

/** Where two objects have the same keys the differing values, at any depth; else the value as a whole. */
function valueEdits(text: string, place: Located, before: JsonValue, wanted: JsonValue): readonly TextEdit[] {
  if (canonicalJson(before) === canonicalJson(wanted)) return [];
  const { node } = place;
  if (node.kind !== 'object' || !isJsonObject(before) || !isJsonObject(wanted)) return [replacement(text, place, wanted)];
  const keys = new Set(node.members.map((member) => member.key.value));
  const sameKeys = keys.size === node.members.length && keys.size === Object.keys(wanted).length && [...keys].every((key) => Object.hasOwn(wanted, key));
  if (!sameKeys) return [replacement(text, place, wanted)];
  return node.members.flatMap(({ key, value }) => {
    const [from, to] = [before, wanted].map((object) => (Object.hasOwn(object, key.value) ? object[key.value] : undefined));
    return from === undefined || to === undefined ? [] : valueEdits(text, { node: value, map: place.map }, from, to);
  });
}

function replacement(text: string, place: Located, value: JsonValue): TextEdit {
  const span = sourceSpan(place);
  const source = text.slice(span.start, span.end);
  const dense = /[:,]/.test(source) && !/[:,]\s/.test(source);
  const written = dense ? stringifyJson(value) : stringifySpaced(value);
  return { ...span, newText: place.map === undefined ? written : place.map.encode(written) };
}

/** Sets or removes `looptool.label` of a record. */
function extrasEdit(text: string, record: ObjectNode, label: Label | undefined): readonly TextEdit[] {
  const member = memberOf(record, extrasKey);
  if (member === undefined) {
    if (label === undefined) return [];
    const at = record.members.at(-1)?.value.end ?? record.start + 1;
    const comma = record.members.length === 0 ? '' : ', ';
    return [{ start: at, end: at, newText: `${comma}"${extrasKey}": ${stringifySpaced({ label: asJson(label) })}` }];
  }
  const value = nodeValue(member.value);
  const kept = Object.entries(isJsonObject(value) ? value : {}).filter(([key]) => key !== 'label');
  const extras = Object.fromEntries(label === undefined ? kept : [...kept, ['label', asJson(label)]]);
  return [replacement(text, { node: member.value }, extras)];
}

/** Cuts off what an edit would not change, without splitting a surrogate pair. */
function trimmed(text: string, edit: TextEdit): TextEdit {
  const old = text.slice(edit.start, edit.end);
  const { newText } = edit;
  const shortest = Math.min(old.length, newText.length);
  let head = 0;
  while (head < shortest && old.charCodeAt(head) === newText.charCodeAt(head)) head++;
  if (head > 0 && isHighSurrogate(old.charCodeAt(head - 1))) head--;
  let tail = 0;
  while (tail < shortest - head && old.charCodeAt(old.length - 1 - tail) === newText.charCodeAt(newText.length - 1 - tail)) tail++;
  if (tail > 0 && isLowSurrogate(old.charCodeAt(old.length - tail))) tail--;
  return { start: edit.start + head, end: edit.end - tail, newText: newText.slice(head, newText.length - tail) };
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
