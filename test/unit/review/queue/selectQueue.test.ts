import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../../src/core/review/decision.ts';
import { expectedValue } from '../../../../src/core/review/queue/expectedValue.ts';
import { decisionOn } from '../../../../src/core/review/queue/queueFacts.ts';
import type { QueueItem } from '../../../../src/core/review/queue/queueItem.ts';
import { queueOrders, type QueueFilter } from '../../../../src/core/review/queue/queueSpec.ts';
import { countQueue, selectQueue } from '../../../../src/core/review/queue/selectQueue.ts';
import { decisionOf, factsOf, queueFilter, queueItem, queueSpec, reviewed } from '../../../builders/queueItems.ts';

const order = fc.constantFrom(...queueOrders);
const ids = (items: readonly QueueItem[]): string[] => items.map(({ sampleId }) => sampleId);
const numbers = (items: readonly QueueItem[]): number[] => items.map(({ sampleId }) => Number.parseInt(sampleId.slice(4), 16));

describe('a queue', () => {
  it('holds each pair that passes once, whatever the order, and counts what it holds', () => {
    fc.assert(
      fc.property(reviewed, queueFilter, order, ({ items, facts }, filter, by) => {
        const selected = selectQueue(items, { filter, order: by }, facts);
        expect(new Set(selected).size).toBe(selected.length);
        expect(new Set(ids(selected))).toEqual(new Set(ids(selectQueue(items, { filter, order: 'file' }, facts))));
        expect(countQueue(items, filter, facts)).toEqual({ count: selected.length, undecided: selected.filter((item) => decisionOn(item, facts) === undefined).length });
      }),
    );
  });

  it('is the same in every window, however the source orders its pairs', () => {
    fc.assert(
      fc.property(reviewed, queueFilter, order, ({ items, facts }, filter, by) => {
        const spec = { filter, order: by };
        expect(ids(selectQueue([...items].reverse(), spec, facts))).toEqual(ids(selectQueue(items, spec, facts)));
        expect(ids(selectQueue(items, spec, facts))).toEqual(ids(selectQueue(items, spec, facts)));
      }),
    );
  });

  it('with all conditions holds what each condition alone lets pass', () => {
    fc.assert(
      fc.property(reviewed, queueFilter, ({ items, facts }, filter) => {
        const all = ids(selectQueue(items, { filter, order: 'file' }, facts));
        const alone = Object.entries(filter).map(([key, value]) => new Set(ids(selectQueue(items, queueSpec('file', { [key]: value }), facts))));
        expect(all).toEqual(ids(selectQueue(items, queueSpec('file'), facts)).filter((id) => alone.every((set) => set.has(id))));
      }),
    );
  });

  it('with a list in a condition holds what its members alone let pass', () => {
    const lists: readonly (keyof QueueFilter)[] = ['verdicts', 'outcomes', 'tools', 'kinds', 'rules', 'origins', 'rulings'];
    fc.assert(
      fc.property(reviewed, queueFilter, fc.constantFrom(...lists), ({ items, facts }, filter, list) => {
        const members: readonly unknown[] = Array.isArray(filter[list]) ? filter[list] : [];
        const any = new Set(members.flatMap((member) => ids(selectQueue(items, queueSpec('file', { [list]: [member] }), facts))));
        expect(new Set(ids(selectQueue(items, queueSpec('file', { [list]: members }), facts)))).toEqual(any);
      }),
    );
  });
});

