import type { ClientCapabilities, Position, ProtocolConnection, Range } from 'vscode-languageserver/node';
import { noCompanions, type Companions } from '../../../src/core/dataset/companions.ts';
import { readDataset, type DatasetReading, type ReadSample } from '../../../src/core/dataset/dataset.ts';
import { RecordLocator } from '../../../src/core/dataset/locate.ts';
import { recordTools, type CallInRecord, type RecordTools } from '../../../src/core/dataset/recordTools.ts';
import type { SourcePath } from '../../../src/core/json/path.ts';
import type { Span } from '../../../src/core/json/stringMap.ts';
import { Session } from './session.ts';
import { SessionDocument } from './sessionDocument.ts';

/** As of VS Code, as far as answers depend on it. */
const capabilities: ClientCapabilities = {
  workspace: { applyEdit: true, configuration: true, workspaceEdit: { documentChanges: true, changeAnnotationSupport: { groupsOnLabel: true } } },
  textDocument: { diagnostic: {}, codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ['quickfix', 'source.fixAll'] } }, resolveSupport: { properties: ['edit'] }, dataSupport: true } },
};

/** A session with all abilities, in a workspace that is not trusted; null for `folders` as of an editor without one. */
export function startTrial(folders: readonly string[] | null = []): Promise<Session> {
  return Session.start({ capabilities, folders, settings: { 'looptool.inlayHints.enabled': true }, initializationOptions: { trusted: false } });
}

/** How a document is opened and read: in no dialect but the one that is recognised, without companions, unless said. */
type TrialOptions = { readonly languageId?: string; readonly dialect?: string; readonly companions?: Companions };

export function openTrial({ connection }: Session, uri: string, text: string, options: TrialOptions = {}): Promise<TrialDocument> {
  return new TrialDocument(connection, uri, text, options).open();
}

/** A record as this process reads it, with every call and tool in it. */
export type TrialRecord = { readonly index: number; readonly span: Span; readonly samples: readonly ReadSample[]; readonly locator: RecordLocator; readonly parts: RecordTools };

/** A document of the server, and what this process reads in it. */
export class TrialDocument extends SessionDocument {
  readonly reading: DatasetReading;
  readonly records: readonly TrialRecord[];
  private readonly dialect: string | undefined;
  private readonly companions: Companions;

  constructor(connection: ProtocolConnection, uri: string, text: string, { languageId, dialect, companions = noCompanions }: TrialOptions) {
    super(connection, uri, text, languageId);
    this.dialect = dialect;
    this.companions = companions;
    this.reading = this.read(this.text);
    const grouped = new Map<number, ReadSample[]>();
    for (const read of this.reading.samples) grouped.set(read.occurrence.record, [...(grouped.get(read.occurrence.record) ?? []), read]);
    this.records = [...grouped].flatMap(([index, samples]) => {
      const [first] = samples;
      if (first === undefined) return [];
      const locator = new RecordLocator(this.text, first.starts ?? first.start);
      return [{ index, span: locator.record, samples, locator, parts: recordTools(locator, samples, first.record) }];
    });
  }

  /** As `dialect` only where one was named. */
  read(text: string): DatasetReading {
    return readDataset(text, { file: '', dialect: this.dialect, steps: 'all', companions: this.companions });
  }

  spanOf({ start, end }: Range): Span {
    return { start: this.offsetAt(start), end: this.offsetAt(end) };
  }

  /** Whether the positions are as they would be asked for: no line or column beyond the text. */
  holds(range: Range): boolean {
    const { start, end } = this.spanOf(range);
    const same = (a: Position, b: Position): boolean => a.line === b.line && a.character === b.character;
    return start <= end && same(this.mirror.positionAt(start), range.start) && same(this.mirror.positionAt(end), range.end);
  }
}

/** Where a name or value stands in the document, without the quotes around it. */
export function insideOf(document: TrialDocument, record: TrialRecord, path: SourcePath | undefined): Span | undefined {
  const span = path && record.locator.locate(path)?.span;
  if (span === undefined) return undefined;
  const [open = ''] = /^\\*["']/.exec(document.text.slice(span.start, span.end)) ?? [];
  return { start: span.start + open.length, end: Math.max(span.start + open.length, span.end - open.length) };
}

/** Calls that stand in the record itself, of labels and of the context. */
export function ownCalls({ parts }: TrialRecord): readonly CallInRecord[] {
  return parts.calls.filter(({ answers }) => answers === undefined);
}

/** Those of the labels. */
export function labelCalls(record: TrialRecord): readonly CallInRecord[] {
  const places = new Set(record.samples.flatMap((read) => read.places().calls.map(({ call }) => JSON.stringify(call))));
  return ownCalls(record).filter(({ place }) => places.has(JSON.stringify(place.call)));
}
