import type { DatasetRule } from '../rule.ts';
import { identityFact, sameContext } from '../identityFacts.ts';

export const rule: DatasetRule = {
  id: 'contradicting-labels',
  scope: 'dataset',
  severity: { strict: 'error', recommended: 'error', lenient: 'warning' },
  docs: {
    summary: 'The same sample stands in the data with different labels.',
    why: 'At most one of them is right, unless both are: then one should be an accepted alternative of the other. As it is, every rollout is wrong for one of the two.',
    good: 'the same tools and messages, the same label',
    bad: 'line 12 calls get_weather and line 4812, with the same tools and messages, get_forecast',
    shownAt: 'the label of each',
  },
  collect: () => identityFact,
  *conclude(facts) {
    for (const group of sameContext(facts)) {
      const labels = new Set(group.map(({ label }) => label));
      if (labels.size < 2) continue;
      for (const { sample, label } of group) {
        const other = group.find((one) => one.label !== label);
        yield { sample, at: { part: 'label' }, message: `the same sample has ${labels.size} different labels in the data`, ...(other === undefined ? {} : { related: [other.sample] }) };
      }
    }
  },
};
