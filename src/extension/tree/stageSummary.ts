import { l10n } from 'vscode';
import type { StageView } from '../../app/projectView.ts';
import { bucketLabel } from '../l10nLabels.ts';
import { coversWords } from '../report/words.ts';

type Counts = StageView['counts'];

/** What a stage came to, in the few words that fit beside its name; the rest is in the tooltip. Counts: docs/on-disk.md. */
export function stageSummary({ stage, counts }: StageView): string {
  switch (stage) {
    case 'train':
      return joined([count(counts['rows'], (n) => l10n.t('{0} rows', n)), count(counts['steps'], (n) => l10n.t('{0} steps', n)), counts['reward'] === undefined ? '' : l10n.t('reward {0}', counts['reward'].toFixed(2))]);
    case 'probe':
      return counts['samples'] === undefined ? '' : joined([l10n.t('{0} of {1} match', (counts['MATCH'] ?? 0) + (counts['MATCH_UNVERIFIED'] ?? 0), counts['samples']), labelled(counts, ['MISMATCH'])]);
    case 'verify':
      return joined([count(counts['replaced'], (n) => l10n.t('{0} labels replaced', n)), count(counts['held'], (n) => l10n.t('{0} held back for the review', n)), counts['gate.open'] === 0 ? l10n.t('gate closed') : '', labelled(counts, ['LABEL_WRONG', 'NO_CONSENSUS', 'BOTH_CORRECT', 'BOTH_WRONG', 'PRED_WRONG'])]);
    case 'expand':
      return counts['asked'] === undefined ? '' : l10n.t('{0} of {1} accepted', counts['accepted'] ?? 0, counts['asked']);
    case 'compose':
      return counts['size'] === undefined ? '' : joined([l10n.t('{0} rows', counts['size']), labelled(counts, ['errorSeed', 'labelRefined', 'expansion', 'highPpl', 'seed'])]);
    case 'evaluate':
      return joined(heldOutSets(counts).map((set) => `${set} ${accuracyOf(counts, set)}`));
  }
}

/** All counts of a stage, one a line. */
export function allCounts({ stage, counts }: StageView): string {
  if (stage === 'evaluate') return heldOutSets(counts).map((set) => `${set}: ${accuracyOf(counts, set)}`).join('\n');
  return Object.entries(counts).map(([name, n]) => `${name.startsWith('covers.') ? coversWords(name.slice('covers.'.length)) : bucketLabel(name.replace(/^refused\./, ''))}: ${Number.isInteger(n) ? n : n.toFixed(3)}`).join('\n');
}

function heldOutSets(counts: Counts): readonly string[] {
  return [...new Set(Object.keys(counts).flatMap((name) => /^(.*)\.(?:before|after)\.samples$/.exec(name)?.[1] ?? []))];
}

/** `40 → 45 %`, or the one that was measured. */
function accuracyOf(counts: Counts, set: string): string {
  const percent = (phase: string): string | undefined => {
    const samples = counts[`${set}.${phase}.samples`];
    return samples === undefined || samples === 0 ? undefined : ((100 * (counts[`${set}.${phase}.right`] ?? 0)) / samples).toFixed(0);
  };
  return `${[percent('before'), percent('after')].filter((p) => p !== undefined).join(' → ')} %`;
}

function labelled(counts: Counts, keys: readonly string[]): string {
  return joined(keys.map((key) => count(counts[key], (n) => `${n} ${bucketLabel(key).toLocaleLowerCase()}`)));
}

function count(n: number | undefined, text: (n: number) => string): string {
  return n === undefined || n === 0 ? '' : text(n);
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' · ');
}
