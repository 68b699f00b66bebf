import type { LabelViolation } from './labelViolations.ts';
import type { Hit } from './rule.ts';
import type { SampleContext } from './sampleContext.ts';
import { isJsonObject, type JsonValue } from '../json/value.ts';

/** A value that breaks its schema. It weighs less where other acceptable values do not, or where something speaks for the label. */
export function valueHit({ call, path, message, partial, isDefault, isVariable }: LabelViolation): Hit {
  const at = { part: 'value' as const, call, path };
  if (isDefault === true) return { at, message: `${message}; but it is the declared default`, severity: 'information' };
  if (isVariable === true) return { at, message: `${message}; it may be the name of a variable`, severity: 'information' };
  return partial === true ? { at, message: `an acceptable value of ${message}`, severity: 'warning' } : { at, message };
}

/** The value that an ordinary label has there. */
export function valueAt({ sample: { label } }: SampleContext, { call, path }: Pick<LabelViolation, 'call' | 'path'>): JsonValue | undefined {
  let at: JsonValue | undefined = label.kind === 'calls' ? label.calls[call]?.arguments : undefined;
  for (const step of path) {
    if (Array.isArray(at)) at = (at as readonly JsonValue[])[Number(step)];
    else at = at !== undefined && isJsonObject(at) && Object.hasOwn(at, String(step)) ? at[String(step)] : undefined;
  }
  return at;
}
