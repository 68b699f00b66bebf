import type { CodeAction, WorkspaceEdit } from 'vscode-languageserver/node';

/** A code action whose edit is made when it is chosen; undefined where it cannot be made any more. */
export type Draft = { readonly action: CodeAction; readonly make?: () => WorkspaceEdit | undefined | Promise<WorkspaceEdit | undefined> };
