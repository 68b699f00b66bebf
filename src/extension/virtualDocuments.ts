import { EventEmitter, Uri, workspace, type Disposable, type Event, type TextDocumentContentProvider } from 'vscode';

/** Read-only documents that have no file: a sample on its own, a report, what a file would be after corrections. */
export class VirtualDocuments implements TextDocumentContentProvider, Disposable {
  readonly #contents = new Map<string, string>();
  readonly #changed = new EventEmitter<Uri>();
  readonly onDidChange: Event<Uri> = this.#changed.event;
  readonly #subscriptions: readonly Disposable[];

  constructor(readonly scheme: string) {
    this.#subscriptions = [
      workspace.registerTextDocumentContentProvider(scheme, this),
      workspace.onDidCloseTextDocument((document) => {
        if (document.uri.scheme === scheme) this.#contents.delete(document.uri.toString());
      }),
    ];
  }

  /** `path` is what the tab shows last; the same path is the same document, with new content. */
  put(path: string, content: string): Uri {
    const uri = Uri.from({ scheme: this.scheme, path: path.startsWith('/') ? path : `/${path}` });
    this.#contents.set(uri.toString(), content);
    // Also where it counts as closed: another language for an open document closes it for a moment.
    this.#changed.fire(uri);
    return uri;
  }

  provideTextDocumentContent(uri: Uri): string {
    return this.#contents.get(uri.toString()) ?? '';
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }
}
