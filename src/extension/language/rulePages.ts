import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commands, l10n, TabInputText, Uri, window, workspace, type Disposable, type TextDocumentContentProvider } from 'vscode';

export const ruleScheme = 'looptool-rule';
const previewEditor = 'vscode.markdown.preview.editor';

/** Stands in for the page of the note that says how many findings are left out. */
const findingsPath = '/findings.md';
const leftOutRule = 'more-findings';

/** Where the link at a finding of a document leads: to the page of its rule; at the note on findings left out, to the findings view. */
export function ruleUri(rule: string, document?: Uri): Uri {
  if (rule === leftOutRule && document !== undefined) return Uri.from({ scheme: ruleScheme, path: findingsPath, query: document.toString() });
  return Uri.from({ scheme: ruleScheme, path: `/rules/${rule}.md` });
}

export async function showRule(rule: string): Promise<void> {
  await commands.executeCommand('vscode.openWith', ruleUri(rule), previewEditor);
}

/**
 * Pages of docs as read-only documents: files outside of the workspace would make the editor ask whether to trust
 * them. The link at a diagnostic opens text; a person wants to read, so it becomes the Markdown preview.
 */
export class RulePages implements TextDocumentContentProvider, Disposable {
  readonly #subscriptions: readonly Disposable[];

  constructor(private readonly folder: string) {
    this.#subscriptions = [workspace.registerTextDocumentContentProvider(ruleScheme, this), window.onDidChangeActiveTextEditor((editor) => editor?.document.uri.scheme === ruleScheme && void preview(editor.document.uri))];
  }

  async provideTextDocumentContent({ path }: Uri): Promise<string> {
    if (!/^\/(rules\/)?[a-z0-9-]+\.md$/.test(path)) return '';
    try {
      return await readFile(join(this.folder, path), 'utf8');
    } catch {
      return l10n.t('There is no page of this rule.');
    }
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}

async function preview(uri: Uri): Promise<void> {
  // What opens next may take a while, and the text beside it would be in the way.
  const texts = window.tabGroups.all.flatMap(({ tabs }) => tabs).filter(({ input }) => input instanceof TabInputText && input.uri.toString() === uri.toString());
  await window.tabGroups.close(texts, true);
  if (uri.path === findingsPath) await commands.executeCommand('looptool.showFindings', Uri.parse(uri.query));
  else await commands.executeCommand('vscode.openWith', uri, previewEditor);
}
