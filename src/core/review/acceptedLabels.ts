import type { Label, Sample } from '../dataset/sample.ts';
import type { DecisionState } from './decisionState.ts';

/** Labels that people ruled to be right for a sample beside its own label. */
export type AcceptedLabels = (sample: Pick<Sample, 'id' | 'labelHash'>) => readonly Label[];

/**
 * Answers that people called right together with the label that the sample has (ruling `bothCorrect`). Each round shows
 * another answer, so the latest decision of every round counts: a later round's says nothing of the earlier round's answer.
 */
export function acceptedLabels({ standing }: Pick<DecisionState, 'standing'>): AcceptedLabels {
  const latest = new Map<string, (typeof standing)[number]>();
  for (const decision of standing) latest.set(`${decision.sampleId} ${decision.labelHash} ${decision.round ?? ''}`, decision);
  const accepted = new Map<string, Label[]>();
  for (const { sampleId, labelHash, ruling, label } of latest.values()) {
    if (ruling !== 'bothCorrect' || label === undefined) continue;
    const key = `${sampleId} ${labelHash}`;
    accepted.set(key, [...(accepted.get(key) ?? []), label]);
  }
  return ({ id, labelHash }) => accepted.get(`${id} ${labelHash}`) ?? [];
}
