import { closingQuote } from '../json/scanner.ts';
import { StringMap } from '../json/stringMap.ts';
import { openTextAt, type OpenText } from './openText.ts';

/** The innermost text around a cursor: the record itself, or what a string in it says, at any depth. */
export type CursorLayer = {
  readonly text: string;
  /** The cursor in `text`. */
  readonly cursor: number;
  /** Leads to the record's text; undefined where this is it. */
  readonly map: StringMap | undefined;
  readonly open: OpenText;
};

const deepest = 8;

/** The innermost text around a cursor of a record that starts at `start`; undefined where the cursor is in no value. Strings have to be closed. */
export function cursorLayer(record: string, start: number, cursor: number): CursorLayer | undefined {
  const open = openTextAt(record, start, cursor, false);
  if (open === undefined) return undefined;
  let layer: CursorLayer = { text: record, cursor, map: undefined, open };
  for (let depth = 0; depth < deepest; depth += 1) {
    const inner = insideString(layer, cursor);
    if (inner === undefined) return layer;
    layer = inner;
  }
  return layer;
}

function insideString(layer: CursorLayer, cursor: number): CursorLayer | undefined {
  const { token, slot } = layer.open;
  if (token?.quote !== '"' || slot !== 'value') return undefined;
  const close = closingQuote(layer.text, token.start);
  if (close < 0) return undefined;
  const literal = { start: token.start, end: close + 1 };
  const text = decoded(layer.text.slice(literal.start, literal.end));
  if (text === undefined) return undefined;
  const map = new StringMap(layer.text, literal, layer.map);
  const at = map.toDecoded(cursor);
  const open = openTextAt(text, 0, at, true);
  return open && { text, cursor: at, map, open };
}

function decoded(literal: string): string | undefined {
  try {
    return JSON.parse(literal) as string;
  } catch {
    return undefined;
  }
}
