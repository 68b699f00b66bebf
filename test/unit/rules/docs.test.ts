import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { rules } from '../../../src/core/rules/registry.ts';

test('every rule is described in docs/rules.md, with its severity, and none besides', () => {
  const page = readFileSync(new URL('../../../docs/rules.md', import.meta.url), 'utf8');
  const listed = [...page.matchAll(/^\| \[([a-z-]+)\]\(#\1\) \| (\w+)/gm)].map((m) => [m[1], m[2]]);
  const headed = [...page.matchAll(/^## ([a-z-]+)$/gm)].map((m) => m[1]);
  const known = [...rules.map((rule) => [rule.id, rule.severity]), ['unreadable-record', 'error']];
  expect(listed.toSorted()).toEqual(known.toSorted());
  expect(headed).toEqual(listed.map(([id]) => id));
});
