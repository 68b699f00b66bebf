import { JsonNumber, type JsonValue } from '../../json/value.ts';
import { scalarsOf, type ArgumentChoices } from '../argumentChoices.ts';
import type { SampleRule } from '../rule.ts';
import type { Label } from '../../dataset/sample.ts';
import { objectOf } from '../../json/parse.ts';
import { labelFix } from '../fixes.ts';

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
      return [{ at: { part: 'value' as const, call: holder.call, path: holder.path }, message: `the request lists ${numbers.join(', ')}, and no call has ${first}`, fixes: labelFix(context, `Add ${left.length === 1 ? 'a call' : 'calls'} with ${left.join(', ')}`, () => withCalls(context.sample.label, holder, left)) }];
    });
  },
};

function numbersOf(value: JsonValue): readonly number[] {
  return scalarsOf(value).flatMap((one) => (typeof one === 'number' || one instanceof JsonNumber ? [Number(one)] : typeof one === 'string' ? (one.match(/-?\d+(?:\.\d+)?/g) ?? []).map(Number) : []));
}

function holds({ choices }: ArgumentChoices, numbers: readonly number[]): boolean {
  return choices.some((choice) => (typeof choice === 'number' || choice instanceof JsonNumber) && numbers.includes(Number(choice)));
}

/** Copies of the call that has one of the numbers, each with another one. */
function withCalls(label: Label, { call, path, name }: ArgumentChoices, numbers: readonly number[]): Label | undefined {
  const own = label.kind === 'calls' ? label.calls[call] : undefined;
  if (label.kind !== 'calls' || own === undefined || path.length > 1) return undefined;
  const added = numbers.map((number) => ({ ...own, arguments: objectOf(Object.entries(own.arguments).map(([key, value]) => [key, key === name ? number : value])) }));
  return { ...label, calls: [...label.calls.slice(0, call + 1), ...added, ...label.calls.slice(call + 1)] };
}
