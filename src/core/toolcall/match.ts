import type { Label, ToolCall } from '../dataset/sample.ts';
import { callsEqual } from './callsEqual.ts';
import { compareCalls } from './compare.ts';
import type { Comparison } from './difference.ts';
import { comparePossible } from './possible.ts';
import type { Prediction } from './prediction.ts';
import { classifyText, matchTextKinds, type CompiledTextKinds } from './textKinds.ts';

export type MatchOutcome = 'MATCH' | 'MATCH_UNVERIFIED' | 'MISMATCH' | 'TRUNCATED' | 'INVALID' | 'EMPTY';
export type Match = {
  readonly outcome: MatchOutcome;
  /**
   * For a label with calls: what differs, against the label itself and never against an alternative that is not met. Where the
   * label has possible answers, against the nearest acceptable value of each argument.
   */
  readonly comparison?: Comparison;
};

/**
 * THE match of probe, reward and evaluation (looptool-spec.md 9.3). `extraAccepted` are further labels that count as right
 * (a person ruled so). Unreadable labels and execution traces match nothing.
 */
export function matchPrediction(label: Label, prediction: Prediction, textKinds: CompiledTextKinds, extraAccepted: readonly Label[] = []): Match {
  if (prediction.kind === 'TRUNCATED' || prediction.kind === 'INVALID' || prediction.kind === 'EMPTY') return { outcome: prediction.kind };
  const own = matchOne(label, prediction, textKinds);
  if (own.outcome === 'MATCH') return own;
  const others = extraAccepted.map((accepted) => matchOne(accepted, prediction, textKinds));
  return others.find((m) => m.outcome === 'MATCH') ?? [own, ...others].find((m) => m.outcome === 'MATCH_UNVERIFIED') ?? own;
}

function matchOne(label: Label, prediction: Prediction, textKinds: CompiledTextKinds): Match {
  const calls = prediction.kind === 'CALL' ? prediction.calls : [];
  switch (label.kind) {
    case 'calls':
      return matchCalls(label, calls, prediction);
    case 'text':
      if (calls.length > 0) return { outcome: 'MISMATCH', comparison: kindDifference('text', 'calls') };
      return { outcome: textOutcome(label, prediction, textKinds) };
    case 'noCall':
      return { outcome: calls.length === 0 ? 'MATCH' : 'MISMATCH' };
    case 'anyCall':
      return { outcome: calls.length > 0 ? 'MATCH' : 'MISMATCH' };
    case 'trace':
    case 'invalid':
      return { outcome: 'MISMATCH' };
  }
}

function matchCalls(label: Label & { readonly kind: 'calls' }, calls: readonly ToolCall[], prediction: Prediction): Match {
  if (prediction.kind !== 'CALL') return { outcome: 'MISMATCH', comparison: kindDifference('calls', 'text', label.calls.length) };
  const comparison = label.possible === undefined ? compareCalls(label.calls, calls) : comparePossible(label.possible, calls);
  if (comparison.equal) return { outcome: 'MATCH', comparison };
  for (const alternative of label.alternatives ?? []) if (callsEqual(alternative, calls)) return { outcome: 'MATCH', comparison: compareCalls(alternative, calls) };
  return { outcome: 'MISMATCH', comparison };
}

function textOutcome(label: Label & { readonly kind: 'text' }, prediction: Prediction, kinds: CompiledTextKinds): MatchOutcome {
  const wanted = label.textKind ?? classifyText(label.text, kinds);
  const match = matchTextKinds(wanted, classifyText(prediction.text, kinds), kinds);
  return match === 'same' ? 'MATCH' : match === 'different' ? 'MISMATCH' : 'MATCH_UNVERIFIED';
}

function kindDifference(expected: string, got: string, labelCalls = 0): Comparison {
  return {
    equal: false,
    differences: [{ kind: 'kind', severity: 'error', path: [], expected, got, message: `answers with ${got}, expected ${expected}` }],
    pairs: new Array<number>(labelCalls).fill(-1),
  };
}
