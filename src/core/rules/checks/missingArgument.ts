import type { SampleRule } from '../rule.ts';

export const rule: SampleRule = {
  id: 'missing-argument',
  scope: 'sample',
  needs: ['violations'],
  severity: { strict: 'error', recommended: 'error', lenient: 'error' },
  docs: {
    summary: 'A required argument is not given.',
    why: 'The tool cannot be called without it. Information only where possible answers merely allow to leave it out.',
    good: '{"city": "Oslo"}',
    bad: '{"days": 3}',
    shownAt: 'the name of the call, or the key of the object that lacks the member',
  },
  check({ violations }) {
    return violations.filter(({ kind }) => kind === 'missing').map(({ call, path, message, partial }) => ({ at: { part: 'missing', call, path }, message, ...(partial === true ? { severity: 'information' } : {}) }));
  },
};
