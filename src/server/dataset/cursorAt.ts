import { cursorLayer, type CursorLayer } from '../../core/cursor/layers.ts';
import { openTextAt } from '../../core/cursor/openText.ts';
import { repairsAt, type Opening, type Repair } from '../../core/cursor/repairs.ts';
import { closingQuote, startOfJson } from '../../core/json/scanner.ts';
import { escapeNonAscii, escapesNonAscii, type Span } from '../../core/json/stringMap.ts';
import { parseTree } from '../../core/json/tree.ts';
import { eachRecord } from '../../core/jsonl/records.ts';
import type { OpenDataset } from './openDataset.ts';
import type { RecordView } from './recordView.ts';
import { targetAt, type Target } from './targetAt.ts';

/** What somebody writes at a cursor. */
export type Cursor = {
  /** What stands there in a readable form of the record: in a call of a label, or in a tool's definition. Its spans are that form's, not the document's. */
  readonly target: Extract<Target, { kind: 'argument' | 'callName' | 'tool' }>;
  readonly opening: Opening;
  /** What is replaced, in the document. */
  readonly range: Span;
  /** How text stands at this place of the document: escaped once per level. */
  readonly encode: (text: string) => string;
  /** What stands between keys and values there. */
  readonly colon: ':' | ': ';
};

/** Texts beyond this are read by nobody while typing. */
const longestRecord = 2_000_000;

/** What is written at an offset, whether or not the record can be read at that moment; undefined where that is no call and no tool. */
export function cursorAt(dataset: OpenDataset, offset: number): Cursor | undefined {
  const found = pieceAt(dataset, offset);
  if (found === undefined || found.view.text.length > longestRecord) return undefined;
  const ended = closed(found);
  if (ended === undefined) return cursorIn(found, offset);
  // A string without an end may be the one that is being written, in front of brackets that are meant as such.
  const bracketsFollow = /^[\s\]})]*[\]}][\s\]})]*$/.test(found.view.text.slice(offset - found.view.base));
  return (bracketsFollow ? cursorIn(found, offset) : undefined) ?? within(cursorIn(ended, offset), found.view);
}

/** The end that was given to a string stands in no document: nothing of it is replaced. */
function within(cursor: Cursor | undefined, { base, text }: RecordView): Cursor | undefined {
  if (cursor === undefined) return undefined;
  const last = base + text.length;
  return { ...cursor, range: { start: Math.min(cursor.range.start, last), end: Math.min(cursor.range.end, last) } };
}

function cursorIn(piece: Piece, offset: number): Cursor | undefined {
  const cursor = offset - piece.view.base;
  const layer = cursorLayer(piece.view.text, piece.start, cursor);
  if (layer === undefined) return undefined;
  for (const repair of repairsAt(layer)) {
    const target = probe(piece, layer, repair, cursor);
    if (target !== undefined) return made(piece.view, layer, repair.opening, target);
  }
  return undefined;
}

function made(view: RecordView, { map, text }: CursorLayer, opening: Opening, target: Cursor['target']): Cursor {
  const range = map === undefined ? opening.range : { start: map.toSource(opening.range.start), end: map.toSource(opening.range.end) };
  const encode = map === undefined ? (decoded: string) => (escapesNonAscii(view.text) ? escapeNonAscii(decoded) : decoded) : (decoded: string) => map.encode(decoded);
  return { target, opening, range: view.toDocument(range), encode, colon: /["']:(?![\s"']*$)\S/.test(text) && !/["']:\s/.test(text) ? ':' : ': ' };
}

/** A text that holds the record of the cursor, and where that starts in it. */
type Piece = { readonly view: RecordView; readonly start: number; readonly inLines: boolean };

function pieceAt(dataset: OpenDataset, offset: number): Piece | undefined {
  const view = dataset.recordAt(offset) ?? nearest(dataset, offset);
  if (view === undefined) return undefined;
  if (typeof view.starts !== 'number') {
    const line = view.text.lastIndexOf('\n', offset - view.base - 1) + 1;
    const start = view.starts.findLast((from) => from <= offset - view.base) ?? 0;
    return { view, start: Math.max(start, line), inLines: true };
  }
  return view.value === undefined ? broken(dataset, view) : { view, start: startOfJson(view.text), inLines: false };
}

