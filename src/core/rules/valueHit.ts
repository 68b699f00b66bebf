import type { LabelViolation } from './labelViolations.ts';
import type { Hit } from './rule.ts';

/** A value that breaks its schema. It weighs less where other acceptable values do not, or where the schema's own default does. */
export function valueHit({ call, path, message, partial, isDefault, isVariable }: LabelViolation): Hit {
  const at = { part: 'value' as const, call, path };
  if (isDefault === true) return { at, message: `${message}; but it is the declared default`, severity: 'information' };
  if (isVariable === true) return { at, message: `${message}; it may be the name of a variable`, severity: 'information' };
  return partial === true ? { at, message: `an acceptable value of ${message}`, severity: 'warning' } : { at, message };
}
