import { isJsonObject, type JsonValue } from '../../json/value.ts';
import type { Difference } from '../difference.ts';
import { show, showPath } from '../differences.ts';
import type { BfclVerdict } from './astChecker.ts';

/** Which of two reasons is nearer to a right answer: one about a value is, one about the name of the function is not. */
const nearness: readonly Difference['kind'][] = ['missing-call', 'name', 'missing-argument', 'extra-argument', 'type', 'value'];

/**
 * Why BFCL refuses an answer. The checker stops at the first failure, so there is one difference; of parallel calls none of
 * which fits, it is that of the call that comes nearest. Ask `checkBfcl` for the candidates.
 */
export function explainBfcl(verdict: BfclVerdict): Difference[] {
  if (verdict.valid) return [];
  const candidates = (verdict.candidates ?? []).flatMap((candidate) => explainBfcl(candidate));
  if (candidates.length > 0) return [candidates.reduce((best, next) => (nearness.indexOf(next.kind) > nearness.indexOf(best.kind) ? next : best))];
  const kind = kindOf(verdict);
  const { path, expected } = verdict;
  // The checker gives the call as a whole, to save the time where nobody asks.
  const got = kind === 'name' ? calledName(verdict.got) : verdict.got;
  return [{ kind, severity: 'error', path: [...path], ...(expected === undefined ? {} : { expected }), ...(got === undefined ? {} : { got }), message: messageOf(kind, { ...verdict, got }) }];
}

function calledName(call: JsonValue | undefined): JsonValue | undefined {
  return call !== undefined && isJsonObject(call) ? (Object.keys(call)[0] ?? null) : call;
}

function kindOf({ errorType, got }: BfclVerdict): Difference['kind'] {
  const type = errorType ?? '';
  if (type.endsWith(':wrong_count')) return 'kind';
  if (type.endsWith(':cannot_find_match')) return 'missing-call';
  if (type.endsWith(':wrong_func_name')) return 'name';
  if (type.endsWith(':missing_required') || type.endsWith(':missing_optional')) return 'missing-argument';
  if (type.endsWith(':unexpected_param')) return 'extra-argument';
  if (type === 'value_error:dict_key') return got === undefined ? 'missing-argument' : 'extra-argument';
  return type.startsWith('type_error:') ? 'type' : 'value';
}

function messageOf(kind: Difference['kind'], { errorType, path, expected, got }: BfclVerdict): string {
  const where = showPath(path);
  const shown = (value: JsonValue | undefined): string => (value === undefined ? 'nothing' : show(value));
  switch (kind) {
    case 'kind':
      return 'has another number of calls than the possible answers';
    case 'missing-call':
      return `no call fits possible answer ${Number(path[0] ?? 0) + 1}`;
    case 'name':
      return `calls ${shown(got)}, expected ${shown(expected)}`;
    case 'missing-argument':
      return `${where} is missing`;
    case 'extra-argument':
      return `${where} is not expected, got ${shown(got)}`;
    default:
      return errorType === 'exception' ? `the reference cannot judge this: ${shown(got)}` : `${where} is ${shown(got)}, expected one of ${shown(expected)}`;
  }
}