/** Where broken text is taken for no record, the one before it stands for the dialect. */
function nearest(dataset: OpenDataset, offset: number): RecordView | undefined {
  const { first } = dataset.recordsIn(offset, offset);
  const before = dataset.record(Math.max(0, Math.min(first, dataset.recordCount) - 1));
  if (before === undefined) return undefined;
  return between(dataset, before, before.span.end <= offset ? before.span.end : 0, dataset.record(before.index + 1)?.span.start);
}

/** A record that cannot be read may go from the one before it to the one behind it. */
function broken(dataset: OpenDataset, view: RecordView): Piece {
  const own = startOfJson(view.text);
  if (view.text.charAt(own) === '{') return { view, start: own, inLines: false };
  const wide = between(dataset, view, dataset.record(view.index - 1)?.span.end ?? 0, dataset.record(view.index + 1)?.span.start);
  return { view: wide, start: Math.max(0, wide.text.indexOf('{')), inLines: false };
}

/** What stands between two records, from its first bracket on, as a record like the given one. */
function between({ document }: OpenDataset, view: RecordView, from: number, to: number | undefined): RecordView {
  const end = Math.min(to ?? Infinity, from + longestRecord);
  const text = document.getText({ start: document.positionAt(from), end: document.positionAt(end) });
  const start = Math.max(0, text.indexOf('{'));
  return view.withText(text.slice(start).replace(/[\s,\]]*$/, ''), undefined, from + start);
}

/** With an end for a string of the record that has none; undefined where all have theirs. */
function closed(piece: Piece): Piece | undefined {
  const { view, start } = piece;
  const open = openTextAt(view.text, start, view.text.length, false);
  if (open?.token?.quote !== '"' || closingQuote(view.text, open.token.start) >= 0) return undefined;
  const closers = open.frames.map(({ open: bracket }) => (bracket === '{' ? '}' : ']')).reverse();
  return { ...piece, view: view.withText(`${view.text}"${closers.join('')}`, piece.inLines ? startsIn(view.text) : undefined) };
}

function probe({ view, start, inLines }: Piece, layer: CursorLayer, repair: Repair, cursor: number): Cursor['target'] | undefined {
  const { map } = layer;
  let text = view.text;
  for (const { start: from, end, newText } of [...repair.edits].reverse()) {
    const span = map === undefined ? { start: from, end } : { start: map.toSource(from), end: map.toSource(end) };
    text = text.slice(0, span.start) + (map?.encode(newText) ?? newText) + text.slice(span.end);
  }
  const record = repair.edits.length === 0 ? view : readable(view, text, start, inLines);
  if (record === undefined) return undefined;
  const at = cursor + probeOffset(layer, repair);
  return fitting(targetAt(record, record.base + at), repair.opening);
}

/** The target where what can be written goes there. */
function fitting(target: Target, { slot }: Opening): Cursor['target'] | undefined {
  if (target.kind === 'callName') return slot === 'key' ? undefined : target;
  if (target.kind !== 'argument' && target.kind !== 'tool') return undefined;
  return target.inKey === (slot === 'key') && slot !== 'name' ? target : undefined;
}

/** Characters of the record from the cursor to what is looked up. */
function probeOffset({ map, cursor }: CursorLayer, { edits, probe: count }: Repair): number {
  if (map === undefined || count === 0) return count;
  if (count < 0) return map.toSource(cursor + count) - map.toSource(cursor);
  const inserted = edits.find(({ start, end }) => start === cursor && end === cursor)?.newText;
  return inserted === undefined ? map.toSource(cursor + count) - map.toSource(cursor) : map.encode(inserted.slice(0, count)).length;
}

/** The record with another text, where that can be read. */
function readable(view: RecordView, text: string, start: number, inLines: boolean): RecordView | undefined {
  if (!parseTree(text, { offset: start }).ok) return undefined;
  return view.withText(text, inLines ? startsIn(text) : undefined);
}

function startsIn(text: string): readonly number[] {
  return [...eachRecord(text)].flatMap((entry) => (entry.ok ? [entry.node.start] : []));
}
