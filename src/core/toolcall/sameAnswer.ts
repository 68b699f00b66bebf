import { callsEqual } from './callsEqual.ts';
import type { Prediction } from './prediction.ts';

/** Whether two answers say the same: equal calls, or the same text of the same kind. */
export function sameAnswer(a: Prediction, b: Prediction): boolean {
  if (a.kind !== b.kind) return false;
  return a.kind === 'CALL' ? callsEqual(a.calls, b.calls) : a.text.trim() === b.text.trim();
}
