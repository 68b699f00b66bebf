import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dialects } from '../../../src/core/dataset/dialects.generated.ts';
import { rules } from '../../../src/core/rules/rules.generated.ts';
import { ruleSettings } from '../../../src/core/rules/settings.ts';

type Part = { readonly description?: string; readonly anyOf?: readonly Part[]; readonly enum?: readonly string[]; readonly properties?: Readonly<Record<string, Part>>; readonly items?: Part; readonly additionalProperties?: unknown };

const read = (path: string): unknown => JSON.parse(readFileSync(join(import.meta.dirname, '../../..', path), 'utf8'));
const schema = read('media/schema/looptool.schema.json') as Part; // Generated from our own source.
const settings = schema.properties?.['lint']?.properties?.['rules'];

it('knows every rule with its words and options, and no other', () => {
  expect(settings?.additionalProperties).toBe(false);
  expect(Object.keys(settings?.properties ?? {})).toEqual(rules.map(({ id }) => id).sort());
  for (const { id, docs, options } of rules) {
    const rule = settings?.properties?.[id];
    expect(rule?.description).toContain(docs.summary);
    const names = Object.keys(rule?.anyOf?.[1]?.properties ?? {});
    expect(names).toEqual(['severity', ...Object.keys(docs.options ?? {}).filter((name) => options?.[name] !== undefined)]);
    // What the schema offers, the reader takes.
    expect(() => ruleSettings({ profile: 'strict', rules: { [id]: Object.fromEntries(names.map((name) => [name, name === 'severity' ? 'off' : options?.[name]])) }, benchmarks: [] }, rules)).not.toThrow();
  }
});

it('offers every dialect for a dataset', () => {
  const dialect = schema.properties?.['datasets']?.properties?.['seed']?.items?.properties?.['dialect'];
  expect(dialect?.anyOf?.[0]?.enum).toEqual(dialects.map(({ id }) => id));
});
