import { CodeLens, DocumentLink, EventEmitter, languages, Range, Uri, window, workspace, type Disposable } from 'vscode';
import type { Services } from '../services.ts';
import { VirtualDocuments } from '../virtualDocuments.ts';
import type { PageContent } from './textPage.ts';

const scheme = 'looptool-report';
const languageId = 'looptool-report';

/** Reports, flows and lists of expansions: read-only documents whose figures lead to their samples. */
export class ReportPages implements Disposable {
  readonly #documents = new VirtualDocuments(scheme);
  readonly #changed = new EventEmitter<void>();
  readonly #contents = new Map<string, PageContent>();
  readonly #subscriptions: readonly Disposable[];

  constructor() {
    const selector = { scheme };
    this.#subscriptions = [
      this.#documents,
      this.#changed,
      workspace.onDidCloseTextDocument(({ uri }) => void (uri.scheme === scheme && this.#contents.delete(uri.toString()))),
      languages.registerDocumentLinkProvider(selector, { provideDocumentLinks: ({ uri }) => this.#links(uri) }),
      languages.registerCodeLensProvider(selector, { onDidChangeCodeLenses: this.#changed.event, provideCodeLenses: ({ uri }) => this.#lenses(uri) }),
    ];
  }

  /** Opens a page, or shows it anew where it is open under this name. */
  async show(name: string, content: PageContent): Promise<void> {
    const uri = this.#documents.put(name.replaceAll('/', ' '), content.text);
    this.#contents.set(uri.toString(), content);
    let document = await workspace.openTextDocument(uri);
    if (document.languageId !== languageId) document = await languages.setTextDocumentLanguage(document, languageId);
    // Setting the language closes the document for a moment.
    this.#contents.set(uri.toString(), content);
    this.#changed.fire();
    await window.showTextDocument(document, { preview: true });
  }

  #links(uri: Uri): DocumentLink[] {
    return (this.#contents.get(uri.toString())?.links ?? []).map(({ line, from, to, link }) => {
      const found = new DocumentLink(new Range(line, from, line, to), Uri.parse(`command:${link.command}?${encodeURIComponent(JSON.stringify([link.argument]))}`));
      found.tooltip = link.tooltip;
      return found;
    });
  }

  /** An ordinary space beside an icon is swallowed. */
  #lenses(uri: Uri): CodeLens[] {
    return (this.#contents.get(uri.toString())?.actions ?? []).map(({ line, action }) => new CodeLens(new Range(line, 0, line, 0), { command: action.command, title: action.title.replace(') ', ')\u00a0'), arguments: [action.argument] }));
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}

let pages: ReportPages | undefined;

/** The pages of this window, made when the first one is shown. */
export function reportPages({ context }: Services): ReportPages {
  if (pages === undefined) {
    pages = new ReportPages();
    context.subscriptions.push(pages);
  }
  return pages;
}
