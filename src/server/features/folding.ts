import type { CancellationToken, FoldingRange } from 'vscode-languageserver/node';
import type { OpenDataset } from '../dataset/openDataset.ts';
import type { Feature } from '../feature.ts';
import { splitRecords } from '../dataset/splitRecords.ts';
import { requestTurns } from '../pause.ts';

/** Editors keep 5,000 folding ranges of a file. */
const mostRanges = 5000;

/** Records, and the turns and calls in them, where they go over several lines. Inside of one line nothing folds: editors fold lines. */
export const folding: Feature = {
  capabilities: { foldingRangeProvider: true },
  register: ({ connection, dataset }) => {
    connection.onFoldingRanges(({ textDocument }, token) => {
      const open = dataset(textDocument.uri);
      return open === undefined || open.document.lineCount < 2 ? [] : ranges(open, token);
    });
  },
};

async function ranges(dataset: OpenDataset, token: CancellationToken): Promise<FoldingRange[]> {
  const { version } = dataset.document;
  const found = new Map<string, FoldingRange>();
  const turns = requestTurns();
  const isStale = (): boolean => token.isCancellationRequested || dataset.document.version !== version;
  if (!(await splitRecords(dataset, dataset.document.length, turns, isStale))) return [];
  // Without a record over several lines there is nothing to fold; the count of lines says so at once.
  if (dataset.dialect?.unit !== 'file' && dataset.document.lineCount <= dataset.recordCount + 1) return [];
  for (let index = 0; index < dataset.recordCount && found.size < mostRanges; index += 1) {
    foldRecord(dataset, index, found);
    if (!turns.isOver) continue;
    await turns.next();
    if (isStale()) return [];
  }
  return [...found.values()].slice(0, mostRanges);
}

function foldRecord(dataset: OpenDataset, index: number, found: Map<string, FoldingRange>): void {
  const record = dataset.record(index);
  if (record === undefined || !record.text.includes('\n')) return;
  const add = (start: number, end: number): void => {
    const [startLine, endLine] = [dataset.document.positionAt(start).line, dataset.document.positionAt(end).line];
    if (endLine > startLine + 1) found.set(`${startLine}`, { startLine, endLine: endLine - 1 });
  };
  add(record.span.start, record.span.end);
  for (const sample of record.samples) {
    const places = record.placesOf(sample);
    const own = places.answers === undefined ? [places.label, ...places.calls.map(({ call }) => call)] : [];
    for (const path of [...places.tools, ...places.messages, ...own]) {
      const span = record.locate(path);
      if (span !== undefined) add(span.start, span.end);
    }
  }
}
