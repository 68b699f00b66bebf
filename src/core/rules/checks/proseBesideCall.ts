import type { SampleRule } from '../rule.ts';
import type { JsonValue } from '../../json/value.ts';
import type { Fix } from '../finding.ts';
import { inStep } from '../fixes.ts';
import { placesOf } from '../places.ts';
import type { SampleContext } from '../sampleContext.ts';
import { textPlace, valueAtPath } from '../textPlace.ts';

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
  check(context) {
    const { prose } = context.read;
    return prose === undefined ? [] : [{ at: { part: 'label' }, message: `${prose.length} characters of prose stand beside the calls`, fixes: () => withoutProse(context, prose) }];
  },
};

/** With the blanks between it and the calls. */
function withoutProse(context: SampleContext, prose: string): readonly Fix[] {
  const { read, record } = context;
  const { label, answers } = placesOf(read);
  const place = answers === undefined ? textPlace(record, label, prose) : undefined;
  if (place === undefined) return [];
  const last = place.at(-1);
  const path = typeof last === 'object' && 'from' in last ? [...place.slice(0, -1), widened(valueAtPath(record, place.slice(0, -1)), last)] : place;
  return [{ title: 'Remove the prose', safe: false, edits: inStep(context, [{ kind: 'text', path, text: '' }]) }];
}

function widened(text: JsonValue | undefined, { from, to }: { readonly from: number; readonly to: number }): { readonly from: number; readonly to: number } {
  if (typeof text !== 'string') return { from, to };
  const behind = to + (/^\s*/.exec(text.slice(to))?.[0].length ?? 0);
  const before = from - (/\s*$/.exec(text.slice(0, from))?.[0].length ?? 0);
  return behind === text.length ? { from: before, to: behind } : { from, to: behind };
}
