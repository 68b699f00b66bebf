import { readFileSync } from 'node:fs';
import path from 'node:path';
import { KEY_GROUPS, keyName, KEYS, type KeyBinding } from '../webview-ui/review/keys.ts';

const START = '<!-- keys: made by scripts/generate.mjs -->';
const END = '<!-- /keys -->';

/** The key table of the review, from the table that the page itself goes by: a page of its own, and in docs/review.md between its marks. */
export function reviewKeys(root: string): Readonly<Record<string, string>> {
  const table = KEY_GROUPS.map(({ group, title }) => `### ${title}\n\n| key | action | |\n|---|---|---|\n${rows(KEYS.filter((k) => k.group === group))}`).join('\n\n');
  const files: Record<string, string> = { 'docs/review-keys.md': `# Keys of the review\n\nMade by \`scripts/generate.mjs\` from \`webview-ui/review/keys.ts\`. Keys go by the character that they write; on a keyboard without Latin letters by their place. ⇧ is shift. They work while no field has the focus; Escape leaves a field.\n\n${table.replaceAll('###', '##')}\n` };
  const guide = read(path.join(root, 'docs/review.md'));
  const [before, rest] = guide.split(START);
  const after = rest?.split(END)[1];
  if (before !== undefined && after !== undefined) files['docs/review.md'] = `${before}${START}\n\n${table}\n\n${END}${after}`;
  return files;
}

/** Keys of one action share a row. */
function rows(keys: readonly KeyBinding[]): string {
  const byTitle = new Map<string, KeyBinding[]>();
  for (const k of keys) byTitle.set(k.title, [...(byTitle.get(k.title) ?? []), k]);
  return [...byTitle].map(([title, same]) => `| ${same.map((k) => `\`${keyName(k)}\``).join(' ')} | ${title} | ${same[0]?.hint ?? ''} |`).join('\n');
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
