/** What a judge may say of a label and a prediction. */
export const verdicts = ['PRED_WRONG', 'LABEL_WRONG', 'BOTH_CORRECT', 'BOTH_WRONG'] as const;
export type Verdict = (typeof verdicts)[number];
/** With what it is when votes do not agree. */
export const finalVerdicts = [...verdicts, 'NO_CONSENSUS'] as const;
export type FinalVerdict = (typeof finalVerdicts)[number];
