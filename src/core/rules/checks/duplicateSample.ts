import type { DatasetRule } from '../rule.ts';
import { identityFact, identityFacts, sameContext } from '../identityFacts.ts';

export const rule: DatasetRule = {
  id: 'duplicate-sample',
  scope: 'dataset',
  severity: { strict: 'warning', recommended: 'warning', lenient: 'information' },
  docs: {
    summary: 'The same sample stands in the data more than once, with the same label.',
    why: 'It counts double in training, and in two splits it leaks. Samples are the same when tools and messages are.',
    good: 'each sample once',
    bad: 'line 12 and line 4812 hold the same tools, messages and label',
    shownAt: 'the later record',
  },
  facts: identityFacts,
  collect: () => identityFact,
  *conclude(facts) {
    for (const group of sameContext(facts)) {
      if (group === undefined) {
        yield undefined;
        continue;
      }
      const first = new Map<string, number>();
      for (const { sample, label } of group) {
        const before = first.get(label);
        if (before === undefined) first.set(label, sample);
        else yield { sample, at: { part: 'record' }, message: 'the same sample stands in the data before', related: [before] };
      }
    }
  },
};
