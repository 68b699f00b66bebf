import { JsonNumber, type JsonValue } from '../../json/value.ts';
import { show } from '../../toolcall/differences.ts';
import { descriptionOf, enumOf, scalarsOf, type ArgumentChoices } from '../argumentChoices.ts';
import { declaredDefault, saysTheSame } from '../grounding/declaredDefault.ts';
import { impliesNumber } from '../grounding/impliedNumbers.ts';
import { numbersInText } from '../grounding/numbersInText.ts';
import { fold, wordsOf, type RequestText } from '../grounding/requestText.ts';
import type { Hit, SampleRule } from '../rule.ts';
import { candidateFixes } from '../grounding/candidates.ts';

export const rule: SampleRule = {
  id: 'ungrounded-number',
  scope: 'sample',
  needs: ['unsaid'],
  severity: { strict: 'error', recommended: 'error', lenient: 'warning' },
  docs: {
    summary: 'A number that the conversation does not name, that does not follow from numbers it names, and that the tool does not name either.',
    why: 'No model can know it, so that the label teaches to make numbers up. Numbers in words, percentages, dates, other units, sums, differences, products, quotients and counts are taken into account; 0, 1, constants of nature and the coordinates of places are always allowed; whole numbers up to 20 and years are a warning.',
    good: '{"city": "Oslo", "days": 3}, for “the next three days”',
    bad: '{"city": "Oslo", "days": 12}, for “the next three days”',
    shownAt: 'the value',
  },
  check(context) {
    return context.unsaid.flatMap((argument) => ungrounded(argument, context.request).map((hit) => ({ ...hit, suggestions: candidateFixes(context, argument) })));
  },
};

function ungrounded(argument: ArgumentChoices, request: RequestText): Hit[] {
  const { choices, call, path, name } = argument;
  if (request.isEmpty || isCoordinate(argument)) return [];
  const wrong = choices.filter((choice) => scalarsOf(choice).some((value) => isForeign(value, argument, request)));
  const [first] = wrong;
  if (first === undefined || wrong.length < choices.length) return [];
  // Fours of a deck, sides of a cube: small numbers may be common knowledge.
  const isSmall = choices.every((choice) => scalarsOf(choice).every((value) => Number.isInteger(Number(value)) && Math.abs(Number(value)) <= 20));
  // Which year something happened in may be common knowledge too.
  const isYear = /year/i.test(name) && choices.every((choice) => scalarsOf(choice).every((value) => Number(value) >= 1000 && Number(value) <= 2100));
  return [{ at: { part: 'value', call, path }, ...(isSmall || isYear ? { severity: 'warning' as const } : {}), message: `${name} is ${show(first)}, which the conversation gives no ground for` }];
}

/** Constants of nature, as they are written in textbooks: g, pi, e, c, G, h, k, R, N, the charge of an electron, 0 °C, one atmosphere. */
const constants = [9.8, 9.81, 9.807, 9.80665, 3.14, 3.1416, 3.14159, 2.718, 299792458, 3e8, 6.674e-11, 6.67e-11, 6.626e-34, 1.38e-23, 8.314, 8.3145, 6.022e23, 1.602e-19, 8.854e-12, 8.99e9, 9e9, 4.184, 273.15, 101325];

function isForeign(value: JsonValue, argument: ArgumentChoices, request: RequestText): boolean {
  if (typeof value !== 'number' && !(value instanceof JsonNumber)) return false;
  const number = Number(value);
  if (number === 0 || number === 1 || number === -1 || constants.includes(number) || request.derivesNumber(number) || impliesNumber(number, request.folded)) return false;
  if (isOfTool(value, argument)) return false;
  return !request.counts(number);
}

/** Where a named place lies is common knowledge. */
const coordinate = /^(?:lat|lon|lng|long|latitudes?|longitudes?|coordinates?|coords?|geo|bbox)$/;

function isCoordinate({ name, path }: ArgumentChoices): boolean {
  return [name, ...path].some((step) => typeof step === 'string' && wordsOf(step).some((word) => coordinate.test(word)));
}

/** The default, a member of the enum, or a number that the description of the argument or the tool names. */
function isOfTool(value: JsonValue, argument: ArgumentChoices): boolean {
  const byDefault = declaredDefault(argument.schema);
  if (byDefault !== undefined && saysTheSame(byDefault, value)) return true;
  if (enumOf(argument.schema).some((member) => saysTheSame(member, value))) return true;
  return numbersInText(fold(`${descriptionOf(argument)}\n${argument.tool.description ?? ''}`)).has(Number(value));
}
