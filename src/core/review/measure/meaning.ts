import { labelHash } from '../../dataset/identity.ts';
import type { FinalVerdict } from '../../rounds/verdict.ts';
import type { Decision } from '../decision.ts';

/**
 * The verdict that a person's decision comes to, as it is counted against the judge's: a ruling says of either side whether it
 * is right. An edited label that equals a side takes that side; any other third label says that both were wrong. A dropped
 * sample has no right side, as in the loop. `unsure` is NO_CONSENSUS, which agrees with no verdict of a judge.
 */
export function meaningOf(decision: Pick<Decision, 'ruling' | 'label' | 'labelHash' | 'predictionHash'>): FinalVerdict {
  switch (decision.ruling) {
    case 'keepLabel':
      return 'PRED_WRONG';
    case 'takePrediction':
      return 'LABEL_WRONG';
    case 'bothCorrect':
      return 'BOTH_CORRECT';
    case 'bothWrong':
    case 'drop':
      return 'BOTH_WRONG';
    case 'unsure':
      return 'NO_CONSENSUS';
    case 'edit': {
      const hash = decision.label && labelHash(decision.label);
      if (hash === decision.labelHash) return 'PRED_WRONG';
      return hash !== undefined && hash === decision.predictionHash ? 'LABEL_WRONG' : 'BOTH_WRONG';
    }
  }
}
