import { workspace, type Disposable, type LogOutputChannel, type TextDocument } from 'vscode';
import { LanguageClient, State, TransportKind } from 'vscode-languageclient/node';
import { followedNotification, openedDirtyNotification, trustNotification, type ServerOptions } from '../../protocol/lsp/serverOptions.ts';
import { followLenses, lensMiddleware, type LensClient } from './lensSupport.ts';

/** Starts the language server. Documents that `accepts` refuses are never opened there, so nothing else is asked of them. */
export async function startClient(serverModule: string, log: LogOutputChannel, languages: readonly string[], accepts: (document: TextDocument) => boolean): Promise<LanguageClient> {
  const lenses: LensClient = { notify: (method, params) => client.sendNotification(method, params), request: (method) => client.sendRequest(method) };
  const client = new LanguageClient(
    'looptool',
    'LoopTool',
    { module: serverModule, transport: TransportKind.ipc },
    {
      documentSelector: languages.map((language) => ({ language })),
      // Asked again when a server that crashed is started anew.
      initializationOptions: (): ServerOptions => ({ trusted: workspace.isTrusted, tellsFollowed: true }),
      outputChannel: log,
      diagnosticCollectionName: 'looptool',
      middleware: {
        ...lensMiddleware(lenses),
        // What a document takes over from its file when that was changed elsewhere is nobody's edit.
        didChange: async (event, next) => {
          await next(event);
          if (!event.document.isDirty && event.contentChanges.length > 0) await client.sendNotification(followedNotification, { uri: client.code2ProtocolConverter.asUri(event.document.uri) });
        },
        didOpen: async (document, next) => {
          if (!accepts(document)) return;
          await next(document);
          if (document.isDirty) await client.sendNotification(openedDirtyNotification, { uri: client.code2ProtocolConverter.asUri(document.uri) });
        },
      },
    },
  );
  let follow: Disposable | undefined;
  client.onDidChangeState(({ newState }) => {
    follow?.dispose();
    follow = newState === State.Running ? followLenses(lenses, accepts) : undefined;
  });
  await client.start();
  const granted = workspace.onDidGrantWorkspaceTrust(() => {
    granted.dispose();
    // A server that is down hears of it when it starts.
    client.sendNotification(trustNotification, { trusted: true }).catch(() => undefined);
  });
  return client;
}
