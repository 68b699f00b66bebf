import type { DatasetProblem } from '../dataset/dataset.ts';
import type { LineIndex } from '../jsonl/lineIndex.ts';
import type { Finding } from './finding.ts';

/** A record, or the rest of one, that gives no sample. Its place is one character: where reading stopped. */
export function unreadableRecord(problem: DatasetProblem, lines: LineIndex): Finding {
  const { text } = lines;
  const lineStart = lines.lineStart(problem.line - 1);
  let start = lines.offsetAt({ line: problem.line - 1, column: problem.column - 1 });
  // At the end of a line there is nothing to see: the last character before it stands in.
  while (start > lineStart && (start >= text.length || text[start] === '\n' || text[start] === '\r')) start -= 1;
  const shown = problem.leftOut === true ? ({ severity: 'information', message: problem.message } as const) : ({ severity: 'error', message: `the record cannot be read: ${problem.message}` } as const);
  return { rule: 'unreadable-record', ...shown, record: problem.record, range: { start, end: Math.min(start + 1, text.length) } };
}
