import { lastUser, requestKey } from '../requestKey.ts';
import type { DatasetRule } from '../rule.ts';

export const rule: DatasetRule = {
  id: 'benchmark-leak',
  scope: 'dataset',
  severity: { strict: 'error', recommended: 'error', lenient: 'error' },
  docs: {
    summary: 'The sample also stands in a benchmark that looptool.json names (lint.benchmarks), by its last user message.',
    why: 'Whoever trains on it measures memory.',
    good: 'no request of the benchmark in the training data',
    bad: 'a request of the test set, word for word but for case and punctuation',
    shownAt: 'the last message of the user',
    options: { requests: 'Filled in from lint.benchmarks: the known requests.' },
  },
  options: { requests: [] },
  collect: (options) => {
    const known = new Set(Array.isArray(options['requests']) ? (options['requests'] as readonly unknown[]) : []);
    return ({ sample }) => {
      if (known.size === 0) return undefined;
      const key = requestKey(sample);
      return key !== undefined && known.has(key) ? lastUser(sample) : undefined;
    };
  },
  *conclude(facts) {
    for (const { sample, fact } of facts) {
      if (typeof fact === 'number') yield { sample, at: { part: 'message', message: fact }, message: 'the request stands in a benchmark too' };
    }
  },
};
