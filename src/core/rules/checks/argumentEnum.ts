import { show } from '../../toolcall/differences.ts';
import { argumentFix } from '../fixes.ts';
import type { SampleRule } from '../rule.ts';
import { valueHit } from '../valueHit.ts';

export const rule: SampleRule = {
  id: 'argument-enum',
  scope: 'sample',
  needs: ['violations'],
  severity: { strict: 'error', recommended: 'error', lenient: 'error' },
  docs: {
    summary: 'An argument that is none of the values that its schema lists.',
    why: 'The tool cannot be called with it.',
    good: '{"city": "Oslo", "unit": "kelvin"}',
    bad: '{"city": "Oslo", "unit": "Kelvin"}',
    shownAt: 'the value',
  },
  check(context) {
    return context.violations
      .filter(({ kind }) => kind === 'enum')
      .map((violation) => {
        const { call, path, suggestion } = violation;
        const hit = valueHit(violation);
        return suggestion === undefined ? hit : { ...hit, fixes: argumentFix(context, `Write ${show(suggestion)}`, [{ kind: 'set', call, path, value: suggestion }]) };
      });
  },
};
