import type { ToolDefinition } from '../../dataset/sample.ts';
import type { JsonValue } from '../../json/value.ts';
import { show } from '../../toolcall/differences.ts';
import { descriptionOf, enumOf, scalarsOf, typesOf, type ArgumentChoices } from '../argumentChoices.ts';
import { declaredDefault, saysTheSame } from '../grounding/declaredDefault.ts';
import { saysByAnotherName } from '../grounding/otherNames.ts';
import { isTextSaid, isWordSaid } from '../grounding/said.ts';
import { fold, wordsOf, type RequestText } from '../grounding/requestText.ts';
import type { Hit, SampleRule } from '../rule.ts';
import { candidateFixes } from '../grounding/candidates.ts';

export const rule: SampleRule = {
  id: 'ungrounded-text',
  scope: 'sample',
  needs: ['unsaid'],
  severity: { strict: 'warning', recommended: 'warning', lenient: 'off' },
  docs: {
    summary: 'A text of which the conversation says not a single word, nor anything that it could stand for.',
    why: 'Such a value was mostly guessed, translated or taken from another sample. Enums, defaults, abbreviations, codes of countries, languages and currencies, other word forms and values that the tool describes are taken into account.',
    good: '{"city": "NYC"}, for “in New York City”',
    bad: '{"city": "Paris"}, for “in New York City”',
    shownAt: 'the value',
  },
  check(context) {
    return context.unsaid.flatMap((argument) => ungrounded(argument, context.request).map((hit) => ({ ...hit, suggestions: candidateFixes(context, argument) })));
  },
};

function ungrounded(argument: ArgumentChoices, request: RequestText): Hit[] {
  const { choices, call, path, name } = argument;
  if (request.isEmpty || choices.length === 0) return [];
  const foreign = choices.map((choice) => scalarsOf(choice).find((value) => isForeign(value, argument, request)));
  const [first] = foreign;
  if (first === undefined || foreign.includes(undefined)) return [];
  return [{ at: { part: 'value', call, path }, message: `${name} is ${show(first)}, of which the conversation says nothing` }];
}

/** Tickers, airports and the like are common knowledge. */
const code = /^[A-Z][A-Z0-9.:]{0,5}$/;
const asksForCode = /code|ticker|symbol|iata|icao|iso\b|abbreviat/i;

/** A piece of a program, a command or a path is made for the purpose. */
const composed = /[\\{}<>|*^;=$&]|\w\(|^\//;

/** Which state or country a named place lies in, and what is paid and spoken there, is common knowledge. */
const ofPlaces = new Set(['state', 'country', 'province', 'continent', 'currency', 'timezone', 'language']);

function isKnownOfPlaces({ name, tool }: ArgumentChoices): boolean {
  return wordsOf(name).some((word) => ofPlaces.has(word)) && namesPlaces(tool);
}

const placeTools = new WeakMap<ToolDefinition, boolean>();

function namesPlaces(tool: ToolDefinition): boolean {
  let found = placeTools.get(tool);
  if (found === undefined) placeTools.set(tool, (found = /cit(?:y|ies)|town|place|location/i.test(JSON.stringify(tool.parameters ?? null))));
  return found;
}

/** Colours by their numbers, and formulas as source text: the conversation has them in words. */
const derived = /^(?:#[0-9a-f]{3,8}|lambda\b.*)$/i;

const dayName = /^(?:mon|tues|wednes|thurs|fri|satur|sun)days?$/i;
const daysTogether = /\b(?:week(?:day|end|night)s?|daily|every ?day)\b/i;

/** Chinese has no spaces between words: two signs together that the conversation has are a word of it. */
function sharesSigns(value: string, request: RequestText): boolean {
  return (value.match(/\p{Script=Han}+/gu) ?? []).some((run) => [...run].some((sign, index, signs) => request.text.includes(sign + (signs[index + 1] ?? '')) && (signs.length === 1 || index + 1 < signs.length)));
}

/** The cheap questions come first, and those that most values answer: the order changes nothing. */
function isForeign(value: JsonValue, argument: ArgumentChoices, request: RequestText): boolean {
  if (typeof value !== 'string' || value.trim() === '' || enumOf(argument.schema).length > 0 || typesOf(argument.schema).includes('boolean')) return false;
  if (derived.test(value) || composed.test(value)) return false;
  const byDefault = declaredDefault(argument.schema);
  if (byDefault !== undefined && saysTheSame(byDefault, value)) return false;
  const words = wordsOf(value);
  // Nothing but digits and single letters is for the rules on numbers and dates.
  if (!words.some((word) => /\p{L}{2}/u.test(word))) return false;
  if (words.some((word) => (word.length > 2 || words.length === 1) && isWordSaid(word, request))) return false;
  if (isKnownOfPlaces(argument) || isTextSaid(value, request) || (dayName.test(value) && daysTogether.test(request.text)) || sharesSigns(value, request)) return false;
  if ((code.test(value) && asksForCode.test(`${argument.name} ${descriptionOf(argument)}`)) || fold(`${descriptionOf(argument)} ${argument.tool.description ?? ''}`).includes(fold(value))) return false;
  if (!request.isLatin && /^[\u0000-\u024f]*$/.test(value)) return false;
  return !saysByAnotherName(value, request);
}
