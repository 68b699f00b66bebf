import type { ReviewRuling, Ruling } from '../../src/core/review/decision.ts';
import type { ReviewSnapshot } from '../../src/protocol/review/messages.ts';
import { t } from '../shared/words.ts';

export type Side = 'label' | 'prediction';

/** How the two answers stand and what they are called. In calibration nobody knows which is the label: they are A and B. */
export type Sides = { readonly left: Side; readonly right: Side; readonly neutral: boolean };

export function sidesOf(snapshot: Pick<ReviewSnapshot, 'mode' | 'swapped'>): Sides {
  const neutral = snapshot.mode.kind === 'calibration';
  return neutral && snapshot.swapped ? { left: 'prediction', right: 'label', neutral } : { left: 'label', right: 'prediction', neutral };
}

export function sideName(sides: Sides, side: Side): string {
  if (sides.neutral) return side === sides.left ? t('Side A') : t('Side B');
  return side === 'label' ? t('Label') : t('Prediction');
}

/** One letter that tells the sides apart in running text. */
export function sideLetter(sides: Sides, side: Side): string {
  if (sides.neutral) return side === sides.left ? 'A' : 'B';
  return side === 'label' ? t('L') : t('P');
}

/** In calibration `keepLabel` and `takePrediction` mean that the left or the right answer is right. */
export function rulingOf(sides: Sides, ruling: ReviewRuling): ReviewRuling {
  if (sides.left === 'label') return ruling;
  return ruling === 'keepLabel' ? 'takePrediction' : ruling === 'takePrediction' ? 'keepLabel' : ruling;
}

export function rulingWords(ruling: Ruling): string {
  switch (ruling) {
    case 'keepLabel': return t('Keep label');
    case 'takePrediction': return t('Take prediction');
    case 'bothCorrect': return t('Both correct');
    case 'bothWrong': return t('Both wrong');
    case 'drop': return t('Drop sample');
    case 'unsure': return t('Unsure');
    case 'edit': return t('Edit');
  }
}

/** The judge is hidden in blind mode and in calibration until the person has decided. */
export function judgeHidden(snapshot: ReviewSnapshot): boolean {
  const blind = snapshot.blind || snapshot.mode.kind === 'calibration';
  return blind && !(snapshot.item?.decisions.some((d) => d.by === snapshot.user) ?? false);
}
