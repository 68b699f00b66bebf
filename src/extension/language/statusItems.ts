import { stat } from 'node:fs/promises';
import { l10n, languages, LanguageStatusSeverity, StatusBarAlignment, TabInputText, Uri, window, workspace, type Disposable, type DocumentFilter, type LanguageStatusItem, type StatusBarItem } from 'vscode';
import type { DatasetStatus } from '../../protocol/lsp/datasetStatus.ts';
import { statusMethod } from '../../protocol/lsp/methods.ts';
import type { LanguageSupport } from './languageSupport.ts';
import { servedLanguages } from './servedDocuments.ts';

/** The editor hands larger files to no extension. */
export const mostBytesHandedOut = 50 * 1024 * 1024;

/**
 * What is known of the dataset in front, in the language status of the editor: dialect, samples, findings; and files that are
 * too large to be checked as they are typed. Items are made when there is first something to say.
 */
export class StatusItems implements Disposable {
  readonly #statuses = new Map<string, DatasetStatus>();
  readonly #items = new Map<string, LanguageStatusItem>();
  /** Where the editor does not show the text of a large file, it has no language status. */
  #paused: StatusBarItem | undefined;
  readonly #subscriptions: readonly Disposable[];

  constructor(private readonly language: LanguageSupport) {
    this.#subscriptions = [
      language.onNotification(statusMethod, (params) => void this.#read(params)),
      language.onDidClose((uri) => {
        this.#statuses.delete(uri.toString());
        this.#show();
      }),
      window.onDidChangeActiveTextEditor(() => this.#show()),
      window.tabGroups.onDidChangeTabs(() => void this.#lookAtTab()),
    ];
  }

  /** What is known of an open dataset; undefined for other documents. */
  of(uri: Uri): DatasetStatus | undefined {
    return this.#statuses.get(uri.toString());
  }

  /** Texts of the items as they stand, for tests. */
  get texts(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#items].map(([id, { text }]) => [id, text]));
  }

  async #read(params: unknown): Promise<void> {
    // The contracts are loaded when there is something to read.
    const { datasetStatusSchema } = await import('../../protocol/lsp/datasetStatus.ts');
    const status = datasetStatusSchema.safeParse(params);
    if (status.success) this.#add(status.data);
  }

  #add(status: DatasetStatus): void {
    // The server speaks of documents by their LSP address, which is written a little differently.
    this.#statuses.set(Uri.parse(status.uri).toString(), status);
    this.#show();
  }

  #show(): void {
    const uri = window.activeTextEditor?.document.uri;
    const status = uri && this.of(uri);
    if (uri === undefined || status === undefined || !this.language.isOpen(uri)) {
      this.#remove('dialect', 'findings');
      return;
    }
    const dialect = this.#item('dialect', l10n.t('LoopTool dialect'), uri);
    dialect.text = dialectText(status);
    dialect.detail = countText(status);
    dialect.busy = status.busy;
    dialect.command = { command: 'looptool.chooseDialect', title: l10n.t('Choose Dialect'), arguments: [uri] };
    const findings = this.#item('findings', l10n.t('LoopTool findings'), uri);
    findings.text = findingsText(status);
    findings.severity = (status.findings?.error ?? 0) > 0 ? LanguageStatusSeverity.Error : (status.findings?.warning ?? 0) > 0 ? LanguageStatusSeverity.Warning : LanguageStatusSeverity.Information;
    findings.command = { command: 'looptool.showFindings', title: l10n.t('Show Findings'), arguments: [uri] };
  }

  /** Also at start: the first tab may be one that the editor keeps to itself. */
  async lookAtTab(): Promise<void> {
    await this.#lookAtTab();
  }

  async #lookAtTab(): Promise<void> {
    const input = window.tabGroups.activeTabGroup.activeTab?.input;
    const uri = input instanceof TabInputText ? input.uri : undefined;
    if (uri?.scheme !== 'file' || !/\.(jsonl?|ndjson)$/i.test(uri.path) || workspace.textDocuments.some((document) => document.uri.toString() === uri.toString())) {
      this.#remove('size');
      this.#paused?.hide();
      return;
    }
    const bytes = await stat(uri.fsPath).then(({ size }) => size, () => 0);
    if (bytes <= mostBytesHandedOut) return;
    const item = this.#item('size', l10n.t('LoopTool'), uri);
    item.text = l10n.t('Checking paused: the file is too large');
    item.detail = l10n.t('{0} MB; the editor hands files above 50 MB to no extension', Math.round(bytes / 1e6));
    item.severity = LanguageStatusSeverity.Warning;
    item.command = { command: 'looptool.checkDataset', title: l10n.t('Check Dataset'), arguments: [uri] };
    this.#paused ??= window.createStatusBarItem('looptool.size', StatusBarAlignment.Right);
    this.#paused.name = l10n.t('LoopTool: file too large');
    this.#paused.text = `$(debug-pause) ${l10n.t('Check Dataset')}`;
    this.#paused.tooltip = `${item.text}. ${item.detail}`;
    this.#paused.command = item.command;
    this.#paused.show();
  }

  #item(id: string, name: string, uri: Uri): LanguageStatusItem {
    let item = this.#items.get(id);
    if (item === undefined) {
      item = languages.createLanguageStatusItem(`looptool.${id}`, []);
      item.name = name;
      this.#items.set(id, item);
    }
    item.selector = onlyAt(uri);
    return item;
  }

  #remove(...ids: readonly string[]): void {
    for (const id of ids) {
      this.#items.get(id)?.dispose();
      this.#items.delete(id);
    }
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#remove(...this.#items.keys());
    this.#paused?.dispose();
  }
}

/** Items show where their selector fits: nowhere but at this document. */
function onlyAt(uri: Uri): DocumentFilter[] {
  const pattern = uri.path.replace(/[*?{}[\]]/g, '[$&]');
  return servedLanguages.map((language) => ({ language, scheme: uri.scheme, pattern }));
}

function dialectText({ dialect, confidence, chosen }: DatasetStatus): string {
  if (dialect === null) return l10n.t('No known dialect');
  if (chosen) return l10n.t('{0} (chosen)', dialect.name);
  return confidence >= 0.995 ? dialect.name : l10n.t('{0} ({1} % sure)', dialect.name, Math.round(100 * confidence));
}

function countText({ records, samples }: DatasetStatus): string {
  return samples === null ? l10n.t('{0} records', number(records)) : l10n.t('{0} records, {1} samples', number(records), number(samples));
}

function findingsText({ findings }: DatasetStatus): string {
  if (findings === null) return l10n.t('Checking...');
  const { error, warning, information } = findings;
  if (error + warning + information === 0) return l10n.t('No findings');
  return l10n.t('{0} errors, {1} warnings, {2} notes', number(error), number(warning), number(information));
}

function number(count: number): string {
  return count.toLocaleString('en');
}
