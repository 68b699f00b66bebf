import { valueKey } from '../../toolcall/canonicalCall.ts';
import { show } from '../../toolcall/differences.ts';
import { typesOf, type ArgumentChoices } from '../argumentChoices.ts';
import { declaredDefault, saysTheSame } from '../grounding/declaredDefault.ts';
import { clashingList } from '../grounding/clashingList.ts';
import type { Hit, SampleRule } from '../rule.ts';
import { valueFixes } from '../fixes.ts';
import type { SampleContext } from '../sampleContext.ts';

export const rule: SampleRule = {
  id: 'enum-of-another-type',
  scope: 'sample',
  needs: ['clashes'],
  severity: { strict: 'error', recommended: 'warning', lenient: 'information' },
  docs: {
    summary: 'The definition lists values of another type than it names, and the label has neither one of the list nor the default.',
    why: 'No value satisfies such a definition: a model that copies from the list and one that obeys the type disagree, and the label takes one side. The definition should be put right.',
    good: '{"rooms": 2}, where the schema says integer and lists 1, 2, 3',
    bad: '{"rooms": 2}, where the schema says integer and lists "1", "2", "3"',
    shownAt: 'the value',
  },
  check(context) {
    return context.choicesWhere('hasClashes').flatMap((argument) => contradiction(argument, context));
  },
};

function contradiction(argument: ArgumentChoices, context: SampleContext): Hit[] {
  const { call, path, name, schema, choices, tool } = argument;
  const list = path.length === 1 ? clashingList(tool, name) : undefined;
  if (list === undefined || choices.length === 0 || typesOf(schema).includes('array')) return [];
  const keys = new Set(list.map(valueKey));
  const byDefault = declaredDefault(schema);
  const [first] = choices;
  if (first === undefined || choices.some((choice) => keys.has(valueKey(choice)) || (byDefault !== undefined && valueKey(byDefault) === valueKey(choice)))) return [];
  // A value that the list has in no form is for argument-enum.
  if (!choices.some((choice) => list.some((member) => typeof member !== typeof choice && saysTheSame(member, choice)))) return [];
  return [{ at: { part: 'value', call, path }, message: `${name} is ${show(first)}, while its definition lists ${show(list[0] ?? null)} and others of that type`, fixes: valueFixes(context, call, path, () => list.filter((member) => saysTheSame(member, first)).slice(0, 1)) }];
}
