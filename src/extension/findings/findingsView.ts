import { commands, DiagnosticSeverity, l10n, languages, window, type Diagnostic, type Disposable, type TreeItem, type TreeView, type Uri } from 'vscode';
import { severities, type Severity } from '../../core/rules/finding.ts';
import type { FindingsParams, ListedFinding as ServerFinding } from '../../protocol/lsp/findings.ts';
import type { LanguageSupport } from '../language/languageSupport.ts';
import type { FindingFilter, Grouping, ListedFinding } from './findingsModel.ts';
import { FindingsTree, type FindingNode } from './findingsTree.ts';

/** What the last *Check dataset* found. */
export type CheckResult = { readonly title: string; readonly findings: readonly ListedFinding[]; readonly notes: readonly string[]; readonly several: boolean };

type Subject = { readonly kind: 'document'; readonly uri: Uri | undefined } | { readonly kind: 'check'; readonly result: CheckResult };

const settleMs = 300;
/** Findings asked for at once: the most that the server gives. */
const pageSize = 10_000;
/** What the server adds where it leaves findings out. */
const leftOutRule = 'more-findings';

/** The findings view: follows the dataset in front, or shows what the last check of files and folders found. */
export class FindingsView implements Disposable {
  readonly tree = new FindingsTree();
  readonly #view: TreeView<FindingNode>;
  readonly #subscriptions: readonly Disposable[];
  #subject: Subject = { kind: 'document', uri: undefined };
  #checked: CheckResult | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly language: LanguageSupport) {
    this.#view = window.createTreeView('looptool.findings', { treeDataProvider: this.tree, showCollapseAll: true });
    this.#subscriptions = [
      this.tree,
      this.#view,
      window.onDidChangeActiveTextEditor((editor) => editor && this.#follow(editor.document.uri)),
      language.onDidOpen(({ uri }) => this.#follow(uri)),
      language.onDidClose((uri) => {
        if (this.#isAbout(uri)) this.#show({ kind: 'document', uri: undefined });
      }),
      languages.onDidChangeDiagnostics(({ uris }) => {
        if (uris.some((uri) => this.#isAbout(uri))) this.#soon();
      }),
      this.#view.onDidChangeVisibility(({ visible }) => visible && this.#soon()),
    ];
  }

  /** Shows the findings of an open dataset; of the one in front where there is no other choice. */
  async showDocument(uri: Uri | undefined): Promise<void> {
    const shown = uri ?? window.activeTextEditor?.document.uri;
    this.#subject = { kind: 'document', uri: shown !== undefined && this.language.isOpen(shown) ? shown : undefined };
    await commands.executeCommand('looptool.findings.focus');
    await this.load();
  }

  async showCheck(result: CheckResult | undefined = this.#checked): Promise<void> {
    if (result === undefined) return;
    this.#checked = result;
    await commands.executeCommand('setContext', 'looptool.checked', true);
    await commands.executeCommand('looptool.findings.focus');
    this.#show({ kind: 'check', result });
  }

  async groupBy(grouping: Grouping): Promise<void> {
    this.tree.groupBy(grouping);
    await commands.executeCommand('setContext', 'looptool.findingsBy', grouping);
  }

  async setFilter(filter: FindingFilter): Promise<void> {
    this.tree.setFilter(filter);
    await commands.executeCommand('setContext', 'looptool.findingsFiltered', filter.text !== '' || filter.severities.length < severities.length);
    this.#describe();
  }

  /** Reads the findings of the subject anew. */
  async load(): Promise<void> {
    const subject = this.#subject;
    if (subject.kind === 'check') return this.#show(subject);
    const findings = subject.uri === undefined ? [] : await this.#findingsOf(subject.uri);
    if (this.#subject !== subject) return;
    this.tree.show({ findings, notes: [], several: false });
    this.#describe();
  }

  /** For tests: label and description of the nodes below one, or at the top. */
  texts(parent?: FindingNode): readonly { readonly node: FindingNode; readonly text: string }[] {
    return this.tree.getChildren(parent).map((node) => {
      const item: TreeItem = this.tree.getTreeItem(node);
      return { node, text: `${typeof item.label === 'string' ? item.label : ''} | ${typeof item.description === 'string' ? item.description : ''}` };
    });
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #isAbout(uri: Uri): boolean {
    return this.#subject.kind === 'document' && this.#subject.uri?.toString() === uri.toString();
  }

  /** Another dataset is in front. What a check found stays until somebody asks for something else. */
  #follow(uri: Uri): void {
    if (this.#subject.kind !== 'document' || this.#isAbout(uri) || !this.language.isOpen(uri) || window.activeTextEditor?.document.uri.toString() !== uri.toString()) return;
    this.#subject = { kind: 'document', uri };
    this.#soon();
  }

  #soon(): void {
    if (!this.#view.visible) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.load();
    }, settleMs);
  }

  #show(subject: Subject): void {
    this.#subject = subject;
    this.tree.show(subject.kind === 'check' ? subject.result : { findings: [], notes: [], several: false });
    this.#describe();
  }

  /** All of them, page by page; what the Problems show where the server does not say. */
  async #findingsOf(uri: Uri): Promise<readonly ListedFinding[]> {
    const { findingsMethod, findingsResultSchema } = await import('../../protocol/lsp/findings.ts');
    const file = uri.toString();
    const found: ListedFinding[] = [];
    for (;;) {
      const params: FindingsParams = { uri: file, offset: found.length, limit: pageSize };
      const answer = findingsResultSchema.safeParse(await this.language.request(findingsMethod, params));
      if (!answer.success) return languages.getDiagnostics(uri).flatMap((diagnostic) => fromDiagnostic(file, diagnostic));
      const { findings, total } = answer.data;
      for (const finding of findings) found.push(fromServer(file, finding));
      if (findings.length === 0 || found.length >= total) return found;
    }
  }

  #describe(): void {
    const { list, shown, filter } = this.tree;
    const subject = this.#subject;
    this.#view.description = subject.kind === 'check' ? subject.result.title : (subject.uri?.path.split('/').at(-1) ?? '');
    void commands.executeCommand('setContext', 'looptool.findingsShown', subject.kind === 'check' || subject.uri !== undefined);
    const isFiltered = shown.length < list.findings.length || filter.text !== '';
    const empty = subject.kind === 'check' || subject.uri !== undefined ? l10n.t('No findings.') : '';
    this.#view.message = isFiltered ? l10n.t('{0} of {1} findings pass the filter.', shown.length.toLocaleString('en'), list.findings.length.toLocaleString('en')) : list.findings.length === 0 ? empty : '';
  }
}

function fromServer(file: string, { rule, severity, message, record, tool, range: { start, end } }: ServerFinding): ListedFinding {
  return { rule, severity, message, file, record, tool, place: { line: start.line, character: start.character, endLine: end.line, endCharacter: end.character } };
}

function fromDiagnostic(file: string, { source, code, message, severity, range }: Diagnostic): readonly ListedFinding[] {
  const rule = typeof code === 'object' ? String(code.value) : String(code ?? '');
  if (source !== 'looptool' || rule === leftOutRule) return [];
  return [{ rule, severity: severityOf(severity), message, file, record: range.start.line, place: { line: range.start.line, character: range.start.character, endLine: range.end.line, endCharacter: range.end.character }, tool: undefined }];
}

function severityOf(severity: DiagnosticSeverity): Severity {
  return severity === DiagnosticSeverity.Error ? 'error' : severity === DiagnosticSeverity.Warning ? 'warning' : 'information';
}
