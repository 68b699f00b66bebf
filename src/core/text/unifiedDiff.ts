import type { Span } from '../json/stringMap.ts';
import { LineIndex } from '../jsonl/lineIndex.ts';

type Edit = Span & { readonly newText: string };

/** Lines `first` to before `end` (0-based) that become other lines; lines keep their ends. */
type Change = { readonly first: number; readonly end: number; readonly old: readonly string[]; readonly new: readonly string[] };

/**
 * The unified diff of a text and what edits make of it, as `git apply` and `patch` take it; empty where nothing changes. It
 * is computed from the edits (which do not overlap), so that its cost is that of the changed lines. `path` has slashes and is
 * written behind `a/` and `b/`. Lines are whole however long they are: a patch has to apply.
 */
export function unifiedDiff(path: string, before: string, edits: readonly Edit[], context = 3): string {
  const lines = new LineIndex(before, 'lf');
  const count = before === '' || before.endsWith('\n') ? lines.lineCount - 1 : lines.lineCount;
  const changes = changesOf(before, edits, lines);
  if (changes.length === 0) return '';
  const line = (index: number): string => before.slice(lines.lineStart(index), lines.lineStart(index + 1));
  let diff = `--- ${fileName(`a/${path}`)}\n+++ ${fileName(`b/${path}`)}\n`;
  let shift = 0;
  for (let index = 0; index < changes.length; ) {
    const hunk: Change[] = [];
    for (let next = changes[index]; next !== undefined; next = changes[++index]) {
      const last = hunk.at(-1);
      if (last !== undefined && next.first - last.end > 2 * context) break;
      hunk.push(next);
    }
    const start = Math.max(0, (hunk[0]?.first ?? 0) - context);
    const end = Math.min(count, (hunk.at(-1)?.end ?? 0) + context);
    const grown = hunk.reduce((sum, change) => sum + change.new.length - change.old.length, 0);
    diff += `@@ -${range(start, end - start)} +${range(start + shift, end - start + grown)} @@\n`;
    diff += hunkBody(hunk, start, end, line);
    shift += grown;
  }
  return diff;
}

function hunkBody(hunk: readonly Change[], start: number, end: number, line: (index: number) => string): string {
  let body = '';
  let at = start;
  for (const change of hunk) {
    for (; at < change.first; at++) body += written(' ', line(at));
    for (const old of change.old) body += written('-', old);
    for (const added of change.new) body += written('+', added);
    at = change.end;
  }
  for (; at < end; at++) body += written(' ', line(at));
  return body;
}

/** Changed lines in order, each change apart from the next by at least one line that stays. */
function changesOf(before: string, edits: readonly Edit[], lines: LineIndex): readonly Change[] {
  const groups: { first: number; last: number; readonly edits: Edit[] }[] = [];
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    const group = groups.at(-1);
    const [first, last] = [lines.lineAt(edit.start), lines.lineAt(edit.end)];
    if (group === undefined || first > group.last) groups.push({ first, last, edits: [edit] });
    else {
      group.last = Math.max(group.last, last);
      group.edits.push(edit);
    }
  }
  const changes: Change[] = [];
  for (const group of groups) {
    const [start, end] = [lines.lineStart(group.first), lines.lineStart(group.last + 1)];
    let after = '';
    let position = start;
    for (const edit of group.edits) {
      after += before.slice(position, edit.start) + edit.newText;
      position = edit.end;
    }
    after += before.slice(position, end);
    const change = narrowed(group.first, linesOf(before.slice(start, end)), linesOf(after));
    const previous = changes.at(-1);
    if (change === undefined) continue;
    if (previous?.end === change.first) changes[changes.length - 1] = { first: previous.first, end: change.end, old: [...previous.old, ...change.old], new: [...previous.new, ...change.new] };
    else changes.push(change);
  }
  return changes;
}

/** Without the lines at both ends that stay as they are. */
function narrowed(first: number, old: readonly string[], after: readonly string[]): Change | undefined {
  const shortest = Math.min(old.length, after.length);
  let head = 0;
  while (head < shortest && old[head] === after[head]) head++;
  let tail = 0;
  while (tail < shortest - head && old[old.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  if (head + tail === old.length && head + tail === after.length) return undefined;
  return { first: first + head, end: first + old.length - tail, old: old.slice(head, old.length - tail), new: after.slice(head, after.length - tail) };
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}

function written(mark: string, line: string): string {
  return line.endsWith('\n') ? mark + line : `${mark}${line}\n\\ No newline at end of file\n`;
}

/** Start and length of a hunk; without lines, the line before it. */
function range(start: number, length: number): string {
  return length === 1 ? String(start + 1) : `${length === 0 ? start : start + 1},${length}`;
}

/** As git writes names: in quotes where characters need them, with a tab behind blanks so that nothing is taken for a date. */
function fileName(name: string): string {
  if (/[\u0000-\u001f"\\\u007f]/.test(name)) {
    return `"${name.replace(/[\u0000-\u001f"\\\u007f]/g, (character) => (character === '"' || character === '\\' ? `\\${character}` : `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`))}"`;
  }
  return name.includes(' ') ? `${name}\t` : name;
}
