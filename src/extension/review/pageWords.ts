import { readFileSync } from 'node:fs';
import { env, Uri } from 'vscode';

/** Texts of the review in the editor's language, as JSON; English ones are their own keys. */
export function pageWords(extension: Uri): string {
  const language = env.language.toLowerCase().split('-')[0] ?? 'en';
  if (language === 'en') return '{}';
  try {
    return readFileSync(Uri.joinPath(extension, 'l10n', `review.l10n.${language}.json`).fsPath, 'utf8');
  } catch {
    // No translation into this language.
    return '{}';
  }
}

/** What the session says, in the same words as its page. */
export function sayIn(words: string): (text: string, ...values: readonly (string | number)[]) => string {
  const table = new Map(Object.entries(JSON.parse(words) as Readonly<Record<string, string>>)); // a file of our own
  return (text, ...values) => (table.get(text) ?? text).replace(/\{(\d+)\}/g, (whole, index: string) => String(values[Number(index)] ?? whole));
}
