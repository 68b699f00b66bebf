import type { SampleRule } from '../rule.ts';

export const rule: SampleRule = {
  id: 'unparsable-label',
  scope: 'sample',
  severity: { strict: 'error', recommended: 'error', lenient: 'error' },
  docs: {
    summary: 'The label cannot be read, so nothing can ever match it.',
    why: 'Every rollout on such a sample has the reward 0: it teaches nothing and costs as much as the others.',
    good: '<tool_call>\\n{"name": "get_weather", "arguments": {"city": "Oslo"}}\\n</tool_call>',
    bad: '<tool_call>\\n{"name": "get_weather", "arguments": {"city": "Oslo"}\\n</tool_call>',
    shownAt: 'the broken call, or the whole label',
  },
  check({ sample: { label } }) {
    return label.kind === 'invalid' ? [{ at: { part: 'broken' }, message: `the label cannot be read: ${label.reason}` }] : [];
  },
};
