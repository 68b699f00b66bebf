import type { SampleRule } from '../rule.ts';

export const rule: SampleRule = {
  id: 'unknown-argument',
  scope: 'sample',
  severity: { strict: 'error', recommended: 'error', lenient: 'warning' },
  docs: {
    summary: 'An argument that the tool does not declare.',
    why: 'No model can learn it from the definition, and many tools refuse it.',
    good: '{"city": "Oslo"}',
    bad: '{"city": "Oslo", "town": "Oslo"}',
    shownAt: 'the key',
  },
  check({ violations }) {
    return violations.filter(({ kind }) => kind === 'unknown').map(({ call, path, message }) => ({ at: { part: 'key', call, path }, message }));
  },
};
