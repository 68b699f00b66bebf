import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  ConfigurationRequest,
  createProtocolConnection,
  DidChangeTextDocumentNotification,
  DidOpenTextDocumentNotification,
  ExitNotification,
  InitializedNotification,
  InitializeRequest,
  InlayHintRefreshRequest,
  RegistrationRequest,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
  type ClientCapabilities,
  type ProtocolConnection,
} from 'vscode-languageserver/node';
import { TextDocument, type TextEdit } from 'vscode-languageserver-textdocument';

const bundle = join(import.meta.dirname, '../../dist/server.cjs');

/** A server over real stdio, and the settings that it is told when it asks. */
export class InlineClient {
  readonly settings = new Map<string, unknown>();
  refreshes = 0;

  private constructor(
    private readonly server: ChildProcessWithoutNullStreams,
    readonly connection: ProtocolConnection,
  ) {}

  static async start(capabilities: ClientCapabilities = {}): Promise<InlineClient> {
    if (!existsSync(bundle)) throw new Error('dist/server.cjs is missing: run `node esbuild.mjs` first');
    const server = spawn(process.execPath, [bundle, '--stdio']);
    const connection = createProtocolConnection(new StreamMessageReader(server.stdout), new StreamMessageWriter(server.stdin));
    const client = new InlineClient(server, connection);
    connection.onRequest(ConfigurationRequest.type, ({ items }) => items.map(({ section }) => client.settings.get(section ?? '') ?? null));
    connection.onRequest(RegistrationRequest.type, () => undefined);
    connection.onRequest(InlayHintRefreshRequest.type, () => void (client.refreshes += 1));
    connection.listen();
    await connection.sendRequest(InitializeRequest.type, { processId: process.pid, rootUri: null, capabilities });
    await connection.sendNotification(InitializedNotification.type, {});
    return client;
  }

  async open(name: string, text: string, languageId = 'jsonl'): Promise<ClientDocument> {
    const uri = `file:///data/${name}`;
    await this.connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument: { uri, languageId, version: 1, text } });
    return new ClientDocument(this.connection, TextDocument.create(uri, languageId, 1, text));
  }

  async stop(): Promise<void> {
    const exited = new Promise((resolve) => this.server.once('exit', resolve));
    await this.connection.sendRequest(ShutdownRequest.type);
    await this.connection.sendNotification(ExitNotification.type);
    await exited;
    this.connection.dispose();
  }
}

/** A document open in the server, mirrored here. */
export class ClientDocument {
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

  /** Parameters of a request about a place of the text. */
  at(offset: number): { readonly textDocument: { readonly uri: string }; readonly position: { line: number; character: number } } {
    return { textDocument: { uri: this.uri }, position: this.mirror.positionAt(offset) };
  }

  /** The text as it would be with an edit. */
  applied(edit: TextEdit): string {
    return TextDocument.applyEdits(this.mirror, [edit]);
  }

  textAt(range: TextEdit['range']): string {
    return this.mirror.getText(range);
  }

  async setText(text: string): Promise<void> {
    const change = { range: { start: this.mirror.positionAt(0), end: this.mirror.positionAt(this.text.length) }, text };
    const version = this.mirror.version + 1;
    this.mirror = TextDocument.update(this.mirror, [change], version);
    await this.connection.sendNotification(DidChangeTextDocumentNotification.type, { textDocument: { uri: this.uri, version }, contentChanges: [change] });
  }
}
