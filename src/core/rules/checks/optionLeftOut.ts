import { show } from '../../toolcall/differences.ts';
import { argumentFix } from '../fixes.ts';
import { declaredDefault, saysTheSame } from '../grounding/declaredDefault.ts';
import { saidMembers } from '../grounding/enumMembers.ts';
import type { SampleRule } from '../rule.ts';
import { toolTraits } from '../toolTraits.ts';

export const rule: SampleRule = {
  id: 'option-left-out',
  scope: 'sample',
  needs: ['calls'],
  severity: { strict: 'warning', recommended: 'warning', lenient: 'off' },
  docs: {
    summary: 'The request says one of the values that an optional argument lists, not its default, and the label leaves that argument out.',
    why: 'What a person asks for is not done: the tool takes its default.',
    good: '{"city": "Oslo", "unit": "kelvin"}, for “in kelvin”',
    bad: '{"city": "Oslo"}, for “in kelvin”',
    shownAt: 'the name of the call',
  },
  check(context) {
    const { sample, request } = context;
    const { label, tools } = sample;
    if (label.kind !== 'calls' || label.calls.length !== 1) return [];
    const [call] = label.possible ?? label.calls;
    const tool = tools.find(({ name }) => name === call?.name);
    if (call === undefined || tool === undefined) return [];
    const { options } = toolTraits(tool);
    return options.flatMap(([name, schema]) => {
      if (Object.hasOwn(call.arguments, name)) return [];
      const [said, ...more] = saidMembers(schema, request);
      if (said === undefined || more.length > 0 || said.length < 4 || JSON.stringify(call.arguments).toLowerCase().includes(said.toLowerCase())) return [];
      const byDefault = declaredDefault(schema);
      if (byDefault !== undefined && saysTheSame(byDefault, said)) return [];
      return [{ at: { part: 'missing' as const, call: 0, path: [name] }, message: `the request says ${show(said)}, and ${name} is left out`, fixes: argumentFix(context, `Add ${name}`, [{ kind: 'set', call: 0, path: [name], value: said }]) }];
    });
  },
};
