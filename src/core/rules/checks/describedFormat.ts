import { show } from '../../toolcall/differences.ts';
import type { ArgumentChoices } from '../argumentChoices.ts';
import { declaredDefault, saysTheSame } from '../grounding/declaredDefault.ts';
import { demandedFormat } from '../grounding/demandedFormat.ts';
import type { Hit, SampleRule } from '../rule.ts';

export const rule: SampleRule = {
  id: 'described-format',
  scope: 'sample',
  needs: ['texts', 'formats'],
  severity: { strict: 'error', recommended: 'warning', lenient: 'information' },
  docs: {
    summary: 'A value that is not in the format which the description of its argument asks for: “City, State”, HH:MM, a code of so many letters.',
    why: 'The definition is all that a model sees of the tool, and it says otherwise.',
    good: '{"place": "Paris, France"}, where the description says: in the format of \'City, Country\'',
    bad: '{"place": "Paris"}',
    shownAt: 'the value',
  },
  check(context) {
    return context.traits.hasTexts ? context.choicesWhere('hasFormats').flatMap(unfit) : [];
  },
};

function unfit(argument: ArgumentChoices): Hit[] {
  const { choices, call, path, name, schema } = argument;
  if (schema === undefined || !choices.some((choice) => typeof choice === 'string')) return [];
  const demand = demandedFormat(schema);
  if (demand === undefined) return [];
  const byDefault = declaredDefault(schema);
  const isUnfit = (choice: unknown): choice is string => typeof choice === 'string' && /^[\u0000-\u024f]*$/.test(choice) && !demand.fits.test(choice) && !(byDefault !== undefined && saysTheSame(byDefault, choice));
  const [first] = choices;
  if (!choices.every(isUnfit) || first === undefined) return [];
  return [{ at: { part: 'value', call, path }, message: `${name} is ${show(first)}, while its description asks for ${demand.what}` }];
}
