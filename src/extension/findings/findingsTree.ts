import { EventEmitter, l10n, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState, Uri, type Disposable, type Event, type TreeDataProvider } from 'vscode';
import type { Severity } from '../../core/rules/finding.ts';
import { visibleText } from '../../core/text/visibleText.ts';
import { filtered, grouped, nameOf, noFilter, type FindingFilter, type FindingGroup, type Grouping, type ListedFinding } from './findingsModel.ts';

export type FindingNode =
  | { readonly kind: 'group'; readonly group: FindingGroup }
  | { readonly kind: 'finding'; readonly finding: ListedFinding }
  | { readonly kind: 'more'; readonly group: FindingGroup }
  | { readonly kind: 'note'; readonly text: string };

/** What the tree is about: findings, and what has to be said beside them. */
export type FindingList = { readonly findings: readonly ListedFinding[]; readonly notes: readonly string[]; /** Whether they are of several files. */ readonly several: boolean };

const pageSize = 200;
const none: FindingList = { findings: [], notes: [], several: false };

/** Findings by rule or by tool, in pages: any number of them. */
export class FindingsTree implements TreeDataProvider<FindingNode>, Disposable {
  readonly #changed = new EventEmitter<FindingNode | undefined>();
  readonly onDidChangeTreeData: Event<FindingNode | undefined> = this.#changed.event;
  #list = none;
  #grouping: Grouping = 'rule';
  #filter = noFilter;
  #roots: readonly FindingNode[] | undefined;
  /** Pages that are shown of a group, by its key. */
  readonly #pages = new Map<string, number>();

  get list(): FindingList {
    return this.#list;
  }

  get filter(): FindingFilter {
    return this.#filter;
  }

  get shown(): readonly ListedFinding[] {
    return filtered(this.#list.findings, this.#filter);
  }

  show(list: FindingList): void {
    this.#list = list;
    this.#rebuild();
  }

  groupBy(grouping: Grouping): void {
    this.#grouping = grouping;
    this.#pages.clear();
    this.#rebuild();
  }

  setFilter(filter: FindingFilter): void {
    this.#filter = filter;
    this.#rebuild();
  }

  showMore(group: FindingGroup): void {
    this.#pages.set(group.key, (this.#pages.get(group.key) ?? 1) + 1);
    this.#changed.fire(this.#roots?.find((node) => node.kind === 'group' && node.group.key === group.key));
  }

  getChildren(node?: FindingNode): readonly FindingNode[] & FindingNode[] {
    if (node === undefined) return [...(this.#roots ??= this.#makeRoots())];
    if (node.kind !== 'group') return [];
    const { group } = node;
    const most = (this.#pages.get(group.key) ?? 1) * pageSize;
    const page = group.findings.slice(0, most).map((finding): FindingNode => ({ kind: 'finding', finding }));
    return group.findings.length > most ? [...page, { kind: 'more', group }] : page;
  }

  getTreeItem(node: FindingNode): TreeItem {
    switch (node.kind) {
      case 'group':
        return this.#groupItem(node.group);
      case 'finding':
        return this.#findingItem(node);
      case 'more':
        return this.#moreItem(node);
      case 'note':
        return noteItem(node.text);
    }
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #rebuild(): void {
    this.#roots = undefined;
    this.#changed.fire(undefined);
  }

  #makeRoots(): readonly FindingNode[] {
    const groups = grouped(this.shown, this.#grouping).map((group): FindingNode => ({ kind: 'group', group }));
    return [...this.#list.notes.map((text): FindingNode => ({ kind: 'note', text })), ...groups];
  }

  #groupItem({ key, severity, findings }: FindingGroup): TreeItem {
    const item = new TreeItem(key === '' ? l10n.t('About no tool') : visibleText(key), TreeItemCollapsibleState.Collapsed);
    item.id = `${this.#grouping} ${key}`;
    item.description = findings.length.toLocaleString('en');
    item.iconPath = icon(severity);
    item.contextValue = this.#grouping === 'rule' ? 'ruleGroup' : 'toolGroup';
    return item;
  }

  #findingItem(node: FindingNode & { readonly kind: 'finding' }): TreeItem {
    const { finding } = node;
    const item = new TreeItem(visibleText(finding.message).replaceAll('\n', ' '), TreeItemCollapsibleState.None);
    const where = finding.place === undefined ? l10n.t('row {0}', finding.record + 1) : l10n.t('line {0}', finding.place.line + 1);
    item.description = [...(this.#list.several ? [visibleText(nameOf(finding.file))] : []), where, ...(this.#grouping === 'tool' ? [finding.rule] : [])].join(' · ');
    item.tooltip = `${visibleText(finding.message)}\n${finding.rule}\n${Uri.parse(finding.file).fsPath} · ${where}`;
    item.iconPath = icon(finding.severity);
    item.contextValue = 'finding';
    item.command = { command: 'looptool.openFinding', title: l10n.t('Open'), arguments: [node] };
    return item;
  }

  #moreItem(node: FindingNode & { readonly kind: 'more' }): TreeItem {
    const left = node.group.findings.length - (this.#pages.get(node.group.key) ?? 1) * pageSize;
    const item = new TreeItem(l10n.t('{0} more...', left.toLocaleString('en')), TreeItemCollapsibleState.None);
    item.iconPath = new ThemeIcon('ellipsis');
    item.command = { command: 'looptool.moreFindings', title: l10n.t('Show More'), arguments: [node] };
    return item;
  }
}

function noteItem(text: string): TreeItem {
  const item = new TreeItem(visibleText(text), TreeItemCollapsibleState.None);
  item.tooltip = visibleText(text);
  item.iconPath = new ThemeIcon('note');
  return item;
}

function icon(severity: Severity): ThemeIcon {
  switch (severity) {
    case 'error':
      return new ThemeIcon('error', new ThemeColor('problemsErrorIcon.foreground'));
    case 'warning':
      return new ThemeIcon('warning', new ThemeColor('problemsWarningIcon.foreground'));
    case 'information':
      return new ThemeIcon('info', new ThemeColor('problemsInfoIcon.foreground'));
  }
}
