import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  createProtocolConnection,
  DidChangeTextDocumentNotification,
  DidOpenTextDocumentNotification,
  ExitNotification,
  InitializedNotification,
  InitializeRequest,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
  type Position,
  type ProtocolConnection,
  type TextEdit,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';

const bundle = join(import.meta.dirname, '../../../dist/server.cjs');

/** The built server over stdio, as an editor has it. */
export class Session {
  private constructor(
    private readonly server: ChildProcessWithoutNullStreams,
    readonly connection: ProtocolConnection,
  ) {}

  static async start(): Promise<Session> {
    if (!existsSync(bundle)) throw new Error('dist/server.cjs is missing: run `node esbuild.mjs` first');
    const server = spawn(process.execPath, [bundle, '--stdio']);
    const connection = createProtocolConnection(new StreamMessageReader(server.stdout), new StreamMessageWriter(server.stdin));
    connection.listen();
    await connection.sendRequest(InitializeRequest.type, { processId: process.pid, rootUri: null, capabilities: {} });
    await connection.sendNotification(InitializedNotification.type, {});
    return new Session(server, connection);
  }

  async open(name: string, text: string, languageId = 'jsonl'): Promise<SessionDocument> {
    const uri = `file:///data/${name}`;
    await this.connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument: { uri, languageId, version: 1, text } });
    return new SessionDocument(this.connection, TextDocument.create(uri, languageId, 1, text));
  }

  async stop(): Promise<void> {
    const exited = new Promise((resolve) => this.server.once('exit', resolve));
    await this.connection.sendRequest(ShutdownRequest.type);
    await this.connection.sendNotification(ExitNotification.type);
    await exited;
    this.connection.dispose();
  }
}

/** A document open in the server, mirrored here by the same edits. */
export class SessionDocument {
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

  positionOf(found: string): Position {
    const offset = this.text.indexOf(found);
    if (offset < 0) throw new Error(`${found} is not in the document`);
    return this.mirror.positionAt(offset);
  }

  async apply(edits: readonly TextEdit[]): Promise<void> {
    const changes = [...edits].sort((a, b) => this.mirror.offsetAt(b.range.start) - this.mirror.offsetAt(a.range.start)).map(({ range, newText }) => ({ range, text: newText }));
    const version = this.mirror.version + 1;
    this.mirror = TextDocument.update(this.mirror, changes, version);
    await this.connection.sendNotification(DidChangeTextDocumentNotification.type, { textDocument: { uri: this.uri, version }, contentChanges: changes });
  }
}
