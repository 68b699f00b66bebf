import { show } from '../../toolcall/differences.ts';
import { argumentFix } from '../fixes.ts';
import type { SampleRule } from '../rule.ts';

export const rule: SampleRule = {
  id: 'unknown-argument',
  scope: 'sample',
  needs: ['violations'],
  severity: { strict: 'error', recommended: 'error', lenient: 'warning' },
  docs: {
    summary: 'An argument that the tool does not declare.',
    why: 'No model can learn it from the definition, and many tools refuse it.',
    good: '{"city": "Oslo"}',
    bad: '{"city": "Oslo", "town": "Oslo"}',
    shownAt: 'the key',
  },
  check(context) {
    return context.violations
      .filter(({ kind }) => kind === 'unknown')
      .map(({ call, path, message, suggestion }) => ({
        at: { part: 'key', call, path },
        message,
        ...(suggestion === undefined
          ? { fixes: argumentFix(context, `Remove ${String(path.at(-1))}`, [{ kind: 'remove', call, path }]) }
          : { fixes: argumentFix(context, `Rename to ${show(suggestion)}`, [{ kind: 'rename', call, path, key: suggestion }]), suggestions: argumentFix(context, `Remove ${String(path.at(-1))}`, [{ kind: 'remove', call, path }]) }),
      }));
  },
};
