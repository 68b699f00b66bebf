import { commands, Position, Range, window, workspace, type Disposable, type LogOutputChannel, type TextDocument } from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { languageClient } from '../lazyBundles.ts';
import { firstLookCharacters, looksLikeDataset } from './firstLook.ts';

const languageIds: ReadonlySet<string> = new Set(['json', 'jsonl']);
/** Not diffs, previews and other read-only documents: their findings would be told twice. */
const schemes: ReadonlySet<string> = new Set(['file', 'untitled', 'vscode-remote']);

/**
 * Starts the language server when the first dataset is opened, never before. Documents that do not look like one stay
 * unknown to it. Works in Restricted Mode: the server only reads what the editor hands it.
 */
export class LanguageSupport implements Disposable {
  #client: Promise<LanguageClient> | undefined;
  readonly #subscription: Disposable;

  constructor(
    private readonly serverModule: string,
    private readonly log: LogOutputChannel,
  ) {
    this.#subscription = workspace.onDidOpenTextDocument((document) => this.#look(document));
  }

  /** Looks at the documents that were open before the extension was. */
  lookAtOpenDocuments(): void {
    for (const document of workspace.textDocuments) this.#look(document);
  }

  #look(document: TextDocument): void {
    if (this.#client || !isDataset(document) || !workspace.getConfiguration('looptool').get<boolean>('diagnostics.enabled', true)) return;
    this.#client = this.#start();
    this.#client.catch((error: unknown) => {
      this.log.error(error instanceof Error ? error : String(error));
      void window.showErrorMessage(`LoopTool: ${error instanceof Error ? error.message : String(error)}`);
    });
  }

  async #start(): Promise<LanguageClient> {
    const before = Date.now();
    const client = await languageClient().startClient(this.serverModule, this.log, [...languageIds], isDataset);
    void commands.executeCommand('setContext', 'looptool.datasetOpen', true);
    this.log.info(`Language server started in ${Date.now() - before} ms`);
    return client;
  }

  /** Asks the server; undefined where none runs, for no dataset was opened. */
  async request(method: string, params: unknown): Promise<unknown> {
    const client = await this.#client;
    return client?.sendRequest(method, params);
  }

  dispose(): void {
    this.#subscription.dispose();
    // The server ends with its connection; an error of a client that never started was told already.
    void this.#client?.then((client) => client.dispose()).catch(() => undefined);
  }
}

function isDataset(document: TextDocument): boolean {
  if (!languageIds.has(document.languageId) || !schemes.has(document.uri.scheme)) return false;
  const start = document.getText(new Range(new Position(0, 0), document.positionAt(firstLookCharacters)));
  return looksLikeDataset(start);
}
