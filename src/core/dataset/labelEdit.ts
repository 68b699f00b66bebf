import { LoopToolError } from '../errors.ts';
import { member } from '../json/member.ts';
import type { SourcePath } from '../json/path.ts';
import { nodeValue, parseTree } from '../json/tree.ts';
import { canonicalJson } from '../json/stringify.ts';
import { isJsonObject, type JsonValue } from '../json/value.ts';
import { noCompanions, type Companions } from './companions.ts';
import { withCopies } from './copies.ts';
import type { ReadSample } from './dataset.ts';
import type { CallPlace, Dialect, RecordSample } from './dialect.ts';
import { labelHash } from './identity.ts';
import { RecordLocator } from './locate.ts';
import { asJson, extrasKey } from './reading/recordExtras.ts';
import { dialectById } from './registry.ts';
import type { Label, ToolCall } from './sample.ts';
import type { Span, TextEdit } from './spans.ts';
import type { StructureEdit } from './structureEdit.ts';
import { structureEdits } from './structureEdits.ts';

/**
 * The smallest edits of a dataset's text that give a sample another label: values of arguments or names where the calls are
 * otherwise the same, else the answer as a whole, inside nested JSON strings with the escapes of each level. Ascending,
 * without overlap; nothing for a label that already stands there. Every result is read back before it is given.
 * `companions` are those that it was read with. Throws `label-changed` when the text does not hold the sample that was read
 * from it.
 */
export function labelEdits(text: string, readSample: ReadSample, newLabel: Label, companions: Companions = noCompanions): readonly TextEdit[] {
  const dialect = dialectById(readSample.dialect);
  const current = dialect && sampleAt(dialect, text, readSample.start, readSample, companions);
  if (dialect === undefined || current?.read.sample.id !== readSample.sample.id || current.read.sample.labelHash !== readSample.sample.labelHash) {
    throw new LoopToolError('label-changed', 'The record changed since it was read. Read the dataset again, then correct the label.');
  }
  if (current.read.sample.labelHash === labelHash(newLabel)) return [];
  for (const candidate of candidates(dialect, current, newLabel)) {
    const placed = structureEdits(text, readSample.start, candidate);
    if (placed === undefined) continue;
    const edits = placed.map((edit) => trimmed(text, edit)).filter((edit) => edit.start < edit.end || edit.newText !== '');
    if (isRight(dialect, text, readSample, newLabel, edits, companions)) return edits.sort((a, b) => a.start - b.start);
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
export function argumentSpan(text: string, { start, starts, places }: ReadSample, call: number, path: readonly (string | number)[]): Span | undefined {
  const place = places().calls[call];
  return place && new RecordLocator(text, starts ?? start).deepest([...(place.arguments ?? place.call), ...(place.arguments === undefined ? [] : path)])?.span;
}

type Current = { readonly value: JsonValue; readonly read: RecordSample };

/** The sample as it stands in the text now. */
function sampleAt(dialect: Dialect, text: string, start: number, { occurrence: { record, step } }: ReadSample, companions: Companions): Current | undefined {
  const parsed = parseTree(text, { offset: start });
  if (!parsed.ok) return undefined;
  const value = nodeValue(parsed.node);
  const read = dialect.read(value, { steps: 'all', companions, index: record }).samples.find((sample) => sample.step === step);
  return read && { value, read };
}

/** Whether the record, edited, reads as the same sample with the new label. */
function isRight(dialect: Dialect, text: string, readSample: ReadSample, label: Label, edits: readonly TextEdit[], companions: Companions): boolean {
  const { record } = readSample.spans;
  const shifted = edits.map((edit) => ({ ...edit, start: edit.start - record.start, end: edit.end - record.start }));
  const edited = applyEdits(text.slice(record.start, record.end), shifted);
  const sample = sampleAt(dialect, edited, 0, readSample, companions)?.read.sample;
  return sample?.id === readSample.sample.id && sample.labelHash === labelHash(label);
}

/** Ways to put the label in, smallest first. */
function* candidates(dialect: Dialect, { value, read }: Current, label: Label): Generator<readonly StructureEdit[]> {
  const old = read.sample.label;
  if (label.kind === 'calls' && old.kind === 'calls') {
    const inside = callEdits(read.places().calls, old.calls, label.calls);
    if (inside !== undefined) yield withCopies(dialect, value, inside);
  }
  const whole = dialect.relabel?.(value, read, label);
  if (whole === undefined) return;
  yield whole;
  yield [...whole, ...extrasEdits(value, undefined)];
  yield [...whole, ...extrasEdits(value, label)];
}

/** Edits inside of calls that keep their number and order; undefined where that is not what differs. */
function callEdits(places: readonly CallPlace[], old: readonly ToolCall[], wanted: readonly ToolCall[]): readonly StructureEdit[] | undefined {
  if (old.length !== wanted.length || places.length !== old.length) return undefined;
  const edits: StructureEdit[] = [];
  for (const [index, call] of wanted.entries()) {
    const place = places[index];
    const before = old[index];
    if (place === undefined || before === undefined) return undefined;
    if (before.name !== call.name) edits.push({ kind: 'set', path: place.name, value: call.name });
    if (canonicalJson(before.arguments) === canonicalJson(call.arguments)) continue;
    if (place.arguments === undefined) return undefined;
    edits.push(...valueEdits(place.arguments, before.arguments, call.arguments));
  }
  return edits;
}

/** Where two objects have the same keys the differing values, at any depth; else the value as a whole. */
function valueEdits(path: SourcePath, before: JsonValue, wanted: JsonValue): readonly StructureEdit[] {
  if (canonicalJson(before) === canonicalJson(wanted)) return [];
  if (!isJsonObject(before) || !isJsonObject(wanted)) return [{ kind: 'set', path, value: wanted }];
  const keys = Object.keys(before);
  const sameKeys = keys.length === Object.keys(wanted).length && keys.every((key) => Object.hasOwn(wanted, key));
  if (!sameKeys) return [{ kind: 'set', path, value: wanted }];
  return keys.flatMap((key) => valueEdits([...path, key], before[key] ?? null, wanted[key] ?? null));
}

/** Sets or removes `looptool.label` of a record. */
function extrasEdits(record: JsonValue, label: Label | undefined): readonly StructureEdit[] {
  const extras = member(record, extrasKey);
  if (extras === undefined) return label === undefined ? [] : [{ kind: 'set', path: [extrasKey], value: { label: asJson(label) } }];
  const has = member(extras, 'label') !== undefined;
  if (label === undefined) return has ? [{ kind: 'remove', path: [extrasKey, 'label'] }] : [];
  return [{ kind: 'set', path: [extrasKey, 'label'], value: asJson(label) }];
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
