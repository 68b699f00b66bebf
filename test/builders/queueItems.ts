import fc from 'fast-check';
import type { Decision } from '../../src/core/review/decision.ts';
import { foldDecisions } from '../../src/core/review/foldDecisions.ts';
import { decisionWays, rulings } from '../../src/core/review/decision.ts';
import type { QueueFacts } from '../../src/core/review/queue/queueFacts.ts';
import type { QueueItem } from '../../src/core/review/queue/queueItem.ts';
import { queueSpecSchema, type QueueFilter, type QueueOrder } from '../../src/core/review/queue/queueSpec.ts';
import { finalVerdicts } from '../../src/core/rounds/verdict.ts';

export function queueItem(number: number, overrides: Partial<QueueItem> = {}): QueueItem {
  return {
    sampleId: `smp_${number.toString(16).padStart(64, '0')}`,
    labelHash: 'lbl_1',
    predictionHash: 'lbl_2',
    family: `fam_${number}`,
    origin: 'seed',
    file: 'data/train.jsonl',
    record: number,
    outcome: 'MISMATCH',
    ppl: undefined,
    tools: ['get_weather'],
    kinds: ['value'],
    shape: 'value get_weather.unit\n"celsius" -> "C"',
    rules: [],
    verdict: 'LABEL_WRONG',
    judge: 'j',
    promptVersion: '1',
    votes: 2,
    agreeing: 2,
    weight: 1,
    text: '',
    ...overrides,
  };
}

export function decisionOf(item: Pick<QueueItem, 'sampleId' | 'labelHash'>, ruling: Decision['ruling'], overrides: Partial<Decision> = {}): Decision {
  return { v: 1, op: 'decide', id: `${item.sampleId} ${overrides.by ?? 'ann'} ${ruling}`, at: '2026-01-01T00:00:00Z', by: 'ann', sampleId: item.sampleId, labelHash: item.labelHash, ruling, ...overrides };
}

export function factsOf(...decisions: readonly Decision[]): QueueFacts {
  return { state: foldDecisions(decisions), user: 'ann' };
}

export function queueSpec(order: QueueOrder, filter: Partial<QueueFilter> = {}): ReturnType<typeof queueSpecSchema.parse> {
  return queueSpecSchema.parse({ order, filter });
}

const toolNames = ['get_weather', 'book', 'search'] as const;
const ruleIds = ['enum-value', 'unused'] as const;

/** Any pairs, distinct by sample, in any order. */
export const queueItems: fc.Arbitrary<readonly QueueItem[]> = fc.uniqueArray(
  fc
    .record({
      number: fc.integer({ min: 0, max: 10_000 }),
      family: fc.constantFrom('fam_a', 'fam_b', 'fam_c', 'fam_d'),
      origin: fc.constantFrom<QueueItem['origin']>('seed', 'expansion', 'file'),
      file: fc.constantFrom('a.jsonl', 'b.jsonl', undefined),
      record: fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined }),
      outcome: fc.constantFrom<QueueItem['outcome']>('MISMATCH', 'INVALID', 'TRUNCATED'),
      ppl: fc.option(fc.constantFrom(1, 1.5, 2, Infinity), { nil: undefined }),
      tools: fc.subarray([...toolNames]),
      kinds: fc.subarray<QueueItem['kinds'][number]>(['value', 'type', 'missing-argument']),
      shape: fc.constantFrom('a\nx', 'a\ny', 'b\nx', 'c'),
      rules: fc.subarray([...ruleIds]),
      verdict: fc.constantFrom(...finalVerdicts, undefined),
      votes: fc.integer({ min: 0, max: 3 }),
      agreeing: fc.integer({ min: 0, max: 3 }),
      weight: fc.integer({ min: 1, max: 3 }),
      text: fc.constantFrom('weather in oslo', 'weather in bergen', 'book a table', ''),
    })
    .map(({ number, ...rest }) => queueItem(number, { ...rest, agreeing: Math.min(rest.agreeing, rest.votes) })),
  { selector: ({ sampleId }) => sampleId, maxLength: 40 },
);

/** Pairs with what people said of some of them, some of it of another label. */
export const reviewed: fc.Arbitrary<{ readonly items: readonly QueueItem[]; readonly facts: QueueFacts }> = queueItems.chain((items) =>
  fc
    .array(fc.record({ at: fc.nat(), ruling: fc.constantFrom(...rulings), by: fc.constantFrom('ann', 'bob'), stale: fc.boolean(), way: fc.constantFrom(...decisionWays, undefined) }), { maxLength: 15 })
    .map((said) => {
      const decisions = said.flatMap(({ at, ruling, by, stale, way }, number) => {
        const item = items[at % Math.max(items.length, 1)];
        return item === undefined ? [] : [decisionOf(stale ? { ...item, labelHash: 'lbl_old' } : item, ruling, { id: `d${number}`, by, ...(way === undefined ? {} : { way }) })];
      });
      return { items, facts: factsOf(...decisions) };
    }),
);

const range = fc.record({ from: fc.constantFrom(0, 0.5, 1.5), to: fc.constantFrom(0.5, 1, 2) }, { requiredKeys: [] });

export const queueFilter: fc.Arbitrary<QueueFilter> = fc
  .record(
    {
      verdicts: fc.subarray<NonNullable<QueueFilter['verdicts']>[number]>([...finalVerdicts, 'unjudged']),
      outcomes: fc.subarray<NonNullable<QueueFilter['outcomes']>[number]>(['MISMATCH', 'INVALID']),
      tools: fc.subarray<string>([...toolNames]),
      kinds: fc.subarray<NonNullable<QueueFilter['kinds']>[number]>(['value', 'type']),
      rules: fc.subarray<string>([...ruleIds]),
      origins: fc.subarray(['seed', 'file']),
      agreement: range,
      ppl: range,
      rulings: fc.subarray<NonNullable<QueueFilter['rulings']>[number]>(['keepLabel', 'takePrediction', 'unsure']),
      decidedBy: fc.constantFrom('ann', 'carl'),
      text: fc.constantFrom('Oslo', 'weather  in', 'table', ' '),
      shape: fc.constantFrom('a\nx', 'c'),
      share: fc.integer({ min: 1, max: 4 }).chain((of) => fc.integer({ min: 0, max: of - 1 }).map((index) => ({ index, of }))),
      state: fc.constantFrom<QueueFilter['state']>('undecided', 'decided', 'conflict', 'all'),
    },
    { requiredKeys: ['state'] },
  )
  .map((filter) => filter as QueueFilter); // with `requiredKeys` absent keys are absent
