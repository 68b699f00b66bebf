import type { LensCommand, SampleStatus } from '../protocol/lsp/sampleLens.ts';

/** Titles for editors that have none of their own. */
export const lensTitles: Readonly<Record<LensCommand, string>> = {
  'looptool.probeSample': 'Probe',
  'looptool.judgeSample': 'Ask the judge',
  'looptool.expandSample': 'Expand',
  'looptool.reviewSample': 'Review',
  'looptool.showConversation': 'Show as conversation',
};

const outcomeWords: Readonly<Record<SampleStatus['outcome'], string>> = {
  none: 'not probed',
  changed: 'label changed since the probe',
  MATCH: 'matches',
  MATCH_UNVERIFIED: 'matches, unverified',
  MISMATCH: 'mismatch',
  TRUNCATED: 'answer cut off',
  INVALID: 'answer unreadable',
  EMPTY: 'empty answer',
  ERROR: 'probe failed',
};

const verdictWords: Readonly<Record<NonNullable<SampleStatus['verdict']>, string>> = {
  PRED_WRONG: 'the policy is wrong',
  LABEL_WRONG: 'the label is wrong',
  BOTH_CORRECT: 'both are right',
  BOTH_WRONG: 'both are wrong',
  NO_CONSENSUS: 'no consensus',
};

/** `mismatch · perplexity 1.35 · the label is wrong (2 of 2)`; of several samples how many have which outcome. */
export function statusTitle(statuses: readonly SampleStatus[]): string {
  const [only] = statuses;
  if (only === undefined) return 'no sample';
  if (statuses.length > 1) {
    const counts = new Map<string, number>();
    for (const { outcome } of statuses) counts.set(outcomeWords[outcome], (counts.get(outcomeWords[outcome]) ?? 0) + 1);
    return `${statuses.length} samples: ${[...counts].map(([word, count]) => `${count} ${word}`).join(', ')}`;
  }
  return [outcomeWords[only.outcome], ...(only.ppl === undefined ? [] : [`perplexity ${only.ppl.toFixed(2)}`]), ...(only.verdict === undefined ? [] : [verdictText(only, only.verdict)])].join(' · ');
}

function verdictText({ by, votes, agreeing }: SampleStatus, verdict: NonNullable<SampleStatus['verdict']>): string {
  const who = by === 'judge' ? `${agreeing ?? 0} of ${votes ?? 0}` : by === 'person' ? 'decided' : 'by rule';
  return `${verdictWords[verdict]} (${who})`;
}
