import type { DatasetRule } from '../rule.ts';
import { identityFact, identityFacts, sameContext, type Identified } from '../identityFacts.ts';

export const rule: DatasetRule = {
  id: 'contradicting-labels',
  scope: 'dataset',
  severity: { strict: 'error', recommended: 'error', lenient: 'warning' },
  docs: {
    summary: 'The same sample stands in the data with different labels.',
    why: 'At most one of them is right, unless both are: then one should be an accepted alternative of the other. As it is, every rollout is wrong for one of the two. Texts that only differ in their words do not contradict each other; a text beside a call is a warning.',
    good: 'the same tools and messages, the same label',
    bad: 'line 12 calls get_weather and line 4812, with the same tools and messages, get_forecast',
    shownAt: 'the label of each',
  },
  facts: identityFacts,
  collect: () => identityFact,
  *conclude(facts) {
    for (const group of sameContext(facts)) {
      if (group === undefined) {
        yield undefined;
        continue;
      }
      // The first sample with each label, in their order.
      const labels = new Map<string, number>();
      for (const one of group) if (isComparable(one) && !labels.has(labelOf(one))) labels.set(labelOf(one), one.sample);
      if (labels.size < 2) continue;
      const severity = labels.has(textLabel) ? ({ severity: 'warning' } as const) : {};
      const [first, second] = [...labels.values()];
      for (const one of group) {
        if (!isComparable(one)) continue;
        const other = labels.get(labelOf(one)) === first ? second : first;
        yield { sample: one.sample, at: { part: 'label' }, message: `the same sample has ${labels.size} different labels in the data`, ...severity, ...(other === undefined ? {} : { related: [other] }) };
      }
    }
  },
};

/** Stands for the label of any text. */
const textLabel = 'text';

function labelOf({ kind, label }: Identified): string {
  return kind === 'text' ? textLabel : label;
}

/** The trace of a benchmark depends on a state of its world that the sample does not hold. */
function isComparable({ kind }: Identified): boolean {
  return kind !== 'trace';
}
