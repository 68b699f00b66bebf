import { SymbolKind, type DocumentSymbol, type DocumentSymbolParams, type CancellationToken } from 'vscode-languageserver/node';
import { recordOutline, recordTitle } from '../../core/dataset/recordOutline.ts';
import { clippedText, visibleText } from '../../core/text/visibleText.ts';
import { lastSample, recordKey } from '../dataset/lastSample.ts';
import type { OpenDataset } from '../dataset/openDataset.ts';
import type { RecordView } from '../dataset/recordView.ts';
import { toolsOf } from '../dataset/toolsOf.ts';
import type { Feature } from '../feature.ts';
import { pause } from '../pause.ts';
import { rangeIn } from '../ranges.ts';

/** Records whose turns and calls are listed too; of the others, up to `mostRecords`, the record alone. An outline of more helps nobody. */
const mostNested = 500;
const mostRecords = 20_000;
const charactersBetweenPauses = 200_000;

/** Titles by record text, so that an edit costs those of the records that it touched. */
const titles = new WeakMap<OpenDataset, Map<string, string>>();

export const documentSymbols: Feature = {
  capabilities: { documentSymbolProvider: { label: 'LoopTool' } },
  register: ({ connection, dataset }) => {
    connection.onDocumentSymbol(({ textDocument }: DocumentSymbolParams, token: CancellationToken) => {
      const open = dataset(textDocument.uri);
      return open === undefined ? [] : outline(open, token);
    });
  },
};

async function outline(dataset: OpenDataset, token: CancellationToken): Promise<DocumentSymbol[]> {
  const { version } = dataset.document;
  const symbols: DocumentSymbol[] = [];
  const before = titles.get(dataset);
  const after = new Map<string, string>();
  const count = Math.min(dataset.recordCount, mostRecords);
  let sincePause = 0;
  for (let index = 0; index < count; index += 1) {
    const record = dataset.record(index);
    if (record === undefined) break;
    const key = recordKey(record.text);
    const title = before?.get(key) ?? recordTitle(lastSample(dataset, record));
    after.set(key, title);
    symbols.push(recordSymbol(dataset, record, title, index < mostNested));
    sincePause += record.text.length;
    if (sincePause < charactersBetweenPauses) continue;
    sincePause = 0;
    await pause();
    if (token.isCancellationRequested || dataset.document.version !== version) return [];
  }
  titles.set(dataset, after);
  if (dataset.recordCount > count) symbols.push(moreSymbol(dataset, count));
  return symbols;
}

function recordSymbol(dataset: OpenDataset, record: RecordView, title: string, nested: boolean): DocumentSymbol {
  const range = rangeIn(dataset, record.span);
  const name = `${record.index + 1}${title === '' ? '' : `: ${title}`}`;
  return { name, kind: SymbolKind.Object, range, selectionRange: { start: range.start, end: range.start }, ...(nested ? { children: turnSymbols(dataset, record) } : {}) };
}

const longestName = 200;

function shown(text: string): string {
  return visibleText(clippedText(text, longestName).text);
}

function turnSymbols(dataset: OpenDataset, record: RecordView): DocumentSymbol[] {
  return recordOutline(record.samples, toolsOf(record)).flatMap((turn): DocumentSymbol[] => {
    const span = record.locate(turn.path);
    if (span === undefined) return [];
    const range = rangeIn(dataset, span);
    const children = turn.calls.flatMap(({ name, detail, call, namePath }): DocumentSymbol[] => {
      const whole = record.locate(call);
      const named = record.locate(namePath);
      if (whole === undefined || named === undefined || whole.start < span.start || whole.end > span.end) return [];
      const inside = named.start >= whole.start && named.end <= whole.end;
      return [{ name: name === '' ? '?' : shown(name), detail: shown(detail), kind: SymbolKind.Function, range: rangeIn(dataset, whole), selectionRange: rangeIn(dataset, inside ? named : whole) }];
    });
    return [{ name: turn.isLabel ? `${turn.role} (label)` : turn.role, detail: turn.text, kind: turn.isLabel ? SymbolKind.Event : SymbolKind.String, range, selectionRange: { start: range.start, end: range.start }, children }];
  });
}

/** Says that the outline ends early. */
function moreSymbol(dataset: OpenDataset, shown: number): DocumentSymbol {
  const end = dataset.document.positionAt(dataset.document.getText().length);
  return { name: `${dataset.recordCount - shown} more records are not listed`, kind: SymbolKind.Null, range: { start: end, end }, selectionRange: { start: end, end } };
}
