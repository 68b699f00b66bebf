import { ConfigurationTarget, l10n, languages, window, workspace, type Disposable, type Memento, type TextDocument } from 'vscode';
import { isDataset, isJsonLines } from './servedDocuments.ts';

const key = 'looptool.jsonLines';

/**
 * JSON Lines in a file named .json: the editor's own JSON support would mark every line but the first as a mistake. Such
 * datasets are offered the language `jsonl` (setting `looptool.jsonLinesAsJsonl`).
 */
export class JsonLinesOffer implements Disposable {
  readonly #asked = new Set<string>();
  readonly #subscription: Disposable;

  constructor(
    private readonly state: Memento,
    onDidOpen: (listener: (document: TextDocument) => void) => Disposable,
  ) {
    this.#subscription = onDidOpen((document) => void this.#offer(document));
  }

  async #offer(document: TextDocument): Promise<void> {
    const setting = workspace.getConfiguration('looptool', document).get<string>('jsonLinesAsJsonl', 'ask');
    if (setting === 'never' || document.languageId !== 'json' || !isJsonLines(document) || !isDataset(document)) return;
    const uri = document.uri.toString();
    const taken = this.state.get<readonly string[]>(key, []);
    if (setting === 'always' || taken.includes(uri)) return change(document);
    // Once a session: who looked away has not said no.
    if (this.#asked.has(uri)) return;
    this.#asked.add(uri);
    const yes = l10n.t('Yes');
    const always = l10n.t('Always');
    const never = l10n.t('Never');
    const name = uri.split('/').at(-1) ?? uri;
    const answer = await window.showInformationMessage(l10n.t('{0} is JSON Lines, one record a line. Open it as such, so that the JSON language does not mark its lines as mistakes?', decodeURIComponent(name)), yes, always, never);
    if (answer === always || answer === never) await workspace.getConfiguration('looptool').update('jsonLinesAsJsonl', answer === always ? 'always' : 'never', ConfigurationTarget.Global);
    if (answer === yes) await this.state.update(key, [...taken, uri]);
    if (answer === yes || answer === always) await change(document);
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}

async function change(document: TextDocument): Promise<void> {
  if (!document.isClosed) await languages.setTextDocumentLanguage(document, 'jsonl');
}