describe('filters', () => {
  const select = (items: readonly QueueItem[], filter: Partial<QueueFilter>, ...decisions: readonly Decision[]): number[] => numbers(selectQueue(items, queueSpec('file', filter), factsOf(...decisions)));

  it('take a decision on another label of the sample for none', () => {
    const items = [queueItem(1), queueItem(2)];
    const said = [decisionOf(queueItem(1), 'keepLabel'), decisionOf(queueItem(2, { labelHash: 'lbl_old' }), 'keepLabel')];
    expect(select(items, { state: 'undecided' }, ...said)).toEqual([2]);
    expect(select(items, { state: 'decided' }, ...said)).toEqual([1]);
    expect(select(items, { rulings: ['keepLabel'] }, ...said)).toEqual([1]);
    expect(select(items, { decidedBy: 'ann' }, ...said)).toEqual([1]);
  });

  it('find what people disagree on, and what one of them said though another is in force', () => {
    const items = [queueItem(1), queueItem(2)];
    const said = [decisionOf(queueItem(1), 'keepLabel'), decisionOf(queueItem(1), 'takePrediction', { by: 'bob' }), decisionOf(queueItem(2), 'keepLabel', { by: 'bob' })];
    expect(select(items, { state: 'conflict' }, ...said)).toEqual([1]);
    expect(select(items, { decidedBy: 'ann' }, ...said)).toEqual([1]);
    expect(select(items, { rulings: ['keepLabel'] }, ...said)).toEqual([2]);
  });

  it('hold agreement against the share of votes; a pair that nobody voted on has none', () => {
    const items = [queueItem(1, { votes: 2, agreeing: 1 }), queueItem(2, { votes: 3, agreeing: 3 }), queueItem(3, { votes: 0, agreeing: 0 })];
    expect(select(items, { agreement: { to: 0.5 } })).toEqual([1]);
    expect(select(items, { agreement: { from: 0.5 } })).toEqual([1, 2]);
    expect(select(items, { agreement: {} })).toEqual([1, 2, 3]);
  });

  it('know pairs that nobody judged, and perplexities at the ends of a range', () => {
    const items = [queueItem(1, { verdict: undefined, ppl: 1 }), queueItem(2, { ppl: 2 }), queueItem(3, { ppl: 2.1 }), queueItem(4)];
    expect(select(items, { verdicts: ['unjudged'] })).toEqual([1]);
    expect(select(items, { ppl: { from: 1, to: 2 } })).toEqual([1, 2]);
  });

  it('search all words in any order and case, and samples by the start of their id', () => {
    const items = [queueItem(1, { text: 'weather in bergen' }), queueItem(2, { text: 'bergen by night' })];
    expect(select(items, { text: ' BERGEN weather' })).toEqual([1]);
    expect(select(items, { text: queueItem(2).sampleId })).toEqual([2]);
    expect(select(items, { text: 'smp_f' })).toEqual([]);
  });
});

describe('orders', () => {
  it('by value: highest first, decided pairs last unless people disagree, ties by sample', () => {
    fc.assert(
      fc.property(reviewed, ({ items, facts }) => {
        const valueOf = expectedValue(items, facts);
        const rank = (item: QueueItem): number => {
          const { chance, weight } = valueOf(item);
          return decisionOn(item, facts) !== undefined && !facts.state.conflicts.has(item.sampleId) ? -1 : chance * weight;
        };
        const expected = [...items].sort((a, b) => rank(b) - rank(a) || (a.sampleId < b.sampleId ? -1 : 1));
        expect(ids(selectQueue(items, queueSpec('value'), facts))).toEqual(ids(expected));
      }),
    );
  });

  it('by cluster: the mistake that most of the shown pairs have first, equal values together', () => {
    const shapes = ['b\nx', 'a\ny', 'a\nx', 'a\ny', 'c\nz', 'b\nx', 'b\nw', 'b\nx'];
    const items = shapes.map((shape, number) => queueItem(number, { shape, weight: number }));
    expect(numbers(selectQueue(items, queueSpec('cluster'), factsOf()))).toEqual([0, 5, 7, 6, 1, 3, 2, 4]);
    const decided = [0, 5].map((number) => decisionOf(queueItem(number), 'keepLabel'));
    expect(numbers(selectQueue(items, queueSpec('cluster', { state: 'undecided' }), factsOf(...decided)))).toEqual([1, 3, 2, 6, 7, 4]);
  });

  it('by perplexity: highest first, unknown last', () => {
    const items = [undefined, 2, Infinity, 1, 2].map((ppl, number) => queueItem(number, { ppl }));
    expect(numbers(selectQueue(items, queueSpec('perplexity'), factsOf()))).toEqual([2, 1, 4, 3, 0]);
  });

  it('by file: files by name, then records, those without a place last', () => {
    const places = [['b', 0], [undefined, undefined], ['a', 10], ['a', 9], ['a', undefined]] as const;
    const items = places.map(([file, record], number) => queueItem(number, { file, record }));
    expect(numbers(selectQueue(items, queueSpec('file'), factsOf()))).toEqual([3, 2, 4, 0, 1]);
  });

  it('go by the text of ids that have an unusual form too', () => {
    const items = ['zz', 'smp_1', 'smp_0000000000001', 'smp_0000000000000f', 'aa'].map((sampleId) => queueItem(0, { sampleId, record: 0 }));
    expect(ids(selectQueue(items, queueSpec('file'), factsOf()))).toEqual(['aa', 'smp_1', 'zz', 'smp_0000000000000f', 'smp_0000000000001']);
  });
});
