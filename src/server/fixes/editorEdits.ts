import type { ClientCapabilities, TextDocumentEdit, TextEdit as LspEdit, WorkspaceEdit } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { TextEdit } from '../../core/dataset/spans.ts';
import { shifted } from '../../core/json/span.ts';
import type { OpenDataset } from '../dataset/openDataset.ts';
import type { RecordView } from '../dataset/recordView.ts';
import { rangeIn } from '../ranges.ts';

/** Edits of one document; `version` is null for one that is not open. */
export type DocumentEdits = { readonly document: TextDocument; readonly version: number | null; readonly edits: readonly TextEdit[] };

/** `each`: every edit waits for a yes of its own; else all are chosen already. */
export type Preview = { readonly label: string; readonly each: boolean };

/** With a `preview` the editor shows the edits, under its label, before it makes them; clients that cannot, make them at once. */
export function workspaceEdit(documents: readonly DocumentEdits[], client: ClientCapabilities, preview?: Preview): WorkspaceEdit {
  const { documentChanges, changeAnnotationSupport } = client.workspace?.workspaceEdit ?? {};
  if (documentChanges !== true) return { changes: Object.fromEntries(documents.map(({ document, edits }) => [document.uri, edits.map((edit) => lspEdit(document, edit))])) };
  const shown = changeAnnotationSupport === undefined ? undefined : preview;
  const changes: TextDocumentEdit[] = documents.map(({ document, version, edits }) => ({
    textDocument: { uri: document.uri, version },
    edits: edits.map((edit) => ({ ...lspEdit(document, edit), ...(shown === undefined ? {} : { annotationId: fix }) })),
  }));
  if (shown === undefined) return { documentChanges: changes };
  const { label, each } = shown;
  if (each) return { documentChanges: changes, changeAnnotations: { [fix]: { label, needsConfirmation: true } } };
  // Editors show a preview when one edit asks for it, and leave that one out unless it is chosen: here it changes nothing.
  const start = { line: 0, character: 0 };
  changes[0]?.edits.unshift({ range: { start, end: start }, newText: '', annotationId: nothing });
  return { documentChanges: changes, changeAnnotations: { [fix]: { label, needsConfirmation: false }, [nothing]: { label, needsConfirmation: true } } };
}

const fix = 'fix';
const nothing = 'nothing';

function lspEdit(document: TextDocument, edit: TextEdit): LspEdit {
  return { range: rangeIn({ document }, edit), newText: edit.newText };
}

/** Edits of the text of an open dataset's record. */
export function recordEdit(client: ClientCapabilities, { document }: Pick<OpenDataset, 'document'>, record: RecordView, edits: readonly TextEdit[]): WorkspaceEdit {
  return workspaceEdit([{ document, version: document.version, edits: moved(edits, record.base) }], client);
}

/** Edits of a record's text, as edits of its document. */
export function moved(edits: readonly TextEdit[], base: number): readonly TextEdit[] {
  return edits.map((edit) => ({ ...shifted(edit, base), newText: edit.newText }));
}
