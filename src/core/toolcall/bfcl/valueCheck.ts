import { isJsonObject, type JsonObject, type JsonValue } from '../../json/value.ts';
import { pythonEquals } from '../pythonModel/pythonValue.ts';
import { ownMember } from '../ownMember.ts';
import { asItems, isList } from './compileTools.ts';
import { ReferenceFault } from './referenceFault.ts';
import { sameStandardString } from './standardString.ts';

export type ValueFailure = { readonly errorType: string; readonly path: readonly (string | number)[]; readonly expected?: JsonValue | undefined; readonly got?: JsonValue | undefined };

/** Strings by their standard form, everything else as Python compares it; members of members are never standardised. */
export function sameLoosely(value: JsonValue, accepted: JsonValue): boolean {
  return typeof value === 'string' && typeof accepted === 'string' ? sameStandardString(value, accepted) : pythonEquals(value, accepted);
}

/** `string_checker`: only strings among the possible answers count. */
export function isPossibleString(value: string, possible: readonly JsonValue[]): boolean {
  for (const accepted of possible) if (typeof accepted === 'string' && sameStandardString(value, accepted)) return true;
  return false;
}

/** `list_checker`: a possible answer given as text is the list of its characters, so `""` accepts the empty list. */
export function isPossibleList(value: readonly JsonValue[], possible: readonly JsonValue[]): boolean {
  let found = false;
  for (const accepted of possible) {
    const items = asItems(accepted);
    if (!found && items.length === value.length) found = value.every((item, i) => sameLoosely(item, items[i] ?? null));
  }
  return found;
}

/** `dict_checker`: undefined when the object is acceptable, else what was wrong with it under the last possible answer. */
export function checkObject(value: JsonValue, possible: readonly JsonValue[]): ValueFailure | undefined {
  let failure: ValueFailure = { errorType: 'dict_checker:unclear', path: [], got: value };
  for (const accepted of possible) {
    if (accepted === '') continue;
    if (!isJsonObject(value)) throw new ReferenceFault('the value is no object');
    if (!isJsonObject(accepted)) throw new ReferenceFault('the possible answer is no object');
    const found = checkMembers(value, accepted);
    if (found === undefined) return undefined;
    failure = found;
  }
  return failure;
}

/** A missing member is reported after, and so instead of, a wrong one. */
function checkMembers(value: JsonObject, accepted: JsonObject): ValueFailure | undefined {
  let failure: ValueFailure | undefined;
  for (const key in value) {
    const got = value[key] ?? null;
    const list = ownMember(accepted, key);
    if (list === undefined) {
      failure = { errorType: 'value_error:dict_key', path: [key], got };
      break;
    }
    if (!asItems(list).some((one) => sameLoosely(got, one))) {
      failure = { errorType: 'value_error:dict_value', path: [key], expected: list, got };
      break;
    }
  }
  for (const key in accepted) {
    const list = accepted[key];
    if (ownMember(value, key) !== undefined || holdsEmptyText(list)) continue;
    return { errorType: 'value_error:dict_key', path: [key], expected: list };
  }
  return failure;
}

/** Python's `"" in value`: always true of a text. */
export function holdsEmptyText(value: JsonValue | undefined): boolean {
  if (typeof value === 'string') return true;
  if (isList(value)) return value.includes('');
  if (value !== undefined && isJsonObject(value)) return Object.hasOwn(value, '');
  throw new ReferenceFault('the possible values are no list');
}

/** `list_dict_checker`: object by object in order. */
export function checkObjectList(value: readonly JsonValue[], possible: readonly JsonValue[]): ValueFailure | undefined {
  let failure: ValueFailure = { errorType: 'list_dict_checker:unclear', path: [], got: value };
  for (const accepted of possible) {
    // Python counts the members of an object too, before it fails to index it.
    const length = isJsonObject(accepted) ? Object.keys(accepted).length : asItems(accepted).length;
    if (length !== value.length) {
      failure = { errorType: 'value_error:list_dict_count', path: [], expected: accepted, got: value };
      continue;
    }
    const found = checkItems(value, asItems(accepted));
    if (found === undefined) return undefined;
    failure = found;
  }
  return failure;
}

function checkItems(value: readonly JsonValue[], accepted: readonly JsonValue[]): ValueFailure | undefined {
  for (let index = 0; index < value.length; index += 1) {
    const found = checkObject(value[index] ?? null, [accepted[index] ?? null]);
    if (found !== undefined) return { ...found, path: [index, ...found.path] };
  }
  return undefined;
}

