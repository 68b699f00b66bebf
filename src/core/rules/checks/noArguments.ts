import { placesOf } from '../places.ts';
import type { SampleRule } from '../rule.ts';

export const rule: SampleRule = {
  id: 'no-arguments',
  scope: 'sample',
  needs: ['calls'],
  severity: { strict: 'error', recommended: 'warning', lenient: 'information' },
  docs: {
    summary: 'A call of the label has no arguments object.',
    why: 'It is read as `{}`, while the answer of a model that is written so is invalid: the label shows what must not be answered.',
    good: '{"name": "get_time", "arguments": {}}',
    bad: '{"name": "get_time"}',
    shownAt: 'the name of the call',
  },
  check({ sample, read }) {
    if (sample.label.kind !== 'calls') return [];
    // Only a call without any member can lack the object; places are worth their cost for these alone.
    if (sample.label.calls.every((call) => Object.keys(call.arguments).length > 0)) return [];
    return placesOf(read).calls.flatMap(({ arguments: path }, call) => (path === undefined ? [{ at: { part: 'name' as const, call }, message: 'the call has no arguments object; write {} where it takes none' }] : []));
  },
};
