import { argumentFix } from '../fixes.ts';
import type { SampleRule } from '../rule.ts';

export const rule: SampleRule = {
  id: 'null-argument',
  scope: 'sample',
  needs: ['nulls'],
  severity: { strict: 'warning', recommended: 'information', lenient: 'off' },
  docs: {
    summary: 'An optional argument that is null where it could be left out.',
    why: 'Tables fill missing cells with null: a column of arguments that went through one has every argument of every tool. Only the strict comparer tells null and absent apart, and many tools do.',
    good: '{"city": "Oslo"}',
    bad: '{"city": "Oslo", "unit": null}',
    shownAt: 'the key',
  },
  check(context) {
    return !context.traits.hasNulls ? [] : context.choices.flatMap(({ choices: values, omissible, required, schema, call, path, name }) => {
      if (required || omissible || values.length === 0 || values.some((value) => value !== null) || schema?.['default'] === null) return [];
      return [{ at: { part: 'key' as const, call, path }, message: `${name} is null; it may be left out`, fixes: argumentFix(context, `Leave ${name} out`, [{ kind: 'remove', call, path }]) }];
    });
  },
};
