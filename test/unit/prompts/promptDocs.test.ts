import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { promptDefinitions, promptNames } from '../../../src/core/llm/prompts/promptSet.ts';
import { promptHash, type PromptDefinition } from '../../../src/core/llm/prompts/template.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/prompts.md'), 'utf8');

it.each(promptNames)('the page of prompts lists %s as it is', (name) => {
  const definition: PromptDefinition = promptDefinitions[name];
  const { purpose, version, slots } = definition;
  const listed = Object.entries(slots).map(([slot, { required }]) => (required ? `\`${slot}\`` : `\`[${slot}]\``));
  expect(page.split('\n')).toContain(`| \`${name}\` | \`${version}\` | \`${promptHash(definition)}\` | ${purpose} | ${listed.join(', ')} |`);
});

it('the page gives a reason for every version', () => {
  for (const name of promptNames) {
    const { version } = promptDefinitions[name];
    const [, stem = '', newest = ''] = /^(.*-)(\d+)$/u.exec(version) ?? [];
    for (let n = 1; n <= Number(newest); n++) expect(page).toMatch(new RegExp(`^\\| \`${stem}${n}\` \\| .{20,} \\|$`, 'mu'));
  }
});
