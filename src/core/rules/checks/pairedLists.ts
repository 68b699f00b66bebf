import { JsonNumber, type JsonValue } from '../../json/value.ts';
import type { ToolCall } from '../../dataset/sample.ts';
import { fold } from '../grounding/requestText.ts';
import type { Hit, SampleRule } from '../rule.ts';

export const rule: SampleRule = {
  id: 'paired-lists',
  scope: 'sample',
  severity: { strict: 'warning', recommended: 'warning', lenient: 'off' },
  docs: {
    summary: 'The request lists several values of each of two arguments, and the calls pair them off, which it does not ask for.',
    why: 'Without “respectively” two cities and two days make four calls. Either the request or the label leaves something out.',
    good: 'Oslo on Monday and Bergen on Tuesday, for “the weather in Oslo and Bergen on Monday and Tuesday respectively”',
    bad: 'the same calls, for “the weather in Oslo and Bergen on Monday and Tuesday”',
    shownAt: 'the label',
  },
  check({ sample: { label }, request }) {
    if (label.kind !== 'calls' || label.calls.length < 2 || label.calls.length > 8) return [];
    const [first] = label.calls;
    if (first === undefined || label.calls.some(({ name }) => name !== first.name)) return [];
    const columns = Object.keys(first.arguments).map((name) => [name, valuesOf(label.calls, name)] as const).filter(([, values]) => isVaried(values));
    if (columns.length < 2) return [];
    const listed = columns.filter(([, values]) => isListed(values, request.folded)).map(([name]) => name);
    const [one, other] = listed;
    if (one === undefined || other === undefined || /\brespective|\bin (?:that|this|the same) order|\bcorrespond/.test(request.folded)) return [];
    return [{ at: { part: 'label' }, message: `the request lists values of ${one} and of ${other}, and the calls pair them off` } satisfies Hit];
  },
};

/** The value of an argument in each call, as a request would say it; undefined where one has none. */
function valuesOf(calls: readonly ToolCall[], name: string): readonly (string | undefined)[] {
  return calls.map((call) => (Object.hasOwn(call.arguments, name) ? textOf(call.arguments[name] ?? null) : undefined));
}

function textOf(value: JsonValue): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : fold(value);
  if (typeof value === 'number' || value instanceof JsonNumber) return String(Number(value));
  if (Array.isArray(value)) return value.length === 1 ? textOf((value as readonly JsonValue[])[0] ?? null) : undefined;
  return undefined;
}

/** A different value in each call. */
function isVaried(values: readonly (string | undefined)[]): boolean {
  return new Set(values).size === values.length && !values.includes(undefined);
}

/** Values that are said one directly after the other: “5, 10 and 20”, “'A' and 'B'”. */
function isListed(values: readonly (string | undefined)[], text: string): boolean {
  let at = text.indexOf(values[0] ?? '');
  if (at < 0) return false;
  for (const value of values) {
    if (value === undefined || !text.startsWith(value, at)) return false;
    at += value.length;
    at += /^['"”’]?(?:, ?and | and | & |, ?)(?:the )?['"“‘]?/.exec(text.slice(at, at + 12))?.[0].length ?? 0;
  }
  return true;
}
