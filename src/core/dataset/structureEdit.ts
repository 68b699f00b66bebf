import type { SourcePath } from '../json/path.ts';
import type { JsonValue } from '../json/value.ts';
import { EditPlan } from './editPlan.ts';
import { RecordLocator } from './locate.ts';
import type { TextEdit } from './spans.ts';

/**
 * One change of a record, in terms of its structure:
 * - `set` gives a member or item another value; a member that its object lacks is added at the end, as is an item behind the
 *   last one of a list;
 * - `remove` takes a member or item out, with its comma;
 * - `rename` gives a member another key;
 * - `text` replaces the decoded text of a string, or of a range of it.
 */
export type StructureEdit =
  | { readonly kind: 'set'; readonly path: SourcePath; readonly value: JsonValue }
  | { readonly kind: 'remove'; readonly path: SourcePath }
  | { readonly kind: 'rename'; readonly path: SourcePath; readonly key: string }
  | { readonly kind: 'text'; readonly path: SourcePath; readonly text: string };

/**
 * The smallest edits of a file that make the changes in one record: ascending, without overlap, escaped for each string
 * around their place, in the layout, quotes and escapes of what stands there. All paths lead into the record as it is now.
 * What is equal already is not touched, and of an object or list only what differs. `recordStart` is as for `locate`.
 * Undefined where a change cannot be made: its place does not exist, two changes meet in one place, a renamed member would
 * double a key, or the syntax cannot hold the value.
 */
export function structureEdits(text: string, recordStart: number | readonly number[], edits: readonly StructureEdit[]): readonly TextEdit[] | undefined {
  return editsIn(new RecordLocator(text, recordStart), edits);
}

/** The same with a locator that other look-ups share. */
export function editsIn(locator: RecordLocator, edits: readonly StructureEdit[]): readonly TextEdit[] | undefined {
  const plan = new EditPlan(locator);
  return edits.every((edit) => plan.add(edit)) ? plan.textEdits() : undefined;
}

