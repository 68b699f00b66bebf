import type { ToolDefinition } from '../../dataset/sample.ts';
import type { Hit, SampleRule } from '../rule.ts';
import { canonicalJson } from '../../json/stringify.ts';
import type { Fix } from '../finding.ts';
import { inStep } from '../fixes.ts';
import type { SampleContext } from '../sampleContext.ts';
import { placesOf } from '../places.ts';

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
  check(context) {
    const { sample: { tools }, firstNewMessage } = context;
    if (firstNewMessage > 0) return [];
    let hits = known.get(tools);
    if (hits === undefined) known.set(tools, (hits = duplicates(tools)));
    return hits.map((hit) => ({ ...hit, fixes: () => removal(hit, context) }));
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

/** Of two that are the same in all respects one is enough. */
function removal({ at }: Hit, context: SampleContext): readonly Fix[] {
  const { read } = context;
  const { tools } = read.sample;
  const own = at.part === 'tool' ? tools[at.tool] : undefined;
  const path = at.part === 'tool' ? placesOf(read).tools[at.tool] : undefined;
  const first = own && tools.find(({ name }) => name === own.name);
  if (own === undefined || first === undefined || path === undefined || first === own) return [];
  const form = ({ name, description, parameters }: ToolDefinition): string => canonicalJson([name, description ?? null, parameters ?? null]);
  return form(own) === form(first) ? [{ title: 'Remove the second definition', safe: false, edits: inStep(context, [{ kind: 'remove', path }]) }] : [];
}
