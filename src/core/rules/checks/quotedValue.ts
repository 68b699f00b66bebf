import type { JsonValue } from '../../json/value.ts';
import { show } from '../../toolcall/differences.ts';
import { argumentFix } from '../fixes.ts';
import { scalarsOf } from '../argumentChoices.ts';
import type { SampleRule } from '../rule.ts';

const quoted = /^(?:'[^']*'|"[^"]*"|`[^`]*`|“[^”]*”)$/;

export const rule: SampleRule = {
  id: 'quoted-value',
  scope: 'sample',
  needs: ['quoted'],
  severity: { strict: 'error', recommended: 'error', lenient: 'warning' },
  docs: {
    summary: 'A text that has quotation marks around it, inside of those that JSON has.',
    why: 'The tool receives the marks as a part of the value. Mostly a value was converted to text twice.',
    good: '{"city": "Oslo"}',
    bad: '{"city": "\'Oslo\'"}',
    shownAt: 'the value',
  },
  check(context) {
    if (!context.traits.hasQuoted) return [];
    const { choices, request } = context;
    return choices.flatMap(({ choices: values, call, path, schema }) => {
      const wrong = values.filter((value) => scalarsOf(value).some((one) => isQuoted(one) && !request.text.includes(`"${one}"`)));
      if (wrong.length === 0 || JSON.stringify(schema?.['enum'] ?? null).includes("'")) return [];
      const [value] = wrong;
      const fix = typeof value === 'string' ? { fixes: argumentFix(context, 'Take the quotation marks away', [{ kind: 'set', call, path, value: value.slice(1, -1) }]) } : {};
      return [{ at: { part: 'value' as const, call, path }, ...fix, message: `${show(value ?? null)} has quotation marks of its own`, ...(wrong.length < values.length ? { severity: 'warning' as const } : {}) }];
    });
  },
};

function isQuoted(value: JsonValue): value is string {
  return typeof value === 'string' && value.length > 2 && quoted.test(value);
}
