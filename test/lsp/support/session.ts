import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  ConfigurationRequest,
  createProtocolConnection,
  ExitNotification,
  InitializedNotification,
  InitializeRequest,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
  type InitializeParams,
  type InitializeResult,
  type ProtocolConnection,
} from 'vscode-languageserver/node';
import { SessionDocument } from './sessionDocument.ts';

/** What an editor says of itself when it starts the server; what is not given is as of an editor that can do nothing and names no folder. */
export type EditorOptions = Partial<InitializeParams> & {
  /** Uris of the folders of the workspace; null as of an editor without one. */
  readonly folders?: readonly string[] | null;
  /** Answers to `workspace/configuration`, by section; null for others. They may change, see `Session.settings`. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Answers requests and notifications of the server, before anything is said to it. */
  readonly hook?: (connection: ProtocolConnection) => void;
};

/** The path of the built server. */
export function serverBundle(): string {
  const bundle = join(import.meta.dirname, '../../../dist/server.cjs');
  if (!existsSync(bundle)) throw new Error('dist/server.cjs is missing: run `node esbuild.mjs` first');
  return bundle;
}

/** The built server, as an editor has it. */
export class Session {
  private readonly exited: Promise<number | null>;

  private constructor(
    private readonly server: ChildProcess,
    readonly connection: ProtocolConnection,
    readonly settings: Map<string, unknown>,
    /** What the server said of itself. */
    readonly initialized: InitializeResult,
  ) {
    this.exited = exitOf(server);
  }

  /** Over stdio; `command` is what node runs. */
  static start({ command = [serverBundle(), '--stdio'], ...editor }: EditorOptions & { readonly command?: readonly string[] } = {}): Promise<Session> {
    const server = spawn(process.execPath, command);
    return Session.over(server, createProtocolConnection(new StreamMessageReader(server.stdout), new StreamMessageWriter(server.stdin)), editor);
  }

  /** With a server that runs already, over the channel that it was started with. */
  static async over(server: ChildProcess, connection: ProtocolConnection, { folders, settings: initial = {}, hook, ...said }: EditorOptions = {}): Promise<Session> {
    const settings = new Map(Object.entries(initial));
    connection.onRequest(ConfigurationRequest.type, ({ items }) => items.map(({ section }) => settings.get(section ?? '') ?? null));
    hook?.(connection);
    connection.listen();
    const workspaceFolders = folders === undefined ? {} : { workspaceFolders: folders?.map((uri) => ({ uri, name: 'test' })) ?? null };
    const initialized = await connection.sendRequest(InitializeRequest.type, { processId: process.pid, rootUri: null, capabilities: {}, ...workspaceFolders, ...said });
    await connection.sendNotification(InitializedNotification.type, {});
    return new Session(server, connection, settings, initialized);
  }

  get isAlive(): boolean {
    return this.server.exitCode === null && this.server.signalCode === null;
  }

  /** Opens a document in a folder that is nowhere. */
  open(name: string, text: string, languageId?: string): Promise<SessionDocument> {
    return this.openUri(`file:///data/${name}`, text, languageId);
  }

  openUri(uri: string, text: string, languageId?: string): Promise<SessionDocument> {
    return new SessionDocument(this.connection, uri, text, languageId).open();
  }

  /** Resolves to the exit code of the server; null where a signal ended it. */
  async stop(): Promise<number | null> {
    await this.connection.sendRequest(ShutdownRequest.type);
    await this.connection.sendNotification(ExitNotification.type);
    const code = await this.exited;
    this.connection.dispose();
    return code;
  }
}

function exitOf(server: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => server.once('exit', resolve));
}
