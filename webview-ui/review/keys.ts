import type { ReviewRuling } from '../../src/core/review/decision.ts';

/** What the page can be told to do, by a key, a button or a link. */
export type Action =
  | { readonly kind: 'decide' | 'bulk'; readonly ruling: ReviewRuling }
  | { readonly kind: 'move'; readonly to: 'next' | 'previous' | 'first' | 'last' | 'nextUndecided' }
  | { readonly kind: 'askAgain'; readonly what: 'judge' | 'probe' }
  | { readonly kind: 'edit' | 'cherryPick' | 'similar' | 'undo' | 'redo' | 'raw' | 'blind' | 'note' | 'copy' | 'open' | 'export' | 'apply' | 'measure' | 'search' | 'filters' | 'help' };

export type KeyGroup = 'decide' | 'move' | 'look' | 'many' | 'sample';

export type KeyBinding = {
  /** Character in lower case, or the name of a key that writes none. */
  readonly key: string;
  /** With shift; of characters that are letters or arrows only: of others shift is part of writing them. */
  readonly shift?: boolean;
  readonly group: KeyGroup;
  readonly title: string;
  readonly hint: string;
  readonly action: Action;
};

/** One key each; the footer, the cheat sheet and the documentation are made from this table. */
export const KEYS: readonly KeyBinding[] = [
  { key: 'k', group: 'decide', title: 'Keep label', hint: 'The label is right, the prediction is wrong.', action: { kind: 'decide', ruling: 'keepLabel' } },
  { key: 'p', group: 'decide', title: 'Take prediction', hint: 'The label is wrong, the prediction becomes the label.', action: { kind: 'decide', ruling: 'takePrediction' } },
  { key: 'b', group: 'decide', title: 'Both correct', hint: 'Either is right; the prediction is stored as an accepted answer.', action: { kind: 'decide', ruling: 'bothCorrect' } },
  { key: 'w', group: 'decide', title: 'Both wrong', hint: 'Neither is right; the sample is left out of the next set.', action: { kind: 'decide', ruling: 'bothWrong' } },
  { key: 'e', group: 'decide', title: 'Edit', hint: 'Writes another label, in a form or as JSON.', action: { kind: 'edit' } },
  { key: 'c', group: 'decide', title: 'Cherry-pick', hint: 'Takes single arguments of the prediction into the label.', action: { kind: 'cherryPick' } },
  { key: 'd', group: 'decide', title: 'Drop sample', hint: 'The sample is of no use; it is left out of every set.', action: { kind: 'decide', ruling: 'drop' } },
  { key: 'q', group: 'decide', title: 'Unsure', hint: 'Somebody else should look; nothing changes.', action: { kind: 'decide', ruling: 'unsure' } },
  { key: 's', group: 'move', title: 'Skip', hint: 'Next sample without a decision on this one.', action: { kind: 'move', to: 'next' } },
  { key: 'ArrowRight', group: 'move', title: 'Next', hint: 'Next sample.', action: { kind: 'move', to: 'next' } },
  { key: 'ArrowLeft', group: 'move', title: 'Back', hint: 'Previous sample.', action: { kind: 'move', to: 'previous' } },
  { key: 'n', group: 'move', title: 'Next undecided', hint: 'Jumps to the next sample without a decision.', action: { kind: 'move', to: 'nextUndecided' } },
  { key: 'ArrowLeft', shift: true, group: 'move', title: 'First', hint: 'First sample of the queue.', action: { kind: 'move', to: 'first' } },
  { key: 'ArrowRight', shift: true, group: 'move', title: 'Last', hint: 'Last sample of the queue.', action: { kind: 'move', to: 'last' } },
  { key: 'u', group: 'move', title: 'Undo', hint: 'Takes your last decision back, also one of an earlier day.', action: { kind: 'undo' } },
  { key: 'y', group: 'move', title: 'Redo', hint: 'Makes the decision again that was taken back.', action: { kind: 'redo' } },
  { key: 'u', shift: true, group: 'move', title: 'Redo', hint: 'Makes the decision again that was taken back.', action: { kind: 'redo' } },
  { key: '/', group: 'look', title: 'Search', hint: 'Finds samples by words of the request and the calls.', action: { kind: 'search' } },
  { key: 'f', group: 'look', title: 'Filters', hint: 'Opens or closes the filters of the queue.', action: { kind: 'filters' } },
  { key: 'r', group: 'look', title: 'Raw', hint: 'Shows label and prediction as they were written.', action: { kind: 'raw' } },
  { key: 'v', group: 'look', title: 'Blind', hint: 'Hides the judge until you have decided, or shows it again.', action: { kind: 'blind' } },
  { key: 'i', group: 'look', title: 'Judge figures', hint: 'How often the judge is right, measured by your decisions.', action: { kind: 'measure' } },
  { key: '?', group: 'look', title: 'Keys', hint: 'Shows this list.', action: { kind: 'help' } },
  { key: 't', group: 'many', title: 'Same for the others', hint: 'Gives your last decision to the others with the same difference, after a preview.', action: { kind: 'similar' } },
  { key: 'k', shift: true, group: 'many', title: 'Keep label for all', hint: 'For every undecided sample of the queue, after a preview.', action: { kind: 'bulk', ruling: 'keepLabel' } },
  { key: 'p', shift: true, group: 'many', title: 'Take prediction for all', hint: 'For every undecided sample of the queue, after a preview.', action: { kind: 'bulk', ruling: 'takePrediction' } },
  { key: 'b', shift: true, group: 'many', title: 'Both correct for all', hint: 'For every undecided sample of the queue, after a preview.', action: { kind: 'bulk', ruling: 'bothCorrect' } },
  { key: 'w', shift: true, group: 'many', title: 'Both wrong for all', hint: 'For every undecided sample of the queue, after a preview.', action: { kind: 'bulk', ruling: 'bothWrong' } },
  { key: 'd', shift: true, group: 'many', title: 'Drop all', hint: 'For every undecided sample of the queue, after a preview.', action: { kind: 'bulk', ruling: 'drop' } },
  { key: 'm', group: 'sample', title: 'Note', hint: 'Writes a note; it is stored with your decision.', action: { kind: 'note' } },
  { key: 'o', group: 'sample', title: 'Open in file', hint: 'Shows the sample in its dataset file.', action: { kind: 'open' } },
  { key: 'g', group: 'sample', title: 'Copy as JSON', hint: 'Puts the sample with both answers on the clipboard.', action: { kind: 'copy' } },
  { key: 'x', group: 'sample', title: 'Export issue', hint: 'Writes up what is wrong with the label, for those who publish the dataset.', action: { kind: 'export' } },
  { key: 'j', group: 'sample', title: 'Judge again', hint: 'Asks the judge about this sample again.', action: { kind: 'askAgain', what: 'judge' } },
  { key: 'j', shift: true, group: 'sample', title: 'Probe again', hint: 'Asks the policy about this sample again.', action: { kind: 'askAgain', what: 'probe' } },
  { key: 'a', group: 'sample', title: 'Apply', hint: 'Shows what your decisions change in the dataset, and writes it once you confirm.', action: { kind: 'apply' } },
];

