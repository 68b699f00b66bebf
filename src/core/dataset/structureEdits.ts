import { EditPlan } from './editPlan.ts';
import { RecordLocator } from './locate.ts';
import type { TextEdit } from './spans.ts';
import type { StructureEdit } from './structureEdit.ts';

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

