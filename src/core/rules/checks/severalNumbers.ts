import { JsonNumber, type JsonValue } from '../../json/value.ts';
import { show } from '../../toolcall/differences.ts';
import type { ArgumentChoices } from '../argumentChoices.ts';
import { declaredDefault } from '../grounding/declaredDefault.ts';
import type { Hit, SampleRule } from '../rule.ts';

export const rule: SampleRule = {
  id: 'several-numbers',
  scope: 'sample',
  severity: { strict: 'warning', recommended: 'warning', lenient: 'off' },
  docs: {
    summary: 'Possible answers accept several numbers for one argument that are no roundings of each other.',
    why: 'A request means one of them. Mostly one is wrong, or each should have a call of its own. Ranges of whole numbers and the default beside another number are left alone.',
    good: '"amount": [200]',
    bad: '"amount": [200, 20000]',
    shownAt: 'the value',
  },
  check(context) {
    const { label } = context.sample;
    // The getters of the context work: nothing is asked of them where there is nothing to look at.
    return label.kind !== 'calls' || label.possible === undefined ? [] : context.choices.flatMap(several);
  },
};

function several({ choices, listed, schema, call, path, name }: ArgumentChoices): Hit[] {
  if (!listed || choices.length < 2 || !choices.every(isNumber)) return [];
  const numbers = [...new Set(choices.map(Number))].toSorted((a, b) => a - b);
  const [least = 0] = numbers;
  const most = numbers.at(-1) ?? 0;
  if (!Number.isFinite(least) || !Number.isFinite(most) || most - least <= 0.05 * Math.max(Math.abs(least), Math.abs(most))) return [];
  const isRange = numbers.length > 2 && numbers.every((number, i) => number === least + i);
  const byDefault = declaredDefault(schema);
  if (isRange || (byDefault !== undefined && byDefault !== null && numbers.includes(Number(byDefault)))) return [];
  return [{ at: { part: 'value', call, path }, message: `${name} may be ${show(least)} as well as ${show(most)}` }];
}

function isNumber(value: JsonValue): boolean {
  return typeof value === 'number' || value instanceof JsonNumber;
}
