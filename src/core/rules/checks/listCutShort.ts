import { JsonNumber, type JsonValue } from '../../json/value.ts';
import { scalarsOf, type ArgumentChoices } from '../argumentChoices.ts';
import type { SampleRule } from '../rule.ts';

const list = /(?<![\d.,])-?\d+(?:\.\d+)?(?:, ?-?\d+(?:\.\d+)?)*,? (?:and|or|&) -?\d+(?:\.\d+)?(?![\d%]|\.\d)/g;

export const rule: SampleRule = {
  id: 'list-cut-short',
  scope: 'sample',
  needs: ['numbers'],
  severity: { strict: 'warning', recommended: 'warning', lenient: 'off' },
  docs: {
    summary: 'The request lists numbers (“5, 10 and 20”) and the label has some of them in no argument of any call.',
    why: 'A list of values wants one call each, or an array with all of them.',
    good: 'two calls, with "days": 5 and "days": 10, for “for 5 and 10 days”',
    bad: 'one call, with "days": 5',
    shownAt: 'the value',
  },
  check(context) {
    const { request } = context;
    if (!context.traits.hasNumbers || !/\d,? (?:and|or|&) -?\d/.test(request.text)) return [];
    const { choices } = context;
    const lists = [...request.folded.matchAll(list)].map(([text]) => (text.match(/-?\d+(?:\.\d+)?/g) ?? []).map(Number));
    if (lists.length === 0) return [];
    const used = new Set(choices.flatMap((argument) => argument.choices.flatMap(numbersOf)));
    return lists.flatMap((numbers) => {
      const left = numbers.filter((number) => !used.has(number));
      const [first] = left;
      const holder = choices.find((argument) => holds(argument, numbers));
      if (first === undefined || holder === undefined || left.length === numbers.length) return [];
      return [{ at: { part: 'value' as const, call: holder.call, path: holder.path }, message: `the request lists ${numbers.join(', ')}, and no call has ${first}` }];
    });
  },
};

function numbersOf(value: JsonValue): readonly number[] {
  return scalarsOf(value).flatMap((one) => (typeof one === 'number' || one instanceof JsonNumber ? [Number(one)] : typeof one === 'string' ? (one.match(/-?\d+(?:\.\d+)?/g) ?? []).map(Number) : []));
}

function holds({ choices }: ArgumentChoices, numbers: readonly number[]): boolean {
  return choices.some((choice) => (typeof choice === 'number' || choice instanceof JsonNumber) && numbers.includes(Number(choice)));
}
