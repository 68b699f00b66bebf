import { show } from '../../toolcall/differences.ts';
import type { ArgumentChoices } from '../argumentChoices.ts';
import { declaredDefault, saysTheSame } from '../grounding/declaredDefault.ts';
import { isSaid } from '../grounding/said.ts';
import type { RequestText } from '../grounding/requestText.ts';
import type { Hit, SampleRule } from '../rule.ts';

export const rule: SampleRule = {
  id: 'default-conflict',
  scope: 'sample',
  needs: ['possible'],
  severity: { strict: 'error', recommended: 'error', lenient: 'warning' },
  docs: {
    summary: 'Possible answers let an argument be left out and, when it is given, accept only other values than its default.',
    why: 'Left out it means the default, so that the answers contradict each other. A warning where the request names the value (then it must not be left out), or where the default is accepted beside a value that the request does not name.',
    good: '"days": ["", 7], where the default is 7',
    bad: '"days": ["", 3], where the default is 7 and the request does not speak of 3',
    shownAt: 'the value',
  },
  check(context) {
    const { label } = context.sample;
    // The getters of the context work: nothing is asked of them where there is nothing to look at.
    if (label.kind !== 'calls' || label.possible === undefined) return [];
    const { choices, request } = context;
    return choices.flatMap((argument) => conflict(argument, request));
  },
};

function conflict(argument: ArgumentChoices, request: RequestText): Hit[] {
  const { omissible, required, choices, call, path, name, schema } = argument;
  if (!omissible || required || choices.length === 0) return [];
  const byDefault = declaredDefault(schema);
  if (byDefault === undefined) return [];
  const others = choices.filter((choice) => !saysTheSame(choice, byDefault));
  if (others.length === 0) return [];
  const at = { part: 'value' as const, call, path };
  const said = others.some((choice) => isSaid(choice, request));
  if (others.length < choices.length) {
    return typeof others[0] === 'boolean' || !said ? [{ at, severity: 'information', message: `${name} may be left out, which means ${show(byDefault)}, and may be ${show(others[0] ?? null)} as well` }] : [];
  }
  return [{ at, ...(said || byDefault === null ? { severity: 'warning' as const } : {}), message: `${name} may be left out, which means ${show(byDefault)}, but when given it has to be ${show(others[0] ?? null)}` }];
}
