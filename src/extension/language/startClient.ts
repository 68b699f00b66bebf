import type { LogOutputChannel, TextDocument } from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';

/** Starts the language server. Documents that `accepts` refuses are never opened there, so nothing else is asked of them. */
export async function startClient(serverModule: string, log: LogOutputChannel, languages: readonly string[], accepts: (document: TextDocument) => boolean): Promise<LanguageClient> {
  const client = new LanguageClient(
    'looptool',
    'LoopTool',
    { module: serverModule, transport: TransportKind.ipc },
    {
      documentSelector: languages.map((language) => ({ language })),
      outputChannel: log,
      diagnosticCollectionName: 'looptool',
      middleware: {
        didOpen: async (document, next) => {
          if (accepts(document)) await next(document);
        },
      },
    },
  );
  await client.start();
  return client;
}
