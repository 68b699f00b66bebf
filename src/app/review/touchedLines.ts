import { applyEdits } from '../../core/dataset/labelEdit.ts';
import type { TextEdit } from '../../core/dataset/spans.ts';

/** The lines of a text that edits touch, as they are and as they become; `line` is 1-based, `firstLine`, that the text starts on, 0-based. */
export function touchedLines(text: string, edits: readonly TextEdit[], firstLine: number): { readonly line: number; readonly before: string; readonly after: string } {
  const start = text.lastIndexOf('\n', Math.min(...edits.map((edit) => edit.start)) - 1) + 1;
  const lineEnd = text.indexOf('\n', Math.max(...edits.map((edit) => edit.end)));
  const before = text.slice(start, lineEnd < 0 ? text.length : lineEnd);
  const after = applyEdits(before, edits.map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start })));
  let line = firstLine + 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < start; at = text.indexOf('\n', at + 1)) line += 1;
  return { line, before, after };
}
