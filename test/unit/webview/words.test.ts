import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { KEY_GROUPS, KEYS } from '../../../webview-ui/review/keys.ts';

const root = path.resolve(import.meta.dirname, '../../..');

/** Every text that the pages hand to `t`, those of the key table, which reach it by a variable, and what the session says to them. */
function textsOfPages(): Set<string> {
  const texts = new Set([...KEYS.flatMap((k) => [k.title, k.hint]), ...KEY_GROUPS.map((g) => g.title)]);
  for (const entry of readdirSync(path.join(root, 'webview-ui'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
    const source = readFileSync(path.join(entry.parentPath, entry.name), 'utf8');
    for (const [, text = ''] of source.matchAll(/\bt\(\s*'((?:[^'\\]|\\.)*)'/g)) texts.add(text.replaceAll(/\\(.)/g, '$1'));
  }
  for (const entry of readdirSync(path.join(root, 'src/app/review'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
    const source = readFileSync(path.join(entry.parentPath, entry.name), 'utf8');
    for (const [, text = ''] of source.matchAll(/\bsay\(\s*'((?:[^'\\]|\\.)*)'/g)) texts.add(text.replaceAll(/\\(.)/g, '$1'));
  }
  return texts;
}

const korean = JSON.parse(readFileSync(path.join(root, 'l10n/review.l10n.ko.json'), 'utf8')) as Readonly<Record<string, string>>;
const holes = (text: string): string[] => [...new Set(text.match(/\{\d+\}/g) ?? [])].sort();

describe('texts of the pages', () => {
  it('are translated, all of them', () => {
    expect([...textsOfPages()].filter((text) => !Object.hasOwn(korean, text))).toEqual([]);
  });

  it('have the same holes in both languages', () => {
    expect(Object.entries(korean).filter(([text, translated]) => holes(text).join() !== holes(translated).join())).toEqual([]);
  });

  it('are no leftovers', () => {
    const texts = textsOfPages();
    expect(Object.keys(korean).filter((text) => !texts.has(text))).toEqual([]);
  });

  it('never reach `t` as a template, which no one could translate', () => {
    for (const entry of readdirSync(path.join(root, 'webview-ui'), { recursive: true, withFileTypes: true })) {
      if (entry.isFile() && entry.name.endsWith('.ts')) expect(readFileSync(path.join(entry.parentPath, entry.name), 'utf8')).not.toMatch(/\bt\(\s*[`"]/);
    }
  });
});
