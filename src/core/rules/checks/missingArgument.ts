import type { SampleRule } from '../rule.ts';
import type { Sample } from '../../dataset/sample.ts';
import { objectMember } from '../../json/member.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import { toolParameterSchema } from '../../schema/normalise.ts';
import type { Fix } from '../finding.ts';
import { valueFixes } from '../fixes.ts';
import { candidatesFor } from '../grounding/candidates.ts';
import type { SampleContext } from '../sampleContext.ts';

export const rule: SampleRule = {
  id: 'missing-argument',
  scope: 'sample',
  needs: ['violations'],
  severity: { strict: 'error', recommended: 'error', lenient: 'error' },
  docs: {
    summary: 'A required argument is not given.',
    why: 'The tool cannot be called without it. Information only where possible answers merely allow to leave it out.',
    good: '{"city": "Oslo"}',
    bad: '{"days": 3}',
    shownAt: 'the name of the call, or the key of the object that lacks the member',
  },
  check(context) {
    return context.violations.filter(({ kind }) => kind === 'missing').map(({ call, path, message, partial }) => ({ at: { part: 'missing', call, path }, message, suggestions: additions(context, call, path), ...(partial === true ? { severity: 'information' } : {}) }));
  },
};

/** The argument with each value that it may be meant to have. */
function additions(context: SampleContext, call: number, path: readonly (string | number)[]): () => readonly Fix[] {
  const name = String(path.at(-1));
  return valueFixes(context, call, path, () => withDefault(candidatesFor(context, name, schemaOf(context.sample, call, path)), schemaOf(context.sample, call, path)), `Add ${name}:`);
}

function withDefault(values: readonly JsonValue[], schema: JsonObject | undefined): readonly JsonValue[] {
  const byDefault = schema?.['default'];
  return byDefault === undefined || byDefault === null || byDefault === '' ? values : [...values, byDefault];
}

function schemaOf({ label, tools }: Sample, call: number, path: readonly (string | number)[]): JsonObject | undefined {
  const name = label.kind === 'calls' ? label.calls[call]?.name : undefined;
  const tool = tools.find((one) => one.name === name);
  let schema: JsonObject | undefined = tool && toolParameterSchema(tool).schema;
  for (const step of path) schema = typeof step === 'string' ? objectMember(objectMember(schema, 'properties'), step) : objectMember(schema, 'items');
  return schema;
}
