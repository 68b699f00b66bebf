import { l10n } from 'vscode';
import type { SampleStatus } from '../../protocol/lsp/sampleLens.ts';

/** What is known of the samples of one record, for a lens: an icon, then words. */
export function statusText(statuses: readonly SampleStatus[]): string {
  const [only] = statuses;
  if (only === undefined) return '';
  // An ordinary space beside an icon is swallowed.
  if (statuses.length === 1) return `$(${icons[only.outcome]})\u00a0${sampleStatusText(only)}`;
  const counts = new Map<string, number>();
  for (const { outcome } of statuses) counts.set(outcomeText(outcome), (counts.get(outcomeText(outcome)) ?? 0) + 1);
  return l10n.t('{0} samples: {1}', statuses.length, [...counts].map(([text, count]) => `${count} ${text}`).join(', '));
}

/** `mismatch · perplexity 1.35 · the label is wrong (2 of 2)` */
export function sampleStatusText(status: SampleStatus): string {
  const { outcome, ppl, verdict } = status;
  return [outcomeText(outcome), ...(ppl === undefined ? [] : [l10n.t('perplexity {0}', ppl.toFixed(2))]), ...(verdict === undefined ? [] : [`${verdictText(verdict)} (${whoText(status)})`])].join(' · ');
}

const icons: Readonly<Record<SampleStatus['outcome'], string>> = {
  none: 'circle-outline',
  changed: 'history',
  MATCH: 'check',
  MATCH_UNVERIFIED: 'check',
  MISMATCH: 'close',
  TRUNCATED: 'warning',
  INVALID: 'warning',
  EMPTY: 'warning',
  ERROR: 'error',
};

export function outcomeText(outcome: SampleStatus['outcome']): string {
  switch (outcome) {
    case 'none':
      return l10n.t('not probed');
    case 'changed':
      return l10n.t('label changed since the probe');
    case 'MATCH':
      return l10n.t('matches');
    case 'MATCH_UNVERIFIED':
      return l10n.t('matches, unverified');
    case 'MISMATCH':
      return l10n.t('mismatch');
    case 'TRUNCATED':
      return l10n.t('answer cut off');
    case 'INVALID':
      return l10n.t('answer unreadable');
    case 'EMPTY':
      return l10n.t('empty answer');
    case 'ERROR':
      return l10n.t('probe failed');
  }
}

export function verdictText(verdict: NonNullable<SampleStatus['verdict']>): string {
  switch (verdict) {
    case 'PRED_WRONG':
      return l10n.t('the policy is wrong');
    case 'LABEL_WRONG':
      return l10n.t('the label is wrong');
    case 'BOTH_CORRECT':
      return l10n.t('both are right');
    case 'BOTH_WRONG':
      return l10n.t('both are wrong');
    case 'NO_CONSENSUS':
      return l10n.t('no consensus');
  }
}

function whoText({ by, votes, agreeing }: SampleStatus): string {
  if (by === 'person') return l10n.t('decided');
  return by === 'judge' ? l10n.t('{0} of {1}', agreeing ?? 0, votes ?? 0) : l10n.t('by rule');
}
