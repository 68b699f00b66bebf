import { SymbolKind, type DocumentSymbol, type DocumentSymbolParams, type CancellationToken } from 'vscode-languageserver/node';
import type { Companions } from '../../core/dataset/companions.ts';
import type { Dialect } from '../../core/dataset/dialect.ts';
import { quickTitle } from '../../core/dataset/quickTitle.ts';
import { recordOutline, recordTitle } from '../../core/dataset/recordOutline.ts';
import type { SourcePath } from '../../core/json/path.ts';
import { shifted } from '../../core/json/span.ts';
import type { Span } from '../../core/json/stringMap.ts';
import { lastSample } from '../dataset/lastSample.ts';
import type { OpenDataset } from '../dataset/openDataset.ts';
import { RecordMemo } from '../dataset/recordMemo.ts';
import type { RecordView } from '../dataset/recordView.ts';
import { passingRecord, splitRecords } from '../dataset/splitRecords.ts';
import { toolsOf } from '../dataset/toolsOf.ts';
import type { Feature } from '../feature.ts';
import { noteRead } from '../memory.ts';
import { requestTurns } from '../pause.ts';
import { rangeIn } from '../ranges.ts';
import { symbolName } from '../symbolName.ts';

/** Records whose turns and calls are listed too; of the others, up to `mostRecords`, the record alone. An outline of more helps nobody. */
const mostNested = 200;
const mostRecords = 5000;

type Part = Omit<DocumentSymbol, 'range' | 'selectionRange' | 'children'> & { readonly span: Span; readonly selection: Span; readonly children: readonly Part[] };
/** What the outline says of a record; spans are relative to it. */
type Outlined = { readonly title: string; readonly turns: readonly Part[] | undefined };

/** By record text, so that an edit costs the records that it touched. */
const outlines = new WeakMap<OpenDataset, { readonly dialect: Dialect | undefined; readonly companions: Companions | undefined; readonly memo: RecordMemo<Outlined> }>();

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
  const { document } = dataset;
  const { version } = document;
  const turns = requestTurns();
  const isStale = (): boolean => token.isCancellationRequested || document.version !== version;
  const memo = memoOf(dataset);
  const symbols: DocumentSymbol[] = [];
  for (let index = 0; index < mostRecords; index += 1) {
    const record = passingRecord(dataset, index);
    if (record === undefined) return symbols;
    symbols.push(recordSymbol(dataset, record, outlined(dataset, record, memo, index < mostNested)));
    if (!turns.isOver) continue;
    await turns.next();
    if (isStale()) return [];
  }
  if (!(await splitRecords(dataset, document.length, turns, isStale))) return [];
  if (dataset.recordCount > mostRecords) symbols.push(moreSymbol(dataset, mostRecords));
  return symbols;
}

function memoOf(dataset: OpenDataset): RecordMemo<Outlined> {
  const { dialect } = dataset;
  const companions = dataset.record(0)?.companions;
  const known = outlines.get(dataset);
  if (known !== undefined && known.dialect === dialect && known.companions === companions) return known.memo;
  const memo = new RecordMemo<Outlined>(dataset.document);
  outlines.set(dataset, { dialect, companions, memo });
  return memo;
}

function outlined(dataset: OpenDataset, record: RecordView, memo: RecordMemo<Outlined>, nested: boolean): Outlined {
  const { start, end } = record.span;
  const known = memo.get(start, end);
  if (known !== undefined && (!nested || known.turns !== undefined)) return known;
  noteRead(record.text.length);
  const made = { title: known?.title ?? titleOf(dataset, record), turns: nested ? turnParts(record) : undefined };
  memo.set(start, end, made);
  return made;
}

function titleOf(dataset: OpenDataset, record: RecordView): string {
  return quickTitle(record.text, dataset.dialect?.id ?? '') ?? recordTitle(lastSample(dataset, record));
}

function recordSymbol(dataset: OpenDataset, record: RecordView, { title, turns }: Outlined): DocumentSymbol {
  const range = rangeIn(dataset, record.span);
  const name = `${record.index + 1}${title === '' ? '' : `: ${title}`}`;
  return { name, kind: SymbolKind.Object, range, selectionRange: { start: range.start, end: range.start }, ...(turns === undefined ? {} : { children: turns.map((part) => symbolOf(dataset, record.base, part)) }) };
}

function symbolOf(dataset: OpenDataset, base: number, { span, selection, children, ...said }: Part): DocumentSymbol {
  return { ...said, range: rangeIn(dataset, shifted(span, base)), selectionRange: rangeIn(dataset, shifted(selection, base)), children: children.map((part) => symbolOf(dataset, base, part)) };
}

function turnParts(record: RecordView): readonly Part[] {
  const spanOf = (path: SourcePath): Span | undefined => record.locator.locate(path)?.span;
  return recordOutline(record.samples, toolsOf(record)).flatMap((turn): readonly Part[] => {
    const span = spanOf(turn.path);
    if (span === undefined) return [];
    const children = turn.calls.flatMap(({ name, detail, call, namePath }): readonly Part[] => {
      const whole = spanOf(call);
      const named = spanOf(namePath);
      if (whole === undefined || named === undefined || whole.start < span.start || whole.end > span.end) return [];
      const inside = named.start >= whole.start && named.end <= whole.end;
      return [{ name: name === '' ? '?' : symbolName(name), detail: symbolName(detail), kind: SymbolKind.Function, span: whole, selection: inside ? named : whole, children: [] }];
    });
    return [{ name: turn.isLabel ? `${turn.role} (label)` : turn.role, detail: turn.text, kind: turn.isLabel ? SymbolKind.Event : SymbolKind.String, span, selection: { start: span.start, end: span.start }, children }];
  });
}

/** Says that the outline ends early. */
function moreSymbol(dataset: OpenDataset, shown: number): DocumentSymbol {
  const end = dataset.document.positionAt(dataset.document.length);
  return { name: `${dataset.recordCount - shown} more records are not listed`, kind: SymbolKind.Null, range: { start: end, end }, selectionRange: { start: end, end } };
}
