import type { DatasetRule } from '../rule.ts';
import { identityFact, sameContext, textFact, textLabel } from '../identityFacts.ts';

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
  // The trace of a benchmark depends on a state of its world that the sample does not hold.
  collect: () => (context) => (context.sample.label.kind === 'trace' ? undefined : context.sample.label.kind === 'text' ? textFact(context) : identityFact(context)),
  *conclude(facts) {
    for (const group of yield* sameContext(facts)) {
      const labels = new Set(group.map(({ label }) => label));
      if (labels.size < 2) continue;
      const severity = labels.has(textLabel) ? ({ severity: 'warning' } as const) : {};
      for (const { sample, label } of group) {
        const other = group.find((one) => one.label !== label);
        yield { sample, at: { part: 'label' }, message: `the same sample has ${labels.size} different labels in the data`, ...severity, ...(other === undefined ? {} : { related: [other.sample] }) };
      }
    }
  },
};
