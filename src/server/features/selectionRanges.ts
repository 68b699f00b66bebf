import type { Position, SelectionRange, SelectionRangeParams } from 'vscode-languageserver/node';
import type { Span } from '../../core/json/stringMap.ts';
import { memberAt } from '../dataset/targetAt.ts';
import type { OpenDataset } from '../dataset/openDataset.ts';
import type { RecordView } from '../dataset/recordView.ts';
import { toolsOf } from '../dataset/toolsOf.ts';
import type { Feature } from '../feature.ts';
import { rangeIn } from '../ranges.ts';

/** Value of an argument, the argument, the arguments, the call, the turn, the record, whatever strings they stand in. */
export const selectionRanges: Feature = {
  capabilities: { selectionRangeProvider: true },
  register: ({ connection, dataset }) => {
    connection.onSelectionRanges(({ textDocument, positions }: SelectionRangeParams) => {
      const open = dataset(textDocument.uri);
      return open === undefined ? [] : positions.map((position) => selectionAt(open, position));
    });
  },
};

function selectionAt(dataset: OpenDataset, position: Position): SelectionRange {
  const offset = dataset.document.offsetAt(position);
  const record = dataset.recordAt(offset);
  const here: Span = { start: offset, end: offset };
  const spans = record === undefined ? [] : [...spansAround(record, offset), record.span];
  let chain: SelectionRange | undefined;
  let outer: Span | undefined;
  for (const span of spans.filter((one) => one.start <= offset && offset <= one.end).sort((a, b) => b.end - b.start - (a.end - a.start))) {
    // A part that leaves what is around it would be refused as a whole.
    if (outer !== undefined && (span.start < outer.start || span.end > outer.end || (span.start === outer.start && span.end === outer.end))) continue;
    chain = { range: rangeIn(dataset, span), ...(chain === undefined ? {} : { parent: chain }) };
    outer = span;
  }
  return chain ?? { range: rangeIn(dataset, here) };
}

function* spansAround(record: RecordView, offset: number): Generator<Span> {
  for (const sample of record.samples) {
    const places = record.placesOf(sample);
    for (const path of [...places.messages, ...places.tools, ...(places.answers === undefined ? [places.label] : [])]) yield* located(record, path);
  }
  const { calls, tools } = toolsOf(record);
  for (const { place, answers } of calls) {
    if (answers !== undefined) continue;
    yield* located(record, place.call);
    yield* located(record, place.name);
    if (place.arguments !== undefined) yield* members(record, place.arguments, offset);
  }
  for (const { places } of tools) yield* members(record, places.whole, offset);
}

function* located(record: RecordView, path: Parameters<RecordView['locate']>[0]): Generator<Span> {
  const span = record.locate(path);
  if (span !== undefined) yield span;
}

/** A value and, around it, its member with the key and the text in quotes, for each level down to the offset. */
function* members(record: RecordView, path: Parameters<RecordView['locate']>[0], offset: number): Generator<Span> {
  const place = record.locator.locate(path);
  if (place === undefined) return;
  yield record.toDocument(place.span);
  if (offset < record.base + place.span.start || offset > record.base + place.span.end) return;
  const found = memberAt(place, offset - record.base);
  for (let length = found?.path.length ?? 0; length > 0; length -= 1) {
    const steps = found?.path.slice(0, length) ?? [];
    const last = steps.at(-1);
    const value = record.locate([...path, ...steps]);
    const key = typeof last === 'string' ? record.locate([...path, ...steps.slice(0, -1), { key: last }]) : undefined;
    if (value !== undefined) yield value;
    if (key !== undefined) yield key;
    if (value !== undefined && key !== undefined && key.end > key.start) yield { start: Math.min(key.start, value.start), end: Math.max(key.end, value.end) };
  }
}
