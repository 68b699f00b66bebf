import type { TextDocument } from 'vscode-languageserver-textdocument';
import { noCompanions, type Companions } from '../../core/dataset/companions.ts';
import { recogniseDialect } from '../../core/dataset/dataset.ts';
import type { Dialect } from '../../core/dataset/dialect.ts';
import { eachRecord } from '../../core/jsonl/records.ts';
import { DatasetDocument, type CheckControl, type CheckSettings, type DocumentFinding } from '../documents.ts';
import type { OpenDataset } from './openDataset.ts';
import { RecordView } from './recordView.ts';

type Table = { readonly version: number; readonly dialect: Dialect | undefined; readonly confidence: number; readonly spans: readonly { readonly start: number; readonly end: number }[] };

/** Views kept for what is asked next; a view holds its record's tree. */
const viewsKept = 64;

/** A dataset that is open in the editor: its records by place, and its findings. */
export class LiveDataset implements OpenDataset {
  private table: Table | undefined;
  private readonly views = new Map<number, RecordView>();
  private readonly checker: DatasetDocument;
  private found: { readonly version: number; readonly findings: readonly DocumentFinding[] } | undefined;
  private companions: Companions = noCompanions;

  constructor(
    readonly document: TextDocument,
    companionsOf: (dialect: Dialect) => Promise<Companions>,
    /** Chosen by a person; recognised when undefined. */
    private readonly chosen?: string,
  ) {
    this.checker = new DatasetDocument(async (dialect) => (this.companions = await companionsOf(dialect)), chosen);
  }

  get uri(): string {
    return this.document.uri;
  }

  get dialect(): Dialect | undefined {
    return this.current().dialect;
  }

  get confidence(): number {
    return this.current().confidence;
  }

  get recordCount(): number {
    return this.current().spans.length;
  }

  get findings(): readonly DocumentFinding[] | undefined {
    return this.found?.version === this.document.version ? this.found.findings : undefined;
  }

  /** Undefined when the text went stale on the way. */
  async check(control: CheckControl, settings?: CheckSettings): Promise<readonly DocumentFinding[] | undefined> {
    const { version } = this.document;
    const findings = await this.checker.check(this.document.getText(), control, settings);
    if (findings !== undefined && !control.isStale()) this.found = { version, findings };
    return findings;
  }

  record(index: number): RecordView | undefined {
    const { spans, dialect } = this.current();
    const span = spans[index];
    if (span === undefined || dialect === undefined) return undefined;
    const known = this.views.get(index);
    if (known !== undefined) return known;
    const text = this.document.getText();
    const whole = dialect.unit === 'file';
    const view = new RecordView({
      index,
      text: whole ? text : text.slice(span.start, span.end),
      base: whole ? 0 : span.start,
      ...(whole ? { starts: [...startsOf(text)] } : {}),
      dialect,
      companions: this.companions,
    });
    if (this.views.size >= viewsKept) this.views.delete(this.views.keys().next().value ?? 0);
    this.views.set(index, view);
    return view;
  }

  recordAt(offset: number): RecordView | undefined {
    const { first, count } = this.recordsIn(offset, offset);
    return count === 0 ? undefined : this.record(first);
  }

  recordsIn(start: number, end: number): { readonly first: number; readonly count: number } {
    const { spans } = this.current();
    const first = spans.findIndex((span) => span.end >= start);
    if (first < 0) return { first: spans.length, count: 0 };
    let count = 0;
    while ((spans[first + count]?.start ?? Infinity) <= end) count += 1;
    return { first, count };
  }

  private current(): Table {
    const { version } = this.document;
    if (this.table?.version === version) return this.table;
    this.views.clear();
    const text = this.document.getText();
    const { dialect, confidence } = recogniseDialect(text, this.chosen);
    const spans = dialect === undefined ? [] : dialect.unit === 'file' ? [{ start: 0, end: text.length }] : [...recordSpans(text)];
    return (this.table = { version, dialect, confidence, spans });
  }
}

function* recordSpans(text: string): Generator<{ readonly start: number; readonly end: number }> {
  for (const entry of eachRecord(text)) {
    if (entry.ok) yield { start: entry.node.start, end: entry.node.end };
    else {
      const end = text.indexOf('\n', entry.offset);
      yield { start: text.lastIndexOf('\n', Math.max(0, entry.offset - 1)) + 1, end: end < 0 ? text.length : end };
    }
  }
}

function* startsOf(text: string): Generator<number> {
  for (const entry of eachRecord(text)) if (entry.ok) yield entry.node.start;
}
