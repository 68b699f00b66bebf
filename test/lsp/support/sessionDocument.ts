import {
  DidChangeTextDocumentNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  DocumentDiagnosticRequest,
  type Diagnostic,
  type DocumentDiagnosticReport,
  type Position,
  type ProtocolConnection,
  type Range,
  type TextDocumentContentChangeEvent,
  type TextEdit,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';

/** A document of the server, mirrored here by the same changes. */
export class SessionDocument {
  protected mirror: TextDocument;

  constructor(
    readonly connection: ProtocolConnection,
    uri: string,
    text: string,
    languageId = 'jsonl',
    version = 1,
  ) {
    this.mirror = TextDocument.create(uri, languageId, version, text);
  }

  get uri(): string {
    return this.mirror.uri;
  }

  /** As requests name it. */
  get id(): { readonly uri: string } {
    return { uri: this.uri };
  }

  get text(): string {
    return this.mirror.getText();
  }

  get version(): number {
    return this.mirror.version;
  }

  async open(): Promise<this> {
    const { uri, languageId, version } = this.mirror;
    await this.connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument: { uri, languageId, version, text: this.text } });
    return this;
  }

  close(): Promise<void> {
    return this.connection.sendNotification(DidCloseTextDocumentNotification.type, { textDocument: this.id });
  }

  /** Parameters of a request about a place of the text. */
  at(offset: number): { readonly textDocument: { readonly uri: string }; readonly position: Position } {
    return { textDocument: this.id, position: this.mirror.positionAt(offset) };
  }

  offsetAt(position: Position): number {
    return this.mirror.offsetAt(position);
  }

  /** Where a text stands first. */
  positionOf(found: string): Position {
    return this.rangeOf(found).start;
  }

  /** Where a text stands first, or last. */
  rangeOf(found: string, isLast = false): Range {
    const start = isLast ? this.text.lastIndexOf(found) : this.text.indexOf(found);
    if (start < 0) throw new Error(`${found} is not in the document`);
    return { start: this.mirror.positionAt(start), end: this.mirror.positionAt(start + found.length) };
  }

  /** Offsets at which a text stands. */
  occurrences(text: string): number[] {
    const found: number[] = [];
    for (let at = this.text.indexOf(text); at >= 0; at = this.text.indexOf(text, at + 1)) found.push(at);
    return found;
  }

  textOf(range: Range): string {
    return this.mirror.getText(range);
  }

  /** The text as it would be with edits. */
  applied(edits: readonly TextEdit[]): string {
    return TextDocument.applyEdits(this.mirror, [...edits]);
  }

  /** Makes edits that do not overlap. */
  apply(edits: readonly TextEdit[]): Promise<void> {
    const lastFirst = [...edits].sort((a, b) => this.offsetAt(b.range.start) - this.offsetAt(a.range.start));
    return this.send(lastFirst.map(({ range, newText }) => ({ range, text: newText })));
  }

  /** Replaces a text where it stands first. */
  replace(found: string, newText: string): Promise<void> {
    return this.apply([{ range: this.rangeOf(found), newText }]);
  }

  /** Sends the whole text anew. */
  setText(text: string): Promise<void> {
    return this.send([{ text }]);
  }

  report(previousResultId?: string): Promise<DocumentDiagnosticReport> {
    return this.connection.sendRequest(DocumentDiagnosticRequest.type, { textDocument: this.id, ...(previousResultId === undefined ? {} : { previousResultId }) });
  }

  async diagnostics(): Promise<readonly Diagnostic[]> {
    const report = await this.report();
    if (report.kind !== 'full') throw new Error('expected a full report');
    return report.items;
  }

  private async send(contentChanges: TextDocumentContentChangeEvent[]): Promise<void> {
    const version = this.version + 1;
    this.mirror = TextDocument.update(this.mirror, contentChanges, version);
    await this.connection.sendNotification(DidChangeTextDocumentNotification.type, { textDocument: { uri: this.uri, version }, contentChanges });
  }
}
