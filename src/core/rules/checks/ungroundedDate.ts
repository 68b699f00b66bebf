import type { JsonValue } from '../../json/value.ts';
import { show } from '../../toolcall/differences.ts';
import { scalarsOf, type ArgumentChoices } from '../argumentChoices.ts';
import { isPossible, readDates, type WrittenDate } from '../grounding/dates.ts';
import { declaredDefault, saysTheSame } from '../grounding/declaredDefault.ts';
import type { RequestText } from '../grounding/requestText.ts';
import type { Hit, SampleRule } from '../rule.ts';
import { candidateFixes } from '../grounding/candidates.ts';

/** Words with which a text can speak of days without naming one. */
const relative = /\b(?:today|tonight|tomorrow|yesterday|now|current(?:ly)?|next|last|past|previous|this|coming|upcoming|recent|latest|week(?:end|s|ly)?|fortnight|month(?:s|ly)?|years?|quarter|ago|from now|later|before|after|(?:mon|tues|wednes|thurs|fri|satur|sun)day|christmas|easter|halloween|thanksgiving|new year|valentine|holiday|eve|spring|summer|autumn|fall|winter|century|decade|days?|since|until|q[1-4])\b/;

export const rule: SampleRule = {
  id: 'ungrounded-date',
  scope: 'sample',
  needs: ['unsaid'],
  severity: { strict: 'error', recommended: 'warning', lenient: 'information' },
  docs: {
    summary: 'A date whose day, month or year the conversation does not name, where it does not speak of days in other words either.',
    why: 'No model can know it, so that the label teaches to make dates up. A year that the request leaves open is not looked at.',
    good: '{"day": "2024-03-05"}, for “on 5 March 2024”',
    bad: '{"day": "2024-03-06"}, for “on 5 March 2024”',
    shownAt: 'the value',
  },
  check(context) {
    return context.unsaid.flatMap((argument) => ungrounded(argument, context.request).map((hit) => ({ ...hit, suggestions: candidateFixes(context, argument) })));
  },
};

function ungrounded(argument: ArgumentChoices, request: RequestText): Hit[] {
  const { choices, call, path, name } = argument;
  const foreign = choices.map((choice) => scalarsOf(choice).find((value) => isForeign(value, argument, request)));
  const [first] = foreign;
  if (first === undefined || foreign.includes(undefined)) return [];
  return [{ at: { part: 'value', call, path }, message: `${name} is ${show(first)}, a day that the conversation does not name` }];
}

function isForeign(value: JsonValue, argument: ArgumentChoices, request: RequestText): boolean {
  if (typeof value !== 'string' || !/\d/.test(value) || value.length > 40 || request.text.includes(value)) return false;
  const dates = readDates(value);
  if (dates.length === 0 || !dates.some(isPossible) || request.isEmpty || !request.isLatin) return false;
  const byDefault = declaredDefault(argument.schema);
  if (byDefault !== undefined && saysTheSame(byDefault, value)) return false;
  return !relative.test(request.folded) && !dates.some((date) => isNamed(date, request));
}

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

function isNamed({ year, month, day }: WrittenDate, { numbers, folded }: RequestText): boolean {
  if (folded.replaceAll(/\D/g, '').includes(`${year ?? ''}${String(month).padStart(2, '0')}${String(day).padStart(2, '0')}`)) return true;
  // “September 1st” leaves the year open, whatever year other dates have.
  if (new RegExp(`\\b${monthNames[month - 1] ?? '-'}[a-z]*\\.? ${day}(?:st|nd|rd|th)?\\b(?!,? ?\\d{4})`).test(folded)) return true;
  const yearFits = year === undefined || numbers.has(year) || numbers.has(year % 100) || ![...numbers].some((number) => number > 1900 && number < 2100);
  // The first and the last day stand for a whole month or year.
  const dayFits = numbers.has(day) || day === 1 || day >= 28;
  return yearFits && dayFits && (numbers.has(month) || (day === 1 && month === 1) || (day === 31 && month === 12));
}
