import type { CallPlace, RecordSample, SamplePlaces } from '../../core/dataset/dialect.ts';
import type { Place } from '../../core/dataset/locate.ts';
import { isAt } from '../../core/json/span.ts';
import type { Span } from '../../core/json/stringMap.ts';
import type { JsonNode } from '../../core/json/tree.ts';
import type { RecordView } from './recordView.ts';

/** Leads from a call's arguments, or from a tool's definition, to a part of them. */
export type MemberPath = readonly (string | number)[];

/**
 * What stands at an offset of a record, innermost first: `sample` is the sample whose label or context it belongs to, the
 * earliest where several share it. `span` is in the document.
 * - `argument`: a value of the label's call with index `call`, or with `inKey` the key that leads to it; `path` is never empty;
 * - `callName`, `call`: the name, or anywhere else in a call of the label;
 * - `tool`: in the definition of `sample.tools[tool]`, at `path` of it;
 * - `message`, `label`: in a message of the context, or in the label outside of its calls;
 * - `record`: anywhere else.
 */
export type Target = { readonly record: RecordView; readonly span: Span } & (
  | { readonly kind: 'argument'; readonly sample: RecordSample; readonly call: number; readonly path: MemberPath; readonly inKey: boolean }
  | { readonly kind: 'callName'; readonly sample: RecordSample; readonly call: number }
  | { readonly kind: 'call'; readonly sample: RecordSample; readonly call: number }
  | { readonly kind: 'tool'; readonly sample: RecordSample; readonly tool: number; readonly path: MemberPath; readonly inKey: boolean }
  | { readonly kind: 'message'; readonly sample: RecordSample; readonly message: number }
  | { readonly kind: 'label'; readonly sample: RecordSample }
  | { readonly kind: 'record' }
);

export type ArgumentTarget = Extract<Target, { kind: 'argument' }>;

/** What stands at an offset of the document that lies in the record. */
export function targetAt(record: RecordView, documentOffset: number): Target {
  const offset = documentOffset - record.base;
  for (const sample of record.samples) {
    const places = record.placesOf(sample);
    const found = places.answers === undefined ? inCalls(record, sample, places, offset) : undefined;
    if (found !== undefined) return found;
  }
  for (const sample of record.samples) {
    const found = inContext(record, sample, record.placesOf(sample), offset);
    if (found !== undefined) return found;
  }
  return { record, kind: 'record', span: record.span };
}

function inCalls(record: RecordView, sample: RecordSample, places: SamplePlaces, offset: number): Target | undefined {
  for (const [call, place] of places.calls.entries()) {
    const found = inCall(record, sample, call, place, offset);
    if (found !== undefined) return found;
  }
  // A label that is the record itself leaves no room for anything else.
  const label = places.label.length === 0 ? undefined : record.locator.locate(places.label);
  return label !== undefined && isAt(label.span, offset) ? { record, sample, kind: 'label', span: record.toDocument(label.span) } : undefined;
}

function inCall(record: RecordView, sample: RecordSample, call: number, place: CallPlace, offset: number): Target | undefined {
  const whole = record.locator.locate(place.call);
  const name = record.locator.locate(place.name);
  const args = place.arguments === undefined ? undefined : record.locator.locate(place.arguments);
  if (name !== undefined && isAt(name.span, offset)) return { record, sample, call, kind: 'callName', span: record.toDocument(name.span) };
  if (args !== undefined && isAt(args.span, offset)) {
    const member = memberAt(args, offset);
    if (member !== undefined && member.path.length > 0) return { record, sample, call, kind: 'argument', path: member.path, inKey: member.inKey, span: record.toDocument(member.span) };
    return { record, sample, call, kind: 'call', span: record.toDocument((whole !== undefined && isAt(whole.span, offset) ? whole : args).span) };
  }
  return whole !== undefined && isAt(whole.span, offset) ? { record, sample, call, kind: 'call', span: record.toDocument(whole.span) } : undefined;
}

function inContext(record: RecordView, sample: RecordSample, places: SamplePlaces, offset: number): Target | undefined {
  for (const [tool, path] of places.tools.entries()) {
    if (!isDefinition(places.tools, tool)) continue;
    const place = record.locator.locate(path);
    if (place === undefined || !isAt(place.span, offset)) continue;
    const member = memberAt(place, offset);
    return { record, sample, tool, kind: 'tool', path: member?.path ?? [], inKey: member?.inKey ?? false, span: record.toDocument(member?.span ?? place.span) };
  }
  for (const [message, path] of places.messages.entries()) {
    const place = record.locator.locate(path);
    if (place !== undefined && isAt(place.span, offset)) return { record, sample, message, kind: 'message', span: record.toDocument(place.span) };
  }
  return undefined;
}

/** Tools of a companion file have the record, or what names them together, for a place. */
function isDefinition(paths: SamplePlaces['tools'], tool: number): boolean {
  const path = paths[tool] ?? [];
  if (path.length === 0) return false;
  const neighbour = paths[tool + 1] ?? paths[tool - 1];
  return neighbour === undefined || JSON.stringify(neighbour) !== JSON.stringify(path);
}

export type MemberAt = { readonly path: MemberPath; readonly inKey: boolean; /** In the text of the place's record. */ readonly span: Span };

/** The innermost member of a place's value at an offset of the record's text. */
export function memberAt({ node, map }: Place, offset: number): MemberAt | undefined {
  if (node === undefined) return undefined;
  const at = map === undefined ? offset : map.toDecoded(offset);
  const path: (string | number)[] = [];
  const spanOf = (part: JsonNode): Span => (map === undefined ? { start: part.start, end: part.end } : map.spanToSource(part));
  for (let current = node; ; ) {
    if (current.kind === 'array') {
      const index = current.items.findIndex((item) => isAt(item, at));
      const item = current.items[index];
      if (item === undefined) return { path, inKey: false, span: spanOf(current) };
      path.push(index);
      current = item;
    } else if (current.kind === 'object') {
      const member = current.members.find(({ key, value }) => isAt(key, at) || isAt(value, at));
      if (member === undefined) return { path, inKey: false, span: spanOf(current) };
      path.push(member.key.value);
      if (isAt(member.key, at)) return { path, inKey: true, span: spanOf(member.key) };
      current = member.value;
    } else return { path, inKey: false, span: spanOf(current) };
  }
}
