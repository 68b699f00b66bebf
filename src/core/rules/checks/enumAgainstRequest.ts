import { show } from '../../toolcall/differences.ts';
import { saidMembers, saysPhrase } from '../grounding/enumMembers.ts';
import { enumOf, type ArgumentChoices } from '../argumentChoices.ts';
import { isTextSaid } from '../grounding/said.ts';
import { argumentFix } from '../fixes.ts';
import type { Hit, SampleRule } from '../rule.ts';
import type { SampleContext } from '../sampleContext.ts';

export const rule: SampleRule = {
  id: 'enum-against-request',
  scope: 'sample',
  needs: ['unsaid'],
  severity: { strict: 'warning', recommended: 'information', lenient: 'off' },
  docs: {
    summary: 'The request says one of the values that the enum lists, and the label gives another one that it does not say.',
    why: 'Where a person says “in kelvin”, the answer with `celsius` is wrong.',
    good: '{"city": "Oslo", "unit": "kelvin"}, for “in kelvin”',
    bad: '{"city": "Oslo", "unit": "celsius"}, for “in kelvin”',
    shownAt: 'the value',
  },
  check(context) {
    const { unsaid, sample } = context;
    if (unsaid.length === 0) return [];
    const calls = sample.label.kind === 'calls' ? sample.label.calls.length : 0;
    // Calls beside each other share the request, and each says its own.
    return calls === 1 ? unsaid.flatMap((argument) => against(argument, context)) : [];
  },
};

function against(argument: ArgumentChoices, context: SampleContext): Hit[] {
  const { request } = context;
  const { choices, call, path, name, schema } = argument;
  const values = choices.flatMap((choice) => (typeof choice === 'string' ? [choice] : []));
  const [value] = values;
  if (value === undefined || values.length < choices.length || enumOf(schema).length < 2) return [];
  if (values.some((one) => isTextSaid(one, request))) return [];
  const [said, ...more] = saidMembers(schema, request);
  if (said === undefined || more.length > 0 || values.some((one) => saysPhrase(one, request))) return [];
  return [{ at: { part: 'value', call, path }, message: `${name} is ${show(value)}, while the request says ${show(said)}`, fixes: argumentFix(context, `Write ${show(said)}`, [{ kind: 'set', call, path, value: said }]) }];
}
