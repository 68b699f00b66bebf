import type { Sample } from '../dataset/sample.ts';
import type { AcceptedLabels } from '../review/acceptedLabels.ts';
import { extractPrediction } from './extract.ts';
import { matchPrediction } from './match.ts';
import { isMatch } from './outcome.ts';
import type { CompiledTextKinds } from './textKinds.ts';

/**
 * Binary reward of an answer's text: 1 for a match, else 0 (looptool-spec.md 6.2, with the project's comparer as ToolMatch).
 * `finished` is false for an answer that was cut off.
 */
export function answerReward(sample: Pick<Sample, 'id' | 'labelHash' | 'label'>, answer: string, finished: boolean, textKinds: CompiledTextKinds, accepted: AcceptedLabels): number {
  const prediction = extractPrediction(answer, { finishReason: finished ? 'stop' : 'length', textKinds });
  return isMatch(matchPrediction(sample.label, prediction, textKinds, accepted(sample)).outcome) ? 1 : 0;
}
