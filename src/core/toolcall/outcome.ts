import type { MatchOutcome } from './match.ts';

/** Right as far as the comparer can tell; MATCH_UNVERIFIED counts as right, and is shown beside the accuracy. */
export function isMatch(outcome: MatchOutcome | 'ERROR'): boolean {
  return outcome === 'MATCH' || outcome === 'MATCH_UNVERIFIED';
}

/** An answer that did not match, and so is for the judge and the review. A failed request answered nothing. */
export function isMismatch(outcome: MatchOutcome | 'ERROR'): boolean {
  return outcome !== 'ERROR' && !isMatch(outcome);
}
