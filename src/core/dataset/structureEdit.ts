import { stringifySpaced } from '../json/stringify.ts';
import { RecordLocator } from './locate.ts';
import type { TextEdit } from './spans.ts';
import type { SourcePath } from '../json/path.ts';
import type { JsonValue } from '../json/value.ts';

/**
 * One change of a record, in terms of its structure:
 * - `set` gives a member or item another value; a member that its object lacks is added at the end;
 * - `remove` takes a member or item out, with its comma;
 * - `rename` gives a member another key;
 * - `text` replaces the decoded text of a string, or of a range of it.
 */
export type StructureEdit =
  | { readonly kind: 'set'; readonly path: SourcePath; readonly value: JsonValue }
  | { readonly kind: 'remove'; readonly path: SourcePath }
  | { readonly kind: 'rename'; readonly path: SourcePath; readonly key: string }
  | { readonly kind: 'text'; readonly path: SourcePath; readonly text: string };

/** The text edits that make the changes; undefined where a path leads nowhere. */
export function structureEdits(text: string, recordStart: number, edits: readonly StructureEdit[]): readonly TextEdit[] | undefined {
  const locator = new RecordLocator(text, recordStart);
  const found: TextEdit[] = [];
  for (const edit of edits) {
    const place = locator.locate(edit.path);
    if (place === undefined || (edit.kind !== 'set' && edit.kind !== 'text')) return undefined;
    const written = stringifySpaced(edit.kind === 'set' ? edit.value : edit.text);
    found.push({ ...place.span, newText: place.map === undefined ? written : place.map.encode(written) });
  }
  return found;
}
