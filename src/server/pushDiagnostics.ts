import type { Diagnostic } from 'vscode-languageserver/node';
import type { ServerContext } from './feature.ts';

/** After an edit, in milliseconds: somebody who types is not sent findings of every key. */
const settlesAfter = 150;

/**
 * For editors that do not ask for diagnostics (they know `textDocument/publishDiagnostics` alone): sends them when a document
 * was opened or changed. `findings` gives undefined for a version that was overtaken; its successor is on its way then.
 * Returns what sends those of all documents again.
 */
export function pushDiagnostics(server: ServerContext, findings: (uri: string) => Promise<readonly Diagnostic[] | undefined>): () => void {
  const waiting = new Map<string, NodeJS.Timeout>();
  const send = async (uri: string): Promise<void> => {
    waiting.delete(uri);
    const diagnostics = server.dataset(uri) === undefined ? [] : await findings(uri);
    if (diagnostics !== undefined) await server.connection.sendDiagnostics({ uri, diagnostics: [...diagnostics] });
  };
  const soon = (uri: string): void => {
    clearTimeout(waiting.get(uri));
    waiting.set(
      uri,
      setTimeout(() => {
        send(uri).catch((error: unknown) => server.connection.console.error(String(error)));
      }, settlesAfter),
    );
  };
  server.onDidChange(soon);
  return () => {
    for (const { uri } of server.datasets()) soon(uri);
  };
}