export const KEY_GROUPS: readonly { readonly group: KeyGroup; readonly title: string }[] = [
  { group: 'decide', title: 'Decide' },
  { group: 'move', title: 'Move and take back' },
  { group: 'look', title: 'Look' },
  { group: 'many', title: 'Many at once' },
  { group: 'sample', title: 'This sample and the dataset' },
];

/** How a key is written on its button. */
export function keyName(binding: Pick<KeyBinding, 'key' | 'shift'>): string {
  const name = binding.key === 'ArrowRight' ? '→' : binding.key === 'ArrowLeft' ? '←' : binding.key.toUpperCase();
  return binding.shift ? `⇧${name}` : name;
}

/** As `aria-keyshortcuts` wants it. */
export function keyShortcut(binding: Pick<KeyBinding, 'key' | 'shift'>): string {
  return binding.shift ? `Shift+${binding.key}` : binding.key;
}

type Pressed = Pick<KeyboardEvent, 'key' | 'code' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>;

/** The action of a key, by the character that it writes; on a keyboard without Latin letters by where the key is. */
export function actionOf(event: Pressed): Action | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const key = latinKey(event);
  const shifts = /^([a-z]|Arrow\w+)$/.test(key);
  return KEYS.find((k) => k.key === key && (!shifts || (k.shift ?? false) === event.shiftKey))?.action;
}

function latinKey(event: Pressed): string {
  const { key, code } = event;
  if (/^[!-~]$/.test(key)) return key.toLowerCase();
  // Keys with names are as they are; a lone character of another script, a dead key or an input method's key is looked up by its place.
  if (key.length > 1 && key !== 'Process' && key !== 'Dead' && key !== 'Unidentified' && /^[A-Z]/.test(key)) return key;
  if (code.startsWith('Key')) return code.slice(3).toLowerCase();
  return code === 'Slash' ? (event.shiftKey ? '?' : '/') : key;
}
