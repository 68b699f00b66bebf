import type { LoopToolStage } from '../../dataset/reading/loopToolStage.ts';
import type { FinalVerdict, Verdict } from '../../rounds/verdict.ts';

/** What a row of the published code's verification (JGLV) says of its pair, in our words. */
export type StoredJudgement = {
  readonly verdict: FinalVerdict;
  readonly votes: readonly StoredVote[];
  readonly agreeing: number;
  readonly simulated: boolean;
  readonly replaced: boolean;
};
export type StoredVote = { readonly order: 'LP' | 'none'; readonly verdict: string; readonly judge: string; readonly promptVersion: string; readonly simulated: boolean; readonly analysis: string; readonly approach: string };

/** Statuses that a judge, or a comparison, stands behind; the others (`not_function_call`, `evaluation_error`, …) say nothing of either side. */
const verdictOfStatus = new Map<string, FinalVerdict>([
  ['both_correct', 'BOTH_CORRECT'],
  ['model_incorrect', 'PRED_WRONG'],
  ['original_incorrect', 'LABEL_WRONG'],
  ['both_incorrect', 'BOTH_WRONG'],
  ['llm_judge_failed', 'NO_CONSENSUS'],
]);

/** Response 1 was the label, response 2 the prediction. */
const verdictOfVote = new Map<string, Verdict>([
  ['RESPONSE1_INCORRECT', 'LABEL_WRONG'],
  ['RESPONSE2_INCORRECT', 'PRED_WRONG'],
  ['BOTH_CORRECT', 'BOTH_CORRECT'],
  ['BOTH_INCORRECT', 'BOTH_WRONG'],
]);

/**
 * The judge's model and prompt stand nowhere in such a row, and of the reasons only one: it goes with the first vote for the
 * verdict. Where the votes did not agree there is no verdict, whatever the status says. Undefined where nobody judged.
 */
export function storedJudgement({ status, judge, errorMessage }: LoopToolStage): StoredJudgement | undefined {
  const known = status === undefined ? undefined : verdictOfStatus.get(status);
  if (known === undefined) return undefined;
  const verdict = judge?.consensus === false ? 'NO_CONSENSUS' : known;
  const said = reasonsIn(errorMessage ?? '');
  const base = { judge: '', promptVersion: '', simulated: false };
  const words = (judge?.votes ?? []).map((word) => verdictOfVote.get(word) ?? 'UNPARSED');
  if (words.length === 0) {
    const votes: readonly StoredVote[] = said.analysis === '' && said.approach === '' ? [] : [{ order: 'none', verdict, ...base, ...said }];
    return { verdict, votes, agreeing: 0, simulated: false, replaced: false };
  }
  const spoken = words.indexOf(known as Verdict);
  const votes = words.map((word, index): StoredVote => ({ order: 'LP', verdict: word, ...base, ...(index === Math.max(spoken, 0) ? said : { analysis: '', approach: '' }) }));
  return { verdict, votes, agreeing: words.filter((word) => word === verdict).length, simulated: false, replaced: false };
}

function reasonsIn(message: string): { readonly analysis: string; readonly approach: string } {
  const [, analysis = '', approach = ''] = /^\s*(?:Error Analysis:)?\s*([^]*?)\s*(?:Correct Approach:\s*([^]*?)\s*)?$/.exec(message) ?? [];
  return { analysis, approach };
}
