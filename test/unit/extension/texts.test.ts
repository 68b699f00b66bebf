import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const json = (file: string): Record<string, unknown> => JSON.parse(readFileSync(join(root, file), 'utf8')) as Record<string, unknown>;

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? sources(join(folder, e.name)) : [readFileSync(join(folder, e.name), 'utf8')]));
}

/** First arguments of `l10n.t`. */
function messages(): string[] {
  const found = sources(join(root, 'src/extension')).flatMap((text) => [...text.matchAll(/l10n\.t\(\s*'((?:\\.|[^'\\])*)'/g)].map((m) => (m[1] ?? '').replaceAll("\\'", "'")));
  return [...new Set(found)].sort();
}

const placeholders = (text: string): string[] => [...text.matchAll(/\{\d+\}/g)].map((m) => m[0]).sort();

describe('texts of the extension', () => {
  it('are all in the Korean bundle, and nothing else is', () => {
    expect(Object.keys(json('l10n/bundle.l10n.ko.json')).sort()).toEqual(messages());
  });

  it('keep their placeholders in translation', () => {
    const wrong = Object.entries(json('l10n/bundle.l10n.ko.json')).filter(([key, value]) => placeholders(key).join() !== placeholders(String(value)).join());
    expect(wrong).toEqual([]);
  });

  it('are literals: a message that is put together cannot be translated', () => {
    const calls = sources(join(root, 'src/extension')).flatMap((text) => [...text.matchAll(/l10n\.t\(\s*([^'\s])/g)].map((m) => m[1]));
    expect(calls).toEqual([]);
  });

  it('of the manifest exist in both languages, and each is used', () => {
    const used = [...readFileSync(join(root, 'package.json'), 'utf8').matchAll(/"%([\w.]+)%"/g)].map((m) => m[1] ?? '');
    const english = Object.keys(json('package.nls.json')).sort();
    expect([...new Set(used)].sort()).toEqual(english);
    expect(Object.keys(json('package.nls.ko.json')).sort()).toEqual(english);
  });

  it('offer nothing that needs trust in a menu of the tree without it', () => {
    const { contributes } = json('package.json') as { contributes: { commands: { command: string; enablement?: string }[]; menus: Record<string, { command: string; when: string }[]> } };
    const trusted = new Set(contributes.commands.filter((c) => c.enablement?.includes('isWorkspaceTrusted')).map((c) => c.command));
    const items = [...(contributes.menus['view/title'] ?? []), ...(contributes.menus['view/item/context'] ?? [])];
    expect(trusted.size).toBeGreaterThan(8);
    expect(items.filter((i) => trusted.has(i.command) && !i.when.endsWith(' && isWorkspaceTrusted'))).toEqual([]);
  });

  it('name only commands that exist in the links of welcome views and walkthrough', () => {
    const { contributes } = json('package.json') as { contributes: { commands: { command: string }[] } };
    const known = new Set(contributes.commands.map((c) => c.command));
    for (const file of ['package.nls.json', 'package.nls.ko.json']) {
      const linked = [...readFileSync(join(root, file), 'utf8').matchAll(/\(command:(looptool\.\w+)/g)].map((m) => m[1] ?? '');
      expect(linked.filter((command) => !known.has(command))).toEqual([]);
    }
  });
});
