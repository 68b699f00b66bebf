import type { DatasetProblem } from '../dataset/dataset.ts';
import type { LineIndex } from '../jsonl/lineIndex.ts';
import type { Finding } from './finding.ts';

/** A record, or the rest of one, that gives no sample. Its place is one character: where reading stopped. */
export function unreadableRecord(problem: DatasetProblem, lines: LineIndex): Finding {
  const offset = lines.offsetAt({ line: problem.line - 1, column: problem.column - 1 });
  const atEnd = offset >= lines.text.length || lines.text[offset] === '\n' || lines.text[offset] === '\r';
  const start = atEnd ? Math.max(lines.lineStart(problem.line - 1), offset - 1) : offset;
  return { rule: 'unreadable-record', severity: 'error', message: `the record cannot be read: ${problem.message}`, record: problem.record, range: { start, end: Math.min(start + 1, lines.text.length) } };
}
