import type { SourcePath } from '../../json/path.ts';
import type { Fix } from '../finding.ts';
import { placesOf } from '../places.ts';
import type { Hit, SampleRule } from '../rule.ts';

export const rule: SampleRule = {
  id: 'no-arguments',
  scope: 'sample',
  needs: ['calls'],
  severity: { strict: 'error', recommended: 'warning', lenient: 'information' },
  docs: {
    summary: 'A call of the label has no arguments object.',
    why: 'It is read as `{}`, while the answer of a model that is written so is invalid: the label shows what must not be answered.',
    good: '{"name": "get_time", "arguments": {}}',
    bad: '{"name": "get_time"}',
    shownAt: 'the name of the call',
  },
  check({ sample, read }) {
    if (sample.label.kind !== 'calls') return [];
    // Only a call without any member can lack the object; places are worth their cost for these alone.
    if (sample.label.calls.every((call) => Object.keys(call.arguments).length > 0)) return [];
    return placesOf(read).calls.flatMap(({ arguments: path, name }, call): Hit[] => {
      if (path !== undefined) return [];
      return [{ at: { part: 'name', call }, message: 'the call has no arguments object; write {} where it takes none', fixes: () => [emptyArguments(name)] }];
    });
  },
};

/** Beside the name; as text in OpenAI's envelope, which has arguments as JSON text. */
function emptyArguments(name: SourcePath): Fix {
  const value = name.at(-2) === 'function' ? '{}' : {};
  return { title: 'Write {}', safe: true, edits: [{ kind: 'set', path: [...name.slice(0, -1), 'arguments'], value }] };
}
