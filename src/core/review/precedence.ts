import type { Decision } from './decision.ts';

/** What a decision is about: this label against the answer of this round, or of this file of predictions. */
export function pairKey({ labelHash, round, predictions }: Pick<Decision, 'labelHash' | 'round' | 'predictions'>): string {
  return `${labelHash} ${round ?? ''} ${predictions ?? ''}`;
}

/**
 * Of the standing decisions on one sample, oldest first, the one in force: the latest, but an adjudication of the same pair
 * outranks all others on it. Second looks are never in force.
 */
export function decisionInForce(standing: readonly Decision[]): Decision | undefined {
  const latest = standing.findLast(({ pass }) => pass !== 'second');
  if (latest === undefined || latest.pass === 'adjudication') return latest;
  const pair = pairKey(latest);
  return standing.findLast((decision) => decision.pass === 'adjudication' && pairKey(decision) === pair) ?? latest;
}
