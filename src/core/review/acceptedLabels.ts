import type { Label, Sample } from '../dataset/sample.ts';
import type { Decision } from './decision.ts';
import type { DecisionState } from './decisionState.ts';
import { decisionInForce, pairKey } from './precedence.ts';
import { withAlternative } from './withAlternative.ts';

/** Labels that people ruled to be right for a sample beside its own label. */
export type AcceptedLabels = (sample: Pick<Sample, 'id' | 'labelHash'>) => readonly Label[];

/**
 * Answers that people called right together with the label that the sample has (ruling `bothCorrect`). Each round shows
 * another answer, so the decision in force on every pair counts: a later round's says nothing of the earlier round's answer.
 */
export function acceptedLabels(state: Pick<DecisionState, 'standingOf'>): AcceptedLabels {
  return ({ id, labelHash }) => {
    const pairs = new Map<string, Decision[]>();
    for (const decision of state.standingOf(id)) {
      if (decision.labelHash !== labelHash) continue;
      const key = pairKey(decision);
      pairs.set(key, [...(pairs.get(key) ?? []), decision]);
    }
    return [...pairs.values()].flatMap((decisions) => {
      const decided = decisionInForce(decisions);
      return decided?.ruling === 'bothCorrect' && decided.label !== undefined ? [decided.label] : [];
    });
  };
}

/** The label with what is accepted beside it, as far as it can hold it: for trainers that know no decisions. */
export function withAccepted(label: Label, accepted: readonly Label[]): Label {
  return accepted.reduce((so, other) => withAlternative(so, other) ?? so, label);
}
