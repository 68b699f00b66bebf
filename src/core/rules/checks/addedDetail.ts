import { show } from '../../toolcall/differences.ts';
import { descriptionOf, enumOf, type ArgumentChoices } from '../argumentChoices.ts';
import { declaredDefault, saysTheSame } from '../grounding/declaredDefault.ts';
import { fold, wordsOf, type RequestText } from '../grounding/requestText.ts';
import { isTextSaid, isWordSaid } from '../grounding/said.ts';
import { saysByAnotherName } from '../grounding/otherNames.ts';
import type { Hit, SampleRule } from '../rule.ts';

export const rule: SampleRule = {
  id: 'added-detail',
  scope: 'sample',
  needs: ['unsaid'],
  severity: { strict: 'warning', recommended: 'warning', lenient: 'off' },
  docs: {
    summary: 'A text goes on after a comma with something that neither the request says nor the description of the argument asks for.',
    why: 'The short form is as right as the long one, and a comparer that knows only the long one refuses it.',
    good: '{"city": "Nairobi"}, for “in Nairobi”',
    bad: '{"city": "Nairobi, Kenya"}, where the description asks for the name of a city',
    shownAt: 'the value',
  },
  check({ unsaid, request }) {
    return unsaid.flatMap((argument) => added(argument, request));
  },
};

/** An example that has a detail behind a comma asks for one. */
const exampleWithDetail = /['"“‘`]\p{L}[^'"”’`]*, \p{L}[^'"”’`]*['"”’`]/u;

function added(argument: ArgumentChoices, request: RequestText): Hit[] {
  const { choices, call, path, name, schema } = argument;
  if (!choices.every((choice) => typeof choice === 'string' && choice.includes(',')) || enumOf(schema).length > 0 || /format|includ|address|\bboth\b/i.test(descriptionOf(argument)) || exampleWithDetail.test(descriptionOf(argument)) || !request.isLatin) return [];
  const byDefault = declaredDefault(schema);
  const details = choices.map((choice) => (typeof choice === 'string' && !(byDefault !== undefined && saysTheSame(byDefault, choice)) ? detailOf(choice, argument, request) : undefined));
  const [detail] = details;
  if (detail === undefined || details.includes(undefined)) return [];
  return [{ at: { part: 'value', call, path }, message: `${name} adds ${show(detail)}, which neither the request nor the description asks for` }];
}

/** The last part of a short text with commas, where the parts before it are said and it is not. */
function detailOf(text: string, argument: ArgumentChoices, request: RequestText): string | undefined {
  const parts = text.split(',').map((part) => part.trim());
  const last = parts.at(-1);
  if (parts.length < 2 || parts.length > 3 || last === undefined || last === '' || text.length > 60 || /\d/.test(text)) return undefined;
  if (!isTextSaid(parts[0] ?? '', request) || saysByAnotherName(last, request)) return undefined;
  const words = wordsOf(last);
  return words.length > 0 && words.every((word) => !isWordSaid(word, request)) && !fold(descriptionOf(argument)).includes(fold(text)) ? last : undefined;
}
