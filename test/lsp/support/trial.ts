import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  ConfigurationRequest,
  createProtocolConnection,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  ExitNotification,
  InitializedNotification,
  InitializeRequest,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
  type ClientCapabilities,
  type Position,
  type ProtocolConnection,
  type Range,
  type TextEdit,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { noCompanions, type Companions } from '../../../src/core/dataset/companions.ts';
import { readDataset, type DatasetReading, type ReadSample } from '../../../src/core/dataset/dataset.ts';
import { RecordLocator } from '../../../src/core/dataset/locate.ts';
import { recordTools, type CallInRecord, type RecordTools } from '../../../src/core/dataset/recordTools.ts';
import type { SourcePath } from '../../../src/core/json/path.ts';
import type { Span } from '../../../src/core/json/stringMap.ts';

const bundle = join(import.meta.dirname, '../../../dist/server.cjs');

/** As of VS Code, as far as answers depend on it. */
const capabilities: ClientCapabilities = {
  workspace: { applyEdit: true, configuration: true, workspaceEdit: { documentChanges: true, changeAnnotationSupport: { groupsOnLabel: true } } },
  textDocument: { diagnostic: {}, codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ['quickfix', 'source.fixAll'] } }, resolveSupport: { properties: ['edit'] }, dataSupport: true } },
};

/** The built server over stdio. */
export class TrialServer {
  private constructor(
    private readonly server: ChildProcessWithoutNullStreams,
    readonly connection: ProtocolConnection,
  ) {}

  /** `folders`: uris; undefined where the editor says nothing of them. */
  static async start(folders: readonly string[] | undefined = []): Promise<TrialServer> {
    if (!existsSync(bundle)) throw new Error('dist/server.cjs is missing: run `node esbuild.mjs` first');
    const server = spawn(process.execPath, [bundle, '--stdio']);
    const connection = createProtocolConnection(new StreamMessageReader(server.stdout), new StreamMessageWriter(server.stdin));
    // The only setting that it asks for is whether there are inlay hints.
    connection.onRequest(ConfigurationRequest.type, ({ items }) => items.map(() => true));
    connection.listen();
    const workspaceFolders = folders?.map((uri) => ({ uri, name: 'trial' })) ?? null;
    await connection.sendRequest(InitializeRequest.type, { processId: process.pid, rootUri: null, capabilities, workspaceFolders, initializationOptions: { trusted: false } });
    await connection.sendNotification(InitializedNotification.type, {});
    return new TrialServer(server, connection);
  }

  get isAlive(): boolean {
    return this.server.exitCode === null && this.server.signalCode === null;
  }

  async open(uri: string, text: string, options: { readonly languageId?: string; readonly dialect?: string; readonly companions?: Companions } = {}): Promise<TrialDocument> {
    const { languageId = 'jsonl', dialect, companions = noCompanions } = options;
    await this.connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument: { uri, languageId, version: 1, text } });
    return new TrialDocument(this, TextDocument.create(uri, languageId, 1, text), dialect, companions);
  }

  async stop(): Promise<void> {
    const exited = once(this.server, 'exit');
    await this.connection.sendRequest(ShutdownRequest.type);
    await this.connection.sendNotification(ExitNotification.type);
    await exited;
    this.connection.dispose();
  }
}

/** A record as this process reads it, with every call and tool in it. */
export type TrialRecord = { readonly index: number; readonly span: Span; readonly samples: readonly ReadSample[]; readonly locator: RecordLocator; readonly parts: RecordTools };

/** A document open in the server, and what this process reads in it. */
export class TrialDocument {
  readonly reading: DatasetReading;
  readonly records: readonly TrialRecord[];

  constructor(
    readonly server: TrialServer,
    private readonly mirror: TextDocument,
    private readonly dialect: string | undefined,
    private readonly companions: Companions,
  ) {
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

  get uri(): string {
    return this.mirror.uri;
  }

  get text(): string {
    return this.mirror.getText();
  }

  get id(): { readonly uri: string } {
    return { uri: this.uri };
  }

  /** As `dialect` only where one was named. */
  read(text: string): DatasetReading {
    return readDataset(text, { file: '', dialect: this.dialect, steps: 'all', companions: this.companions });
  }

  at(offset: number): { readonly textDocument: { readonly uri: string }; readonly position: Position } {
    return { textDocument: this.id, position: this.mirror.positionAt(offset) };
  }

  spanOf({ start, end }: Range): Span {
    return { start: this.mirror.offsetAt(start), end: this.mirror.offsetAt(end) };
  }

  /** Whether the positions are as they would be asked for: no line or column beyond the text. */
  holds(range: Range): boolean {
    const { start, end } = this.spanOf(range);
    const same = (a: Position, b: Position): boolean => a.line === b.line && a.character === b.character;
    return start <= end && same(this.mirror.positionAt(start), range.start) && same(this.mirror.positionAt(end), range.end);
  }

  textOf(range: Range): string {
    return this.mirror.getText(range);
  }

  applied(edits: readonly TextEdit[]): string {
    return TextDocument.applyEdits(this.mirror, [...edits]);
  }

  close(): Promise<void> {
    return this.server.connection.sendNotification(DidCloseTextDocumentNotification.type, { textDocument: this.id });
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
