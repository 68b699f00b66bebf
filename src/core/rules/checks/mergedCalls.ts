import { JsonNumber, type JsonValue } from '../../json/value.ts';
import { show } from '../../toolcall/differences.ts';
import { typesOf, type ArgumentChoices } from '../argumentChoices.ts';
import { fold, stem, wordsOf, type RequestText } from '../grounding/requestText.ts';
import { round } from '../grounding/numbersInText.ts';
import type { Hit, SampleRule } from '../rule.ts';

export const rule: SampleRule = {
  id: 'merged-calls',
  scope: 'sample',
  needs: ['possible'],
  severity: { strict: 'error', recommended: 'error', lenient: 'warning' },
  docs: {
    summary: 'Possible answers accept any one of several values that the request names one beside the other.',
    why: 'The request asks for all of them, so that there should be a call for each; as it is, an answer with one call is right and the full one is wrong.',
    good: 'two calls, "days": [5] and "days": [10], for “for 5 and 10 days”',
    bad: 'one call, "days": [5, 10]',
    shownAt: 'the value',
  },
  check(context) {
    const { label } = context.sample;
    // The getters of the context work: nothing is asked of them where there is nothing to look at.
    if (label.kind !== 'calls' || label.possible === undefined) return [];
    const { choices, request } = context;
    return choices.flatMap((argument) => merged(argument, request));
  },
};

function merged({ choices, listed, call, path, name, schema }: ArgumentChoices, request: RequestText): Hit[] {
  if (!listed || choices.length < 2 || typesOf(schema).includes('boolean')) return [];
  const [first, second] = apart(choices, request);
  if (first === undefined || second === undefined) return [];
  return [{ at: { part: 'value', call, path }, message: `${name} may be ${show(first)} or ${show(second)}, while the request names both` }];
}

/** Two values that are said independently of each other. */
function apart(choices: readonly JsonValue[], request: RequestText): readonly JsonValue[] {
  const numbers = choices.filter((choice) => typeof choice === 'number' || choice instanceof JsonNumber);
  if (numbers.length === choices.length) {
    const said = numbers.filter((number) => request.numbers.has(Number(number)) && new RegExp(String.raw`(?<![\d.,])${String(Number(number)).replace('.', String.raw`\.`)}(?![\d%])`).test(request.folded.replaceAll(/(?<=\d),(?=\d{3})/g, '')));
    const [first, second] = said;
    // A percentage and its fraction are one thing said once.
    return first !== undefined && second !== undefined && round(Number(first) * 100) !== Number(second) && round(Number(second) * 100) !== Number(first) ? [first, second] : [];
  }
  const texts = choices.filter((choice) => typeof choice === 'string').filter((choice) => choice.length > 2 && request.folded.includes(fold(choice)));
  for (const first of texts) for (const second of texts) if (first !== second && areDistinct(first, second, request.folded)) return [first, second];
  return [];
}

/** Each has a word that the other lacks, and they stand one after the other in a list. */
function areDistinct(first: string, second: string, text: string): boolean {
  const own = wordsOf(first).map(stem);
  const others = wordsOf(second).map(stem);
  if (own.every((word) => others.includes(word)) || others.every((word) => own.includes(word))) return false;
  const end = text.indexOf(fold(first)) + fold(first).length;
  const next = text.indexOf(fold(second), end);
  return next >= 0 && /\band\b|,|&|\bthen\b|\balso\b/.test(text.slice(end, next));
}
