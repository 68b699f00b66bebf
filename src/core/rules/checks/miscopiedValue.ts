import type { JsonValue } from '../../json/value.ts';
import { show } from '../../toolcall/differences.ts';
import { argumentFix } from '../fixes.ts';
import { scalarsOf } from '../argumentChoices.ts';
import { fold, type RequestText } from '../grounding/requestText.ts';
import type { SampleRule } from '../rule.ts';

const identifier = /^(?=.*\d)[\p{L}\p{N}][\p{L}\p{N}_@.:/-]{4,40}$/u;

export const rule: SampleRule = {
  id: 'miscopied-value',
  scope: 'sample',
  needs: ['unsaid'],
  severity: { strict: 'error', recommended: 'error', lenient: 'error' },
  docs: {
    summary: 'An identifier with digits that the conversation has all but one or two characters of.',
    why: 'It was copied wrongly: the call reaches another thing than the one that was spoken of.',
    good: '{"order": "A-10432"}, for “order A-10432”',
    bad: '{"order": "A-10423"}, for “order A-10432”',
    shownAt: 'the value',
  },
  check(context) {
    const { unsaid, request } = context;
    return unsaid.flatMap(({ choices: values, call, path, name }) => {
      const found = values.map((value) => scalarsOf(value).map((one) => original(one, request)).find((one) => one !== undefined));
      const [pair] = found;
      if (pair === undefined || found.includes(undefined)) return [];
      return [{ at: { part: 'value' as const, call, path }, message: `${name} is ${show(pair.value)}, while the conversation has ${show(pair.said)}`, ...(typeof values[0] === 'string' ? { fixes: argumentFix(context, `Write ${show(pair.said)}`, [{ kind: 'set', call, path, value: pair.said }]) } : {}) }];
    });
  },
};

/** The word of the conversation that a value was copied from wrongly. */
function original(value: JsonValue, request: RequestText): { readonly value: string; readonly said: string } | undefined {
  if (typeof value !== 'string' || !identifier.test(value) || request.text.includes(value)) return undefined;
  const folded = fold(value);
  if (request.folded.includes(folded) || request.saysLetters(folded.replaceAll(/[^\p{L}\p{N}]/gu, '')) || /^\d{1,4}[-/.:]\d{1,2}/.test(value)) return undefined;
  for (const said of request.text.match(/[\p{L}\p{N}][\p{L}\p{N}_@.:/-]*[\p{L}\p{N}]/gu) ?? []) {
    if (said.length === folded.length && /\d/.test(said) && isOneSlipAway(fold(said), folded)) return { value, said };
  }
  return undefined;
}

/** One character replaced, or two neighbours swapped, among the same characters otherwise. */
function isOneSlipAway(a: string, b: string): boolean {
  const differing = [...a].flatMap((character, i) => (character === b[i] ? [] : [i]));
  const [first = 0, second] = differing;
  if (differing.length === 1) return true;
  return differing.length === 2 && second === first + 1 && a[first] === b[second] && a[second] === b[first];
}
