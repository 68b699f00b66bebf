import { wordsOf } from '../grounding/requestText.ts';
import type { SampleRule } from '../rule.ts';

export const rule: SampleRule = {
  id: 'no-call-though-tool-fits',
  scope: 'sample',
  severity: { strict: 'information', recommended: 'off', lenient: 'off' },
  docs: {
    summary: 'The label makes no call, though the last message says every word of the name of a tool.',
    why: 'A weak sign that the sample was labelled as one without a fitting tool by mistake. Only names of two words and more count.',
    good: 'no call for “tell me a joke”',
    bad: 'no call for “get the weather in Oslo”, where there is a tool get_weather',
    shownAt: 'the label',
  },
  check({ sample: { label, tools, messages }, request }) {
    const declines = label.kind === 'noCall' || (label.kind === 'text' && label.textKind?.kind === 'decline');
    if (!declines || tools.length === 0 || messages.at(-1)?.role !== 'user') return [];
    const fitting = tools.find(({ name }) => {
      const words = wordsOf(name);
      return words.length > 1 && words.every((word) => word.length < 3 || request.saysWord(word));
    });
    return fitting === undefined ? [] : [{ at: { part: 'label' as const }, message: `the label makes no call, while the request says what ${fitting.name} is named for` }];
  },
};
