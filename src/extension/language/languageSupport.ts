import { commands, EventEmitter, l10n, window, workspace, type Disposable, type Event, type LogOutputChannel, type TextDocument, type TextDocumentChangeEvent, type Uri } from 'vscode';
import { dialectMethod } from '../../protocol/lsp/methods.ts';
import { languageClient } from '../lazyBundles.ts';
import { CrashLimit } from './crashLimit.ts';
import { firstLookCharacters } from './firstLook.ts';
import { ruleUri } from './rulePages.ts';
import { isDataset, isServedScheme, servedLanguages } from './servedDocuments.ts';
import type { StartedClient } from './startClient.ts';

type Handler = (params: unknown) => void;

/** Five crashes within three minutes are enough: something crashes it every time. */
const mostCrashes = 5;
const withinMs = 3 * 60_000;

/**
 * Starts the language server when the first dataset is opened, never before. Documents that do not look like one stay
 * unknown to it. Works in Restricted Mode: the server only reads what the editor hands it.
 */
export class LanguageSupport implements Disposable {
  #started: Promise<StartedClient> | undefined;
  #running: StartedClient | undefined;
  readonly #crashes = new CrashLimit(mostCrashes, withinMs);
  readonly #handlers = new Map<string, Set<Handler>>();
  readonly #opened = new EventEmitter<TextDocument>();
  readonly #closed = new EventEmitter<Uri>();
  /** The server knows the document as a dataset. */
  readonly onDidOpen: Event<TextDocument> = this.#opened.event;
  readonly onDidClose: Event<Uri> = this.#closed.event;
  readonly #subscriptions: readonly Disposable[];

  constructor(
    private readonly serverModule: string,
    private readonly log: LogOutputChannel,
    private readonly chosenDialect: (uri: Uri) => string | undefined,
  ) {
    this.#subscriptions = [
      workspace.onDidOpenTextDocument((document) => this.#look(document)),
      workspace.onDidChangeTextDocument((event) => this.#lookAgain(event)),
      this.#opened,
      this.#closed,
    ];
  }

  /** Looks at the documents that were open before the extension was. */
  lookAtOpenDocuments(): void {
    for (const document of workspace.textDocuments) this.#look(document);
  }

  /** Whether the server knows the document. */
  isOpen(uri: Uri): boolean {
    return this.#running?.isOpen(uri.toString()) === true;
  }

  /** Process id of the server; undefined while there is none. */
  get pid(): number | undefined {
    return this.#running?.pid();
  }

  /** The server's answer, still to be parsed; undefined when no server runs, or when it refuses. */
  async request(method: string, params: unknown): Promise<unknown> {
    try {
      const started = await this.#started;
      return await started?.client.sendRequest(method, params);
    } catch (error) {
      this.log.warn(`${method}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }

  /** Stays in force over restarts of the server. */
  onNotification(method: string, handler: Handler): Disposable {
    const known = this.#handlers.get(method);
    const handlers = known ?? new Set<Handler>();
    handlers.add(handler);
    if (known === undefined) {
      this.#handlers.set(method, handlers);
      if (this.#running !== undefined) this.#listen(this.#running, method);
    }
    return { dispose: () => handlers.delete(handler) };
  }

  /** Starts the server anew, however often it crashed. */
  async restart(): Promise<void> {
    await this.stop();
    this.lookAtOpenDocuments();
  }

  /** Ends the server; the next dataset that is opened starts it again. */
  async stop(): Promise<void> {
    const before = this.#started;
    this.#started = undefined;
    this.#running = undefined;
    this.#crashes.reset();
    await before?.then(({ client }) => client.dispose()).catch(() => undefined);
  }

  /** Tells the server of a document that it did not take for a dataset, since a person has chosen its dialect. */
  adopt(document: TextDocument): void {
    if (this.#running === undefined) this.#look(document);
    else void this.#running.open(document);
  }

  #look(document: TextDocument): void {
    if (this.#started === undefined && this.#accepts(document)) this.#start();
  }

  #accepts(document: TextDocument): boolean {
    if (isDataset(document)) return true;
    return servedLanguages.includes(document.languageId) && isServedScheme(document.uri) && this.chosenDialect(document.uri) !== undefined;
  }

  /** A text that is pasted into an empty document, or whose start is mended, may be a dataset now. */
  #lookAgain({ document, contentChanges }: TextDocumentChangeEvent): void {
    if (!servedLanguages.includes(document.languageId) || !isServedScheme(document.uri) || this.isOpen(document.uri)) return;
    if (!contentChanges.some(({ rangeOffset }) => rangeOffset < firstLookCharacters) || !isDataset(document)) return;
    this.adopt(document);
  }

  #start(): void {
    if (!workspace.getConfiguration('looptool').get<boolean>('diagnostics.enabled', true)) return;
    const started = this.#launch();
    this.#started = started;
    started.catch((error: unknown) => {
      this.log.error(error instanceof Error ? error : String(error));
      void window.showErrorMessage(`LoopTool: ${error instanceof Error ? error.message : String(error)}`);
    });
  }

  async #launch(): Promise<StartedClient> {
    const before = Date.now();
    const started = await languageClient().startClient(this.serverModule, {
      log: this.log,
      languages: servedLanguages,
      accepts: (document) => this.#accepts(document),
      beforeOpen: async ({ uri }, send) => {
        const dialect = this.chosenDialect(uri);
        if (dialect !== undefined) await send(dialectMethod, { uri: uri.toString(), dialect });
      },
      onOpen: (document) => this.#opened.fire(document),
      onClose: ({ uri }) => this.#closed.fire(uri),
      pageOf: ruleUri,
      onCrash: () => this.#onCrash(),
    });
    this.log.info(`Language server started in ${Date.now() - before} ms`);
    this.#running = started;
    void commands.executeCommand('setContext', 'looptool.datasetOpen', true);
    for (const method of this.#handlers.keys()) this.#listen(started, method);
    return started;
  }

  #listen({ client }: StartedClient, method: string): void {
    client.onNotification(method, (params: unknown) => {
      for (const handler of this.#handlers.get(method) ?? []) handler(params);
    });
  }

  /** Whether it is started again. The texts are the editor's: nothing that is typed can be lost. */
  #onCrash(): boolean {
    const again = this.#crashes.add(Date.now());
    const show = l10n.t('Show Log');
    const restart = l10n.t('Restart');
    const message = again
      ? window.showWarningMessage(l10n.t('The language server of LoopTool ended unexpectedly and was started again. Your text is untouched.'), show)
      : window.showErrorMessage(l10n.t('The language server of LoopTool ended {0} times within three minutes and is not started again. Your text is untouched.', mostCrashes + 1), restart, show);
    void message.then((answer) => {
      if (answer === show) this.log.show(true);
      if (answer === restart) void commands.executeCommand('looptool.restartServer');
    });
    if (!again) this.#running = undefined;
    return again;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    // The server ends with its connection; an error of a client that never started was told already.
    void this.#started?.then(({ client }) => client.dispose()).catch(() => undefined);
  }
}
