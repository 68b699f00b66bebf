import type { JsonValue } from '../../json/value.ts';
import { show } from '../../toolcall/differences.ts';
import { scalarsOf, type ArgumentChoices } from '../argumentChoices.ts';
import type { Hit, SampleRule } from '../rule.ts';

/** Quotation marks, dashes, dots and spaces as typesetters use them. */
const marks = /[\u2018\u2019\u201c\u201d\u2013\u2014\u2026\u00a0]/;
const plainWithMarks = /^[\x20-\x7e\u2018\u2019\u201c\u201d\u2013\u2014\u2026\u00a0]*$/;

export const rule: SampleRule = {
  id: 'typographic-answer',
  scope: 'sample',
  severity: { strict: 'warning', recommended: 'warning', lenient: 'off' },
  docs: {
    summary: 'Possible answers accept an English text with typographic quotation marks or dashes, and not the same text with those of a keyboard.',
    why: 'Models mostly write the marks of a keyboard, even where the request has the others, and a comparer refuses them.',
    good: '"query": ["Ann\u2019s birthday", "Ann\'s birthday"]',
    bad: '"query": ["Ann\u2019s birthday"]',
    shownAt: 'the value',
  },
  check(context) {
    const { label } = context.sample;
    // The getters of the context work: nothing is asked of them where there is nothing to look at.
    return label.kind !== 'calls' || label.possible === undefined ? [] : context.choices.flatMap(typographic);
  },
};

function typographic({ choices, call, path, name }: ArgumentChoices): Hit[] {
  const [first] = choices;
  return first !== undefined && choices.every(hasMarks) ? [{ at: { part: 'value', call, path }, message: `${name} is ${show(first)} with typographic marks alone, which models seldom write` }] : [];
}

function hasMarks(value: JsonValue): boolean {
  return scalarsOf(value).some((one) => typeof one === 'string' && one.search(marks) >= 0 && plainWithMarks.test(one));
}
