import type { JsonValue } from '../../json/value.ts';
import { show } from '../../toolcall/differences.ts';
import { argumentFix } from '../fixes.ts';
import { converted } from '../grounding/converted.ts';
import type { LabelViolation } from '../labelViolations.ts';
import type { Hit, SampleRule } from '../rule.ts';
import type { SampleContext } from '../sampleContext.ts';
import { valueAt, valueHit } from '../valueHit.ts';

export const rule: SampleRule = {
  id: 'argument-type',
  scope: 'sample',
  needs: ['violations'],
  severity: { strict: 'error', recommended: 'error', lenient: 'error' },
  docs: {
    summary: 'An argument of another JSON type than its schema says.',
    why: 'A reward that compares values never pays for `"3"` where the tool takes `3`, and the tool itself may refuse it.',
    good: '{"city": "Oslo", "days": 3}',
    bad: '{"city": "Oslo", "days": "3"}',
    shownAt: 'the value',
  },
  check(context) {
    return context.violations.filter(({ kind }) => kind === 'type').map((violation) => withFix(context, violation));
  },
};

function withFix(context: SampleContext, violation: LabelViolation): Hit {
  const { call, path, expected } = violation;
  const types = (Array.isArray(expected) ? (expected as readonly JsonValue[]) : [expected]).filter((type) => typeof type === 'string');
  const value = valueAt(context, violation);
  const right = value === undefined ? undefined : converted(value, types);
  const hit = valueHit(violation);
  return right === undefined ? hit : { ...hit, fixes: argumentFix(context, `Write ${show(right)}`, [{ kind: 'set', call, path, value: right }], true) };
}
