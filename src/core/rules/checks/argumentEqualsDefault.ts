import { show } from '../../toolcall/differences.ts';
import { valueKey } from '../../toolcall/canonicalCall.ts';
import { argumentFix } from '../fixes.ts';
import { isSaid } from '../grounding/said.ts';
import type { SampleRule } from '../rule.ts';

export const rule: SampleRule = {
  id: 'argument-equals-default',
  scope: 'sample',
  severity: { strict: 'information', recommended: 'off', lenient: 'off' },
  docs: {
    summary: 'An optional argument that is given the value which it has anyway, and that the request does not name.',
    why: 'Labels that sometimes write defaults out and sometimes do not punish one of two right answers at random.',
    good: '{"city": "Oslo"}',
    bad: '{"city": "Oslo", "days": 7}, where the default is 7',
    shownAt: 'the key',
  },
  check(context) {
    const { choices, request } = context;
    return choices.flatMap(({ choices: values, omissible, required, schema, call, path, name }) => {
      const [value] = values;
      if (required || omissible || value === undefined || values.length > 1 || schema === undefined || !Object.hasOwn(schema, 'default')) return [];
      if (valueKey(schema['default'] ?? null) !== valueKey(value) || isSaid(value, request)) return [];
      return [{ at: { part: 'key' as const, call, path }, message: `${name} is ${show(value)}, which is its default`, fixes: argumentFix(context, `Leave ${name} out`, [{ kind: 'remove', call, path }]) }];
    });
  },
};
