import { workspace, type TextDocument, type Uri } from 'vscode';
import { firstLookCharacters, looksLikeDataset } from './firstLook.ts';

export const servedLanguages: readonly string[] = ['json', 'jsonl'];

/**
 * Documents that can be edited: files, here or behind a remote or virtual file system, and untitled ones. Not the old side of
 * a comparison, nor previews and other read-only texts: their findings would be told twice.
 */
export function isServedScheme({ scheme }: Uri): boolean {
  if (scheme === 'file' || scheme === 'untitled') return true;
  return !scheme.startsWith('looptool') && workspace.fs.isWritableFileSystem(scheme) === true;
}

/** Cheap: it is asked of every JSON file that is opened. */
export function isDataset(document: TextDocument): boolean {
  return servedLanguages.includes(document.languageId) && isServedScheme(document.uri) && looksLikeDataset(startOf(document));
}

/** By lines: an offset in a document of a million lines would have them all counted first. */
export function startOf(document: TextDocument): string {
  let start = '';
  for (let line = 0; line < document.lineCount && start.length < firstLookCharacters; line += 1) start += `${document.lineAt(line).text}\n`;
  return start.slice(0, firstLookCharacters);
}

/** Whether the document has one record a line, and more than one. */
export function isJsonLines(document: TextDocument): boolean {
  if (document.lineCount < 2) return false;
  const first = document.lineAt(0).text.trim();
  return first.startsWith('{') && first.endsWith('}') && document.lineAt(1).text.trimStart().startsWith('{');
}
