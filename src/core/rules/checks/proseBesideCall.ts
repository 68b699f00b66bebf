import type { SampleRule } from '../rule.ts';

export const rule: SampleRule = {
  id: 'prose-beside-call',
  scope: 'sample',
  severity: { strict: 'warning', recommended: 'information', lenient: 'off' },
  docs: {
    summary: 'The label says something beside its calls.',
    why: 'A reward that compares calls does not see the prose, while supervised training learns it: decide on one form for the whole set.',
    good: '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Oslo"}}\n</tool_call>',
    bad: 'Let me look that up.\n<tool_call>\n{"name": "get_weather", "arguments": {"city": "Oslo"}}\n</tool_call>',
    shownAt: 'the label',
  },
  check({ read }) {
    return read.prose === undefined ? [] : [{ at: { part: 'label' }, message: `${read.prose.length} characters of prose stand beside the calls` }];
  },
};
