import type { Disposable, LogOutputChannel, TextDocument } from 'vscode';
import { LanguageClient, State, TransportKind } from 'vscode-languageclient/node';
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
      outputChannel: log,
      diagnosticCollectionName: 'looptool',
      middleware: {
        ...lensMiddleware(lenses),
        didOpen: async (document, next) => {
          if (accepts(document)) await next(document);
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
  return client;
}
