import { nameFix } from '../fixes.ts';
import type { SampleRule } from '../rule.ts';

/** More tools are not worth a fix each. */
const mostTools = 4;

export const rule: SampleRule = {
  id: 'unknown-tool',
  scope: 'sample',
  needs: ['violations'],
  severity: { strict: 'error', recommended: 'error', lenient: 'error' },
  docs: {
    summary: 'The label calls a tool that the sample does not show.',
    why: 'A model can only call what it sees. Where a sample shows no tools at all they may merely be lost: a warning.',
    good: '{"name": "get_weather", "arguments": {"city": "Oslo"}}',
    bad: '{"name": "getWeather", "arguments": {"city": "Oslo"}}',
    shownAt: 'the name of the call',
  },
  check(context) {
    const { sample, violations } = context;
    const toolless = sample.tools.length === 0;
    return violations
      .filter(({ kind }) => kind === 'unknown-tool')
      .map(({ call, tool, message, suggestion }) => ({
        at: { part: 'name', call },
        message: toolless ? `${JSON.stringify(tool)} is called, but the sample shows no tools` : message,
        ...(toolless ? { severity: 'warning' as const } : {}),
        ...(suggestion === undefined ? {} : { fixes: nameFix(context, call, suggestion) }),
        ...(sample.tools.length > mostTools ? {} : { suggestions: () => sample.tools.filter(({ name }) => name !== suggestion).flatMap(({ name }) => nameFix(context, call, name)()) }),
      }));
  },
};
