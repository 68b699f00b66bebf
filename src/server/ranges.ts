import type { Range } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Span } from '../core/json/stringMap.ts';

/** Offsets of a document as lines and columns: of a dataset's, or of whatever else has one. */
export function rangeIn({ document }: { readonly document: Pick<TextDocument, 'positionAt'> }, { start, end }: Span): Range {
  return { start: document.positionAt(start), end: document.positionAt(end) };
}
