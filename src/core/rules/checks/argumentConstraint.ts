import type { SampleRule } from '../rule.ts';
import { valueHit } from '../valueHit.ts';

const kinds = new Set(['range', 'length', 'pattern', 'format', 'combination', 'depth']);

export const rule: SampleRule = {
  id: 'argument-constraint',
  scope: 'sample',
  needs: ['violations'],
  severity: { strict: 'error', recommended: 'warning', lenient: 'information' },
  docs: {
    summary: 'An argument of the right type outside of the bounds, length, pattern or format of its schema.',
    why: 'The tool may refuse it. A warning, since such words are often meant loosely.',
    good: '{"city": "Oslo", "days": 3}',
    bad: '{"city": "Oslo", "days": 40}',
    shownAt: 'the value',
  },
  check({ violations }) {
    return violations.filter(({ kind }) => kinds.has(kind)).map((violation) => valueHit(violation));
  },
};
