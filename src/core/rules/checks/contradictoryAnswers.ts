import { JsonNumber } from '../../json/value.ts';
import { show } from '../../toolcall/differences.ts';
import type { ArgumentChoices } from '../argumentChoices.ts';
import { round } from '../grounding/numbersInText.ts';
import type { SampleRule } from '../rule.ts';

export const rule: SampleRule = {
  id: 'contradictory-answers',
  scope: 'sample',
  needs: ['possible'],
  severity: { strict: 'warning', recommended: 'information', lenient: 'off' },
  docs: {
    summary: 'Possible answers accept values of one argument that exclude each other: true and false, or 5 and 0.05.',
    why: 'One of them is wrong, and a model that gives it is told that it is right.',
    good: '"rate": [0.05]',
    bad: '"rate": [0.05, 5]',
    shownAt: 'the value',
  },
  check(context) {
    const { label } = context.sample;
    if (label.kind !== 'calls' || label.possible === undefined) return [];
    return context.choices.flatMap((argument) => {
      const pair = contradiction(argument);
      return pair === undefined ? [] : [{ at: { part: 'value' as const, call: argument.call, path: argument.path }, message: `${argument.name} may be ${show(pair[0])} as well as ${show(pair[1])}` }];
    });
  },
};

function contradiction({ choices, listed }: ArgumentChoices): readonly [boolean | number, boolean | number] | undefined {
  if (!listed || choices.length < 2) return undefined;
  if (choices.includes(true) && choices.includes(false)) return [true, false];
  const numbers = choices.filter((choice) => typeof choice === 'number' || choice instanceof JsonNumber).map(Number).filter((number) => Number.isFinite(number * 100));
  for (const number of numbers) if (number !== 0 && numbers.includes(round(number * 100))) return [number, round(number * 100)];
  return undefined;
}
