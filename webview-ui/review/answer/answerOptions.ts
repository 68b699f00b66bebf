import type { SourceLink } from '../../../src/protocol/review/item.ts';

/** How the page wants an answer shown, and what it does with its links. */
export type AnswerOptions = {
  /** The prediction stands on the left. */
  readonly swapped: boolean;
  /** The sides are A and B: nothing may tell which of them is the label. */
  readonly neutralNames: boolean;
  /** The person looks at a value (pointer or focus), and then no longer. */
  readonly onHover?: ((link: SourceLink | undefined) => void) | undefined;
  /** The person asks to see where a value stands in the conversation. */
  readonly onSource?: ((link: SourceLink) => void) | undefined;
};

export type Side = 'label' | 'prediction';

export function sidesOf({ swapped }: AnswerOptions): readonly [Side, Side] {
  return swapped ? ['prediction', 'label'] : ['label', 'prediction'];
}
