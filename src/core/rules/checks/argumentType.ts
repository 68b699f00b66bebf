import type { SampleRule } from '../rule.ts';
import { valueHit } from '../valueHit.ts';

export const rule: SampleRule = {
  id: 'argument-type',
  scope: 'sample',
  severity: { strict: 'error', recommended: 'error', lenient: 'error' },
  docs: {
    summary: 'An argument of another JSON type than its schema says.',
    why: 'A reward that compares values never pays for `"3"` where the tool takes `3`, and the tool itself may refuse it.',
    good: '{"city": "Oslo", "days": 3}',
    bad: '{"city": "Oslo", "days": "3"}',
    shownAt: 'the value',
  },
  check({ violations }) {
    return violations.filter(({ kind }) => kind === 'type').map((violation) => valueHit(violation));
  },
};
