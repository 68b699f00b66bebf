import type { ToolCall } from '../dataset/sample.ts';
import { callKey } from './canonicalCall.ts';
import { forgive, type CompareOptions } from './compareOptions.ts';
import { sameName, sameObject } from './sameValue.ts';

export function sameCall(a: ToolCall, b: ToolCall): boolean {
  return sameName(a.name, b.name) && sameObject(a.arguments, b.arguments);
}

/** Up to here calls are held against each other one by one, with a bit for each that is taken. */
const mostBits = 30;

/** The verdict of `compareCalls` without its explanation: whether two lists of calls are one multiset. */
export function callsEqual(expected: readonly ToolCall[], got: readonly ToolCall[], options?: CompareOptions): boolean {
  const count = expected.length;
  if (count !== got.length) return false;
  if (options !== undefined && forgivesArguments(options)) {
    return sameLists(expected.map((call) => forgive(call, options)), got.map((call) => forgive(call, options)), options.strictOrder === true);
  }
  return sameLists(expected, got, options?.strictOrder === true);
}

function forgivesArguments(options: CompareOptions): boolean {
  return options.defaults !== undefined || options.setLike !== undefined || options.nullEqualsAbsent !== undefined || options.numericStrings !== undefined;
}

function sameLists(expected: readonly ToolCall[], got: readonly ToolCall[], ordered: boolean): boolean {
  if (!ordered && expected.length > mostBits) return sameKeys(expected, got);
  let taken = 0;
  for (let i = 0; i < expected.length; i += 1) {
    const call = expected[i];
    if (call === undefined) return false;
    // Equality is transitive, so the first equal call that is left is as good as any.
    const found = ordered ? (isSameAt(got, i, call) ? i : -1) : firstSame(got, call, taken);
    if (found === -1) return false;
    taken |= 1 << found;
  }
  return true;
}

function firstSame(got: readonly ToolCall[], call: ToolCall, taken: number): number {
  for (let j = 0; j < got.length; j += 1) if ((taken & (1 << j)) === 0 && isSameAt(got, j, call)) return j;
  return -1;
}

function isSameAt(got: readonly ToolCall[], index: number, call: ToolCall): boolean {
  const other = got[index];
  return other !== undefined && sameCall(call, other);
}

function sameKeys(expected: readonly ToolCall[], got: readonly ToolCall[]): boolean {
  const left = expected.map(callKey).sort();
  const right = got.map(callKey).sort();
  return left.every((key, i) => key === right[i]);
}
