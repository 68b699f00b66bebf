import type { ReviewRuling } from '../../src/core/review/decision.ts';

export type Action = { readonly kind: 'decide'; readonly ruling: ReviewRuling } | { readonly kind: 'undo' | 'next' | 'previous' | 'nextUndecided' | 'open' | 'apply' | 'help' };

export type KeyBinding = { readonly key: string; readonly shown: string; readonly title: string; readonly hint: string; readonly action: Action };

/** One key each; the footer, the cheat sheet and the documentation are made from this table. */
export const KEYS: readonly KeyBinding[] = [
  { key: 'k', shown: 'K', title: 'Keep label', hint: 'The label is right, the prediction is wrong', action: { kind: 'decide', ruling: 'keepLabel' } },
  { key: 'p', shown: 'P', title: 'Take prediction', hint: 'The label is wrong, the prediction becomes the label', action: { kind: 'decide', ruling: 'takePrediction' } },
  { key: 'b', shown: 'B', title: 'Both correct', hint: 'Either is right; the prediction counts as an accepted answer', action: { kind: 'decide', ruling: 'bothCorrect' } },
  { key: 'w', shown: 'W', title: 'Both wrong', hint: 'Neither is right; the sample is left out of the next set', action: { kind: 'decide', ruling: 'bothWrong' } },
  { key: 'u', shown: 'U', title: 'Undo', hint: 'Takes the last decision back, also after a restart', action: { kind: 'undo' } },
  { key: 'ArrowRight', shown: '→', title: 'Next', hint: 'Next sample without a decision on this one', action: { kind: 'next' } },
  { key: 'ArrowLeft', shown: '←', title: 'Back', hint: 'Previous sample', action: { kind: 'previous' } },
  { key: 'n', shown: 'N', title: 'Next undecided', hint: 'Jumps to the next sample without a decision', action: { kind: 'nextUndecided' } },
  { key: 'o', shown: 'O', title: 'Open in file', hint: 'Shows the sample in its dataset file', action: { kind: 'open' } },
  { key: 'a', shown: 'A', title: 'Apply', hint: 'Shows the changes to the dataset as a diff, and writes them once confirmed', action: { kind: 'apply' } },
  { key: '?', shown: '?', title: 'Keys', hint: 'Shows or hides this list', action: { kind: 'help' } },
];

export function actionOf(event: KeyboardEvent): Action | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  return KEYS.find((k) => k.key === event.key || k.key === event.key.toLowerCase())?.action;
}
