import { show } from '../../toolcall/differences.ts';
import { argumentFix, valueFixes } from '../fixes.ts';
import { candidatesFor } from '../grounding/candidates.ts';
import { fold } from '../grounding/requestText.ts';
import type { LabelViolation } from '../labelViolations.ts';
import type { SampleRule } from '../rule.ts';
import type { SampleContext } from '../sampleContext.ts';
import { valueHit } from '../valueHit.ts';
import type { JsonValue } from '../../json/value.ts';

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
        const hit = isSpelledOtherwise(violation, context) ? { ...valueHit(violation), severity: 'information' as const } : valueHit(violation);
        const suggestions = valueFixes(context, call, path, () => membersFor(violation, context));
        return suggestion === undefined ? { ...hit, suggestions } : { ...hit, suggestions, fixes: argumentFix(context, `Write ${show(suggestion)}`, [{ kind: 'set', call, path, value: suggestion }]) };
      });
  },
};

/** Those that the request says; all of a short list where it says none. */
function membersFor({ call, path, suggestion }: LabelViolation, context: SampleContext): readonly JsonValue[] {
  const argument = context.choices.find((one) => one.call === call && one.path.length === path.length && one.path.every((step, index) => step === path[index]));
  return argument === undefined ? [] : candidatesFor(context, argument.name, argument.schema).filter((member) => member !== suggestion);
}

/** Among possible answers one that differs from a listed value in case alone: comparers of such answers mostly overlook it. */
function isSpelledOtherwise({ partial, suggestion, call, path }: LabelViolation, { choices }: SampleContext): boolean {
  if (partial !== true || typeof suggestion !== 'string') return false;
  const argument = choices.find((one) => one.call === call && one.path.length === 1 && one.name === path[0]);
  return argument?.choices.some((choice) => typeof choice === 'string' && choice !== suggestion && fold(choice) === fold(suggestion)) === true;
}
