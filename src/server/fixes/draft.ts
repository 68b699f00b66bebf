import { CodeActionKind, type CodeAction, type Diagnostic, type WorkspaceEdit } from 'vscode-languageserver/node';

/** A code action whose edit is made when it is chosen; undefined where it cannot be made any more. */
export type Draft = { readonly action: CodeAction; readonly make?: () => WorkspaceEdit | undefined | Promise<WorkspaceEdit | undefined> };

/** A quick fix of the diagnostics that the editor names, if it names any. */
export function quickFix(title: string, diagnostics: readonly Diagnostic[] = []): CodeAction {
  return { title, kind: CodeActionKind.QuickFix, ...(diagnostics.length === 0 ? {} : { diagnostics: [...diagnostics] }) };
}
