import type { JsonValue } from '../../json/value.ts';
import { pythonType, type PythonType } from '../pythonModel/pythonValue.ts';
import { asItems, isList, iterated } from './compileTools.ts';

/** `variable`: the possible answers are of another type than the parameter's, so the value names a variable. */
export type TypeCheck = 'value' | 'variable' | 'type_error:simple' | 'type_error:nested';

/**
 * BFCL's `type_checker`. `type` is the value's (a float parameter takes an integer as one); `member` is the declared type
 * of the members, checked one level deep.
 */
export function checkType(value: JsonValue, type: PythonType, possible: JsonValue | undefined, expected: PythonType | 'set', member?: PythonType | 'set'): TypeCheck {
  const accepted = acceptedType(possible);
  let failed: TypeCheck = 'type_error:simple';
  if (type === expected) {
    const found = accepted !== undefined && accepted !== expected ? 'variable' : 'value';
    if (member === undefined) return found;
    for (const list of iterated(possible)) if (!isList(list) || holdsOnly(asItems(value), list, member)) return found;
    failed = 'type_error:nested';
  }
  // The reference keeps the verdict of the members when the outer type fits the possible answers', and forgets it when not.
  return type === accepted ? (failed === 'type_error:nested' ? failed : 'variable') : 'type_error:simple';
}

function holdsOnly(items: readonly JsonValue[], accepted: readonly JsonValue[], member: PythonType | 'set'): boolean {
  let other: PythonType | undefined;
  let known = false;
  for (const item of items) {
    const type = pythonType(item);
    if (type === member) continue;
    if (!known) {
      other = acceptedType(accepted);
      known = true;
    }
    if (type !== other) return false;
  }
  return true;
}

/** Type of the first possible answer that is not `""`. */
function acceptedType(possible: JsonValue | undefined): PythonType | undefined {
  for (const answer of iterated(possible)) if (answer !== '') return pythonType(answer);
  return undefined;
}
