import type { JsonValue } from '../../json/value.ts';
import { show } from '../../toolcall/differences.ts';
import { descriptionOf, scalarsOf, type ArgumentChoices } from '../argumentChoices.ts';
import { demandedStyles, isPossible, readDates, writeDate } from '../grounding/dates.ts';
import type { Hit, SampleRule } from '../rule.ts';
import { valueFixes } from '../fixes.ts';
import type { SampleContext } from '../sampleContext.ts';

export const rule: SampleRule = {
  id: 'date-value',
  scope: 'sample',
  needs: ['dates'],
  severity: { strict: 'error', recommended: 'error', lenient: 'warning' },
  docs: {
    summary: 'A date that no calendar has, or that is written in another form than the description of the argument asks for.',
    why: 'The tool reads another day, or refuses it.',
    good: '{"day": "2024-02-29"}, where the description says YYYY-MM-DD',
    bad: '{"day": "29/02/2024"}',
    shownAt: 'the value',
  },
  check(context) {
    return !context.traits.hasDates ? [] : context.choices.flatMap((argument) => (argument.choices.some(mayBeDate) ? wrongDate(argument, context) : []));
  },
};

function mayBeDate(value: JsonValue): boolean {
  return typeof value === 'string' ? value.length <= 40 && /\d/.test(value) : Array.isArray(value);
}

function wrongDate(argument: ArgumentChoices, context: SampleContext): Hit[] {
  const { choices, call, path, name } = argument;
  const problems = choices.map((choice) => scalarsOf(choice).map((value) => problemOf(value, argument)).find((problem) => problem !== undefined));
  const [problem] = problems.filter((one) => one !== undefined);
  if (problem === undefined) return [];
  const some = problems.includes(undefined);
  return [{ at: { part: 'value', call, path }, message: `${name} ${problem}`, suggestions: valueFixes(context, call, path, () => rewritten(choices[0] ?? null, argument)), ...(some ? { severity: 'information' as const } : {}) }];
}

function problemOf(value: JsonValue, argument: ArgumentChoices): string | undefined {
  if (typeof value !== 'string' || !/\d/.test(value) || value.length > 40) return undefined;
  const dates = readDates(value);
  if (dates.length === 0) return undefined;
  if (!dates.some(isPossible)) return `is ${show(value)}, a day that no calendar has`;
  const styles = demandedStyles(descriptionOf(argument));
  return styles.length === 0 || dates.some(({ style }) => styles.includes(style)) ? undefined : `is ${show(value)}, while its description asks for ${styles.join(' or ')}`;
}

/** The same day in each form that is asked for, for each way to read it. */
function rewritten(value: JsonValue, argument: ArgumentChoices): readonly string[] {
  const dates = typeof value === 'string' ? readDates(value).filter(isPossible) : [];
  return demandedStyles(descriptionOf(argument)).flatMap((style) => dates.flatMap((date) => writeDate(date, style) ?? []));
}
