import type { ToolDefinition } from '../../dataset/sample.ts';
import type { Hit, SampleRule } from '../rule.ts';

/** Samples share their list of tools, so each list is looked at once. */
const known = new WeakMap<readonly ToolDefinition[], readonly Hit[]>();

export const rule: SampleRule = {
  id: 'duplicate-tool',
  scope: 'sample',
  severity: { strict: 'warning', recommended: 'warning', lenient: 'information' },
  docs: {
    summary: 'A sample shows two tools of the same name.',
    why: 'Which of them a call means cannot be told, and many servers refuse such a list.',
    good: '[{"name": "get_weather", …}, {"name": "get_time", …}]',
    bad: '[{"name": "get_weather", …}, {"name": "get_weather", …}]',
    shownAt: 'the second of them',
  },
  check({ sample: { tools }, firstNewMessage }) {
    if (firstNewMessage > 0) return [];
    let hits = known.get(tools);
    if (hits === undefined) known.set(tools, (hits = duplicates(tools)));
    return hits;
  },
};

function duplicates(tools: readonly ToolDefinition[]): readonly Hit[] {
  const first = new Map<string, number>();
  return tools.flatMap(({ name }, tool): Hit[] => {
    const before = first.get(name);
    if (before === undefined) {
      first.set(name, tool);
      return [];
    }
    return [{ at: { part: 'tool', tool }, message: `${JSON.stringify(name)} is the name of tool ${before + 1} already` }];
  });
}
