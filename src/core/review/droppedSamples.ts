import type { DecisionState } from './decisionState.ts';

/** Samples that a person dropped. It is said of the sample, whatever its label is by now, until it is taken back or decided anew. */
export function droppedSamples({ inForce }: Pick<DecisionState, 'inForce'>): ReadonlySet<string> {
  return new Set([...inForce.values()].filter(({ ruling }) => ruling === 'drop').map(({ sampleId }) => sampleId));
}
