import { workspace, type Disposable, type LogOutputChannel, type TextDocument, type Uri } from 'vscode';
import { CloseAction, ErrorAction, LanguageClient, State, TransportKind, type LanguageClientOptions, type Middleware } from 'vscode-languageclient/node';
import { followedNotification, openedDirtyNotification, trustNotification, type ServerOptions } from '../../protocol/lsp/serverOptions.ts';
import { followLenses, lensMiddleware, type LensClient } from './lensSupport.ts';

/** What the extension knows and the client does not. */
export type ClientHost = {
  readonly log: LogOutputChannel;
  readonly languages: readonly string[];
  /** Whether a document is a dataset as it is opened. */
  readonly accepts: (document: TextDocument) => boolean;
  /** Called before the server hears of the document. */
  readonly beforeOpen: (document: TextDocument, send: (method: string, params: unknown) => Promise<void>) => Promise<void>;
  readonly onOpen: (document: TextDocument) => void;
  readonly onClose: (document: TextDocument) => void;
  /** The page of a rule, for the link at a diagnostic. */
  readonly pageOf: (rule: string, document: Uri) => Uri;
  /** The server ended by itself; whether it is started again. */
  readonly onCrash: () => boolean;
};

export type StartedClient = {
  readonly client: LanguageClient;
  /** Opens a document that has become a dataset since the editor opened it. */
  readonly open: (document: TextDocument) => Promise<void>;
  readonly isOpen: (uri: string) => boolean;
  readonly pid: () => number | undefined;
};

/** Starts the language server. It never hears of documents that are no datasets, and nothing is asked of it about them. */
export async function startClient(serverModule: string, host: ClientHost): Promise<StartedClient> {
  const open = new Set<string>();
  const lenses: LensClient = { notify: (method, params) => client.sendNotification(method, params), request: (method) => client.sendRequest(method) };
  const options: LanguageClientOptions = {
    documentSelector: host.languages.map((language) => ({ language })),
    // Asked again when a server that crashed is started anew.
    initializationOptions: (): ServerOptions => ({ trusted: workspace.isTrusted, tellsFollowed: true }),
    outputChannel: host.log,
    diagnosticCollectionName: 'looptool',
    initializationFailedHandler: () => false,
    errorHandler: {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: () => {
        open.clear();
        return { action: host.onCrash() ? CloseAction.Restart : CloseAction.DoNotRestart, handled: true };
      },
    },
    middleware: { ...middleware(host, open, () => client), ...lensMiddleware(lenses) },
  };
  // A young generation of 4 MB: the usual one alone would hold up to 48 MB for good after a large file was read.
  const client = new LanguageClient('looptool', 'LoopTool', { module: serverModule, transport: TransportKind.ipc, options: { execArgv: ['--max-semi-space-size=4'] } }, options);
  let follow: Disposable | undefined;
  client.onDidChangeState(({ newState }) => {
    follow?.dispose();
    follow = newState === State.Running ? followLenses(lenses, (document) => open.has(document.uri.toString())) : undefined;
  });
  await client.start();
  const granted = workspace.onDidGrantWorkspaceTrust(() => {
    granted.dispose();
    // A server that is down hears of it when it starts.
    client.sendNotification(trustNotification, { trusted: true }).catch(() => undefined);
  });
  return {
    client,
    open: async (document) => {
      await client.getFeature('textDocument/didOpen').getProvider(document)?.send(document);
    },
    isOpen: (uri) => open.has(uri),
    pid: () => (client as unknown as { readonly serverProcess?: { readonly pid?: number } }).serverProcess?.pid, // Public in the library's class, not in its types.
  };
}

function middleware(host: ClientHost, open: Set<string>, client: () => LanguageClient): Middleware {
  const send = async (method: string, params: unknown): Promise<void> => void (await client().sendRequest(method, params));
  const tell = (method: string, { uri }: TextDocument): Promise<void> => client().sendNotification(method, { uri: client().code2ProtocolConverter.asUri(uri) });
  const isOpen = (document: TextDocument): boolean => open.has(document.uri.toString());
  return {
    didOpen: async (document, next) => {
      if (!host.accepts(document)) return;
      await host.beforeOpen(document, send);
      open.add(document.uri.toString());
      await next(document);
      if (document.isDirty) await tell(openedDirtyNotification, document);
      host.onOpen(document);
    },
    didChange: async (event, next) => {
      if (!isOpen(event.document)) return;
      await next(event);
      // What a document takes over from its file when that was changed elsewhere is nobody's edit.
      if (!event.document.isDirty && event.contentChanges.length > 0) await tell(followedNotification, event.document);
    },
    didSave: (document, next) => (isOpen(document) ? next(document) : Promise.resolve()),
    didClose: async (document, next) => {
      if (!open.delete(document.uri.toString())) return;
      await next(document);
      host.onClose(document);
    },
    provideDiagnostics: async (document, previousResultId, token, next) => {
      const report = await next(document, previousResultId, token);
      for (const diagnostic of report !== null && report !== undefined && 'items' in report ? report.items : []) {
        const { code } = diagnostic;
        if (typeof code === 'string') diagnostic.code = { value: code, target: host.pageOf(code, 'uri' in document ? document.uri : document) };
      }
      return report;
    },
    sendRequest: (type, param, token, next) => {
      const uri = isOfEditor(type) ? documentOf(param) : undefined;
      return uri !== undefined && !open.has(uri) ? nothing(type) : next(type, param, token);
    },
  };
}

function isOfEditor(type: string | { readonly method: string }): boolean {
  return !(typeof type === 'string' ? type : type.method).startsWith('looptool/');
}

/** The document that a question is about. */
function documentOf(param: unknown): string | undefined {
  const { textDocument } = (param ?? {}) as { readonly textDocument?: { readonly uri?: string } }; // Looked at, not trusted.
  return textDocument?.uri;
}

/** The protocol takes null for an answer to all but this. */
function nothing<R>(type: string | { readonly method: string }): Promise<R> {
  const method = typeof type === 'string' ? type : type.method;
  return Promise.resolve((method === 'textDocument/diagnostic' ? { kind: 'full', items: [] } : null) as R);
}
