import type { ClientCapabilities, TextDocumentEdit, WorkspaceEdit } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { TextEdit } from '../../core/dataset/spans.ts';

/** Edits of one document; `version` is null for one that is not open. */
export type DocumentEdits = { readonly document: TextDocument; readonly version: number | null; readonly edits: readonly TextEdit[] };

/** With a `preview` the editor shows the edits, under this headline, before it makes them; clients that cannot, make them at once. */
export function workspaceEdit(documents: readonly DocumentEdits[], client: ClientCapabilities, preview?: string): WorkspaceEdit {
  const { documentChanges, changeAnnotationSupport } = client.workspace?.workspaceEdit ?? {};
  if (documentChanges !== true) return { changes: Object.fromEntries(documents.map(({ document, edits }) => [document.uri, edits.map((edit) => lspEdit(document, edit))])) };
  const annotated = preview !== undefined && changeAnnotationSupport !== undefined;
  const changes: TextDocumentEdit[] = documents.map(({ document, version, edits }) => ({
    textDocument: { uri: document.uri, version },
    edits: edits.map((edit) => ({ ...lspEdit(document, edit), ...(annotated ? { annotationId: annotation } : {}) })),
  }));
  return { documentChanges: changes, ...(annotated ? { changeAnnotations: { [annotation]: { label: preview, needsConfirmation: true } } } : {}) };
}

const annotation = 'fix';

function lspEdit(document: TextDocument, { start, end, newText }: TextEdit): { range: { start: ReturnType<TextDocument['positionAt']>; end: ReturnType<TextDocument['positionAt']> }; newText: string } {
  return { range: { start: document.positionAt(start), end: document.positionAt(end) }, newText };
}

/** Edits of a record's text, as edits of its document. */
export function moved(edits: readonly TextEdit[], base: number): readonly TextEdit[] {
  return edits.map((edit) => ({ ...edit, start: edit.start + base, end: edit.end + base }));
}
