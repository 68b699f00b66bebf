import type { Sample } from '../../dataset/sample.ts';
import { matchPrediction, type MatchOutcome } from '../../toolcall/match.ts';
import type { Comparison } from '../../toolcall/difference.ts';
import type { Prediction } from '../../toolcall/prediction.ts';
import type { CompiledTextKinds } from '../../toolcall/textKinds.ts';
import { isJsonArray } from '../../json/member.ts';
import { isFailedRequest, withToolNames } from './bfclResult.ts';
import { readGivenAnswer } from './givenAnswer.ts';
import type { PredictionRow } from './predictionRow.ts';

/** What a row says of a sample: what was answered, as one text too, and whether it matches the label. */
export type AnsweredSample = { readonly prediction: Prediction; readonly reply: string; readonly outcome: MatchOutcome; readonly comparison: Comparison | undefined };

export type AnsweredOptions = { readonly textKinds: CompiledTextKinds; readonly isBfcl: boolean };

/** Or why the two cannot be held against each other, in words. */
export function answeredSample(sample: Sample, row: Pick<PredictionRow, 'answer' | 'think' | 'finishReason'>, { textKinds, isBfcl }: AnsweredOptions): AnsweredSample | { readonly problem: string } {
  const { label } = sample;
  if (label.kind === 'trace') return { problem: 'its label is a trace of several turns, which is run and not compared' };
  const given = readGivenAnswer(row.answer, { textKinds, finishReason: row.finishReason, namedCalls: isBfcl });
  if (!given.ok) return { problem: reasons[given.reason] };
  const prediction = isBfcl ? withToolNames(given.prediction, sample.tools) : endlessReasoning(given.prediction, row.think);
  const reply = row.think === undefined || row.think === '' ? given.reply : `<think>\n${row.think}\n</think>\n${given.reply}`;
  // To say that no call is right is an answer where the label says the same.
  if (label.kind === 'noCall' && given.saysNoCall === true) return { prediction, reply, outcome: 'MATCH', comparison: undefined };
  const { outcome, comparison } = matchPrediction(label, prediction, textKinds);
  return { prediction, reply, outcome, comparison };
}

/** Why an answer makes no pair, whatever its sample is: then nobody has to look for that. */
export function answerProblem(answer: PredictionRow['answer']): string | undefined {
  if (isJsonArray(answer) && answer.some(isJsonArray)) return reasons.turns;
  return isFailedRequest(answer) ? 'the request failed, so there is no answer: ask for it again' : undefined;
}

const reasons = {
  none: 'it holds no answer',
  turns: 'its answer is one of several turns, which cannot be shown as one pair',
  unknown: 'its answer is of no form that is known (see docs/predictions.md)',
};

/** The published code leaves the answer empty where the reasoning never ended. */
function endlessReasoning(prediction: Prediction, think: string | undefined): Prediction {
  if (prediction.kind !== 'EMPTY' || think === undefined || think.trim() === '') return prediction;
  return { ...prediction, kind: 'TRUNCATED', warnings: ['the reasoning never ends', ...prediction.warnings] };
}
