import { show } from '../../toolcall/differences.ts';
import { descriptionOf, enumOf, foldedDescriptionOf, type ArgumentChoices } from '../argumentChoices.ts';
import { declaredDefault, saysTheSame } from '../grounding/declaredDefault.ts';
import { fold, wordsOf, type RequestText } from '../grounding/requestText.ts';
import { isTextSaid, isWordSaid } from '../grounding/said.ts';
import { saysByAnotherName } from '../grounding/otherNames.ts';
import type { Hit, SampleRule } from '../rule.ts';
import { argumentFix } from '../fixes.ts';
import type { JsonValue } from '../../json/value.ts';
import type { SampleContext } from '../sampleContext.ts';

export const rule: SampleRule = {
  id: 'added-detail',
  scope: 'sample',
  needs: ['unsaid'],
  severity: { strict: 'warning', recommended: 'information', lenient: 'off' },
  docs: {
    summary: 'A text goes on after a comma with something that neither the request says nor the description of the argument asks for; or an address has a town that the request does not name, whatever the description asks for.',
    why: 'The short form is as right as the long one, and a comparer that knows only the long one refuses it. The town of a street cannot be known.',
    good: '{"city": "Nairobi"}, for “in Nairobi”',
    bad: '{"city": "Nairobi, Kenya"}, where the description asks for the name of a city',
    shownAt: 'the value',
  },
  check(context) {
    return context.unsaid.flatMap((argument) => added(argument, context));
  },
};

/** The description asks for more than one part. So does an example that has one: “the name of the city, such as 'Austin, TX'”. */
const exampleWithDetail = /['"“‘`]\p{L}[^'"”’`]*, \p{L}[^'"”’`]*['"”’`]/u;
const asksForMore = /format|includ|address|abbrev|\b(?:both|states?|countr(?:y|ies))\b/i;

function added(argument: ArgumentChoices, context: SampleContext): Hit[] {
  const { request } = context;
  const { choices, call, path, name, schema } = argument;
  if (!choices.every((choice) => typeof choice === 'string' && choice.includes(',')) || enumOf(schema).length > 0 || !request.isLatin) return [];
  const isAskedFor = asksForMore.test(descriptionOf(argument)) || exampleWithDetail.test(descriptionOf(argument));
  const byDefault = declaredDefault(schema);
  const details = choices.map((choice) => (typeof choice === 'string' && !(byDefault !== undefined && saysTheSame(byDefault, choice)) ? (townOf(choice, argument, request) ?? (isAskedFor ? undefined : detailOf(choice, argument, request))) : undefined));
  const [detail] = details;
  if (detail === undefined || details.includes(undefined)) return [];
  return [{ at: { part: 'value', call, path }, message: `${name} adds ${show(detail)}, which neither the request nor the description gives`, fixes: argumentFix(context, `Leave ${show(detail)} out`, [{ kind: 'set', call, path, value: without(choices[0], detail) }]) }];
}

function without(text: JsonValue | undefined, detail: string): string {
  const parts = typeof text === 'string' ? text.split(',') : [];
  const at = parts.findLastIndex((part, index) => index > 0 && part.trim() === detail);
  return parts.filter((_, index) => index !== at).join(',').trim();
}

/** The last part of a short text with commas, where the parts before it are said and it is not. */
function detailOf(text: string, argument: ArgumentChoices, request: RequestText): string | undefined {
  const parts = text.split(',').map((part) => part.trim());
  const last = parts.at(-1);
  if (parts.length < 2 || parts.length > 3 || last === undefined || last === '' || text.length > 60 || /\d/.test(text)) return undefined;
  const place = parts[0] ?? '';
  if (!(isTextSaid(place, request) || (wordsOf(place).length > 1 && saysByAnotherName(place, request))) || saysByAnotherName(last, request)) return undefined;
  const words = wordsOf(last);
  return words.length > 0 && words.every((word) => !isWordSaid(word, request)) && !fold(descriptionOf(argument)).includes(fold(text)) ? last : undefined;
}

/** Words with which streets and buildings are named, and numbers of houses. */
const site = /\d|\b(?:street|st|avenue|ave|road|rd|boulevard|blvd|lane|drive|apartments?|building|plaza|mall|center|centre|theat(?:er|re)|restaurant|hotel|school|hospital|office)\b/i;

/** The town of an address, where the request says the street or the building alone: many towns have one of that name. */
function townOf(text: string, argument: ArgumentChoices, request: RequestText): string | undefined {
  const [place, town, ...rest] = text.split(',').map((part) => part.trim());
  if (place === undefined || town === undefined || rest.length > 2 || !site.test(place) || !isTextSaid(place, request)) return undefined;
  if (!/^\p{Lu}\p{Ll}[\p{L} .-]*$/u.test(town)) return undefined;
  return wordsOf(town).some((word) => isWordSaid(word, request)) || saysByAnotherName(town, request) || foldedDescriptionOf(argument).includes(fold(text)) ? undefined : town;
}
