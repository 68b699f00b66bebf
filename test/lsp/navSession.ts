import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  createProtocolConnection,
  DidChangeTextDocumentNotification,
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

const bundle = join(import.meta.dirname, '../../dist/server.cjs');

/** The server's bundle over real stdio. */
export class Session {
  private constructor(
    private readonly server: ChildProcessWithoutNullStreams,
    readonly connection: ProtocolConnection,
  ) {}

  static async start(options: { readonly folders?: readonly string[]; readonly capabilities?: ClientCapabilities } = {}): Promise<Session> {
    if (!existsSync(bundle)) throw new Error('dist/server.cjs is missing: run `node esbuild.mjs` first');
    const server = spawn(process.execPath, [bundle, '--stdio']);
    const connection = createProtocolConnection(new StreamMessageReader(server.stdout), new StreamMessageWriter(server.stdin));
    connection.listen();
    const workspaceFolders = (options.folders ?? []).map((uri) => ({ uri, name: 'test' }));
    await connection.sendRequest(InitializeRequest.type, { processId: process.pid, rootUri: null, capabilities: options.capabilities ?? {}, workspaceFolders });
    await connection.sendNotification(InitializedNotification.type, {});
    return new Session(server, connection);
  }

  async open(uri: string, text: string, languageId = 'jsonl'): Promise<TestDocument> {
    await this.connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument: { uri, languageId, version: 1, text } });
    return new TestDocument(this.connection, TextDocument.create(uri, languageId, 1, text));
  }

  async stop(): Promise<void> {
    const exited = once(this.server, 'exit');
    await this.connection.sendRequest(ShutdownRequest.type);
    await this.connection.sendNotification(ExitNotification.type);
    await exited;
    this.connection.dispose();
  }
}

/** A document that is open in the server. */
export class TestDocument {
  constructor(
    private readonly connection: ProtocolConnection,
    private mirror: TextDocument,
  ) {}

  get uri(): string {
    return this.mirror.uri;
  }

  get text(): string {
    return this.mirror.getText();
  }

  at(offset: number): { readonly textDocument: { readonly uri: string }; readonly position: Position } {
    return { textDocument: { uri: this.uri }, position: this.mirror.positionAt(offset) };
  }

  textOf(range: Range): string {
    return this.mirror.getText(range);
  }

  offsetAt(position: Position): number {
    return this.mirror.offsetAt(position);
  }

  applied(edits: TextEdit[]): string {
    return TextDocument.applyEdits(this.mirror, edits);
  }

  /** Offsets at which a text stands. */
  occurrences(text: string): number[] {
    const found: number[] = [];
    for (let at = this.text.indexOf(text); at >= 0; at = this.text.indexOf(text, at + 1)) found.push(at);
    return found;
  }

  close(): Promise<void> {
    return this.connection.sendNotification(DidCloseTextDocumentNotification.type, { textDocument: { uri: this.uri } });
  }

  async replace(found: string, newText: string): Promise<void> {
    const start = this.text.indexOf(found);
    const change = { range: { start: this.mirror.positionAt(start), end: this.mirror.positionAt(start + found.length) }, text: newText };
    const version = this.mirror.version + 1;
    this.mirror = TextDocument.update(this.mirror, [change], version);
    await this.connection.sendNotification(DidChangeTextDocumentNotification.type, { textDocument: { uri: this.uri, version }, contentChanges: [change] });
  }
}
