import type { Range } from 'vscode-languageserver/node';
import type { Span } from '../core/json/stringMap.ts';
import type { OpenDataset } from './dataset/openDataset.ts';

/** Offsets of a document as lines and columns. */
export function rangeIn({ document }: Pick<OpenDataset, 'document'>, { start, end }: Span): Range {
  return { start: document.positionAt(start), end: document.positionAt(end) };
}
