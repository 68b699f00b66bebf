import fc from 'fast-check';
import { expect, it } from 'vitest';
import { facetsOf } from '../../../../src/core/review/queue/facets.ts';
import { countQueue } from '../../../../src/core/review/queue/selectQueue.ts';
import { decisionOf, factsOf, queueItem, queueSpec, reviewed } from '../../../builders/queueItems.ts';
import { facetsSchema } from '../../../../src/protocol/review/messages.ts';

it('facets count what the filter of each value lets pass, and are what the page takes', () => {
  fc.assert(
    fc.property(reviewed, ({ items, facts }) => {
      const facets = facetsOf(items, facts);
      expect(facetsSchema.parse(facets)).toEqual(facets);
      const filters = { verdicts: 'verdicts', outcomes: 'outcomes', tools: 'tools', kinds: 'kinds', rules: 'rules', origins: 'origins' } as const;
      for (const [name, key] of Object.entries(filters)) {
        for (const { value, count } of facets[name as keyof typeof filters]) expect(countQueue(items, queueSpec('file', { [key]: [value] }).filter, facts).count).toBe(count);
      }
      for (const { value, count } of facets.people) expect(countQueue(items, queueSpec('file', { decidedBy: value }).filter, facts).count).toBe(count);
      for (const state of ['undecided', 'decided', 'conflict'] as const) expect(countQueue(items, queueSpec('file', { state }).filter, facts).count).toBe(facets.states.find(({ value }) => value === state)?.count ?? 0);
    }),
  );
});

it('the most frequent values come first, two hundred at most', () => {
  const items = Array.from({ length: 500 }, (_, number) => queueItem(number, { tools: [`tool_${number % 250}`, 'common'] }));
  const { tools } = facetsOf(items, factsOf());
  expect(tools).toHaveLength(200);
  expect(tools[0]).toEqual({ value: 'common', count: 500 });
  expect(tools[1]).toEqual({ value: 'tool_0', count: 2 });
});

it('a person who decided twice on a label counts once, and counts of decisions are those of now', () => {
  const items = [queueItem(1), queueItem(2)];
  expect(facetsOf(items, factsOf()).people).toEqual([]);
  const facets = facetsOf(items, factsOf(decisionOf(queueItem(1), 'keepLabel'), decisionOf(queueItem(1), 'edit'), decisionOf(queueItem(1), 'edit', { by: 'bob' })));
  expect(facets.people).toEqual([{ value: 'ann', count: 1 }, { value: 'bob', count: 1 }]);
  expect(facets.states).toEqual([{ value: 'decided', count: 1 }, { value: 'undecided', count: 1 }]);
});
