import { alignItems } from '../review/answer/alignItems.ts';
import { unifiedDiff } from './unifiedDiff.ts';

/** The lines that differ between two short texts, as a unified diff with `path` as the name of the file; empty where none do. */
export function lineDiff(path: string, before: string, after: string): string {
  const [old, now] = [linesOf(before), linesOf(after)];
  const runs = alignItems(old, now) ?? [{ same: false, from: 0, predictionFrom: 0, count: old.length, predictionCount: now.length }];
  const starts = [0];
  for (const line of old) starts.push((starts.at(-1) ?? 0) + line.length);
  const edits = runs.flatMap(({ same, from, predictionFrom, count, predictionCount }) =>
    same ? [] : [{ start: starts[from] ?? 0, end: starts[from + count] ?? 0, newText: now.slice(predictionFrom, predictionFrom + predictionCount).join('') }],
  );
  return unifiedDiff(path, before, edits);
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(/(?<=\n)/u);
}
