import { expect, test } from 'vitest';
import { rules } from '../../../src/core/rules/rules.generated.ts';

test('every rule has an id of its own, says what it finds, and has a good and a bad example', () => {
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  for (const { id, docs, options } of rules) {
    expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
    for (const text of [docs.summary, docs.why, docs.good, docs.bad, docs.shownAt]) expect(text, id).not.toBe('');
    expect(docs.good, id).not.toBe(docs.bad);
    expect(Object.keys(docs.options ?? {}).toSorted(), id).toEqual(Object.keys(options ?? {}).toSorted());
  }
});
