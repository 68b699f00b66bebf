import type { AnswerOrder } from '../../src/core/llm/prompts/judge.ts';
import { Rng } from '../../src/core/random/rng.ts';
import { verdicts, type Verdict } from '../../src/core/rounds/verdict.ts';
import type { TrueCase } from './records.ts';

/** How an error looks: any other verdict alike, or in half of the cases the two sides mistaken for each other. */
export type ErrorShape = 'even' | 'swapped';

export type JudgeModel = {
  /** Share of right verdicts over both orders, the preference for a place included, of those that can be read. */
  readonly accuracy: number;
  /** Share of pairs on which the judge prefers the first answer in whichever order, as often as it is asked. */
  readonly bias: number;
  /**
   * Correlation of the errors of two votes on one pair: on this share of the pairs all votes of a judge are one and the same
   * draw, on the others each is its own. Of all models with this correlation between two votes it is the one in which a third
   * helps least.
   */
  readonly correlation: number;
  /** Correlation of the errors of two models, as a share of the correlation of one: on so many of the shared pairs the draw is theirs in common. */
  readonly between: number;
  readonly shape: ErrorShape;
};

/** A vote: the first judge in either order, its third vote, the second judge. */
export type Slot = 'LP' | 'PL' | 'third' | 'second';
const slots: readonly Slot[] = ['LP', 'PL', 'third', 'second'];
const unreadable = 0.01;

/** The uniform numbers behind every vote on one pair, the same for all settings: what differs between two is their settings. */
type Draws = { readonly shared: number; readonly common: number; readonly bias: readonly [number, number]; readonly latent: readonly [number, number]; readonly own: Readonly<Record<Slot, readonly [number, number, number]>> };

export function drawsOf(cases: readonly TrueCase[], seed: number): readonly Draws[] {
  return cases.map(({ verifyCase }) => {
    const rng = new Rng('votes', seed, verifyCase.sample.id, verifyCase.sample.labelHash);
    const two = (): readonly [number, number] => [rng.next(), rng.next()];
    const own = (): readonly [number, number, number] => [rng.next(), rng.next(), rng.next()];
    return { shared: rng.next(), common: rng.next(), bias: two(), latent: two(), own: { LP: own(), PL: own(), third: own(), second: own() } };
  });
}

export type Votes = Readonly<Record<Slot, (order: AnswerOrder) => Verdict | undefined>>;

/** The votes on each pair. Deterministic: a third vote is drawn once, whoever asks for it. */
export function simulateVotes(cases: readonly TrueCase[], draws: readonly Draws[], model: JudgeModel): readonly Votes[] {
  const accuracy = readingAccuracy(cases, model);
  return cases.map(({ truth }, i) => {
    const drawn = draws[i];
    if (drawn === undefined) throw new Error('draws are made for all cases');
    const latent = verdictBy(truth, accuracy, drawn.latent, model.shape);
    const isShared = drawn.shared < model.correlation;
    const vote = (slot: Slot) => (order: AnswerOrder): Verdict | undefined => {
      const [unread, error, pick] = drawn.own[slot];
      if (unread < unreadable) return undefined;
      if (drawn.bias[slot === 'second' ? 1 : 0] < model.bias) return order === 'LP' ? 'PRED_WRONG' : 'LABEL_WRONG';
      if (isShared && (slot !== 'second' || drawn.common < model.between)) return latent;
      return verdictBy(truth, accuracy, [error, pick], model.shape);
    };
    const [LP, PL, third, second] = slots.map(vote);
    if (!LP || !PL || !third || !second) throw new Error('four slots');
    return { LP, PL, third, second };
  });
}

/** Accuracy where the judge reads: what makes the stated one together with the luck of its preference. */
function readingAccuracy(cases: readonly TrueCase[], { accuracy, bias }: JudgeModel): number {
  const one = cases.filter(({ truth }) => truth === 'PRED_WRONG' || truth === 'LABEL_WRONG').length / Math.max(1, cases.length) / 2;
  return Math.min(1, (accuracy - bias * one) / (1 - bias));
}

const opposite: Readonly<Record<Verdict, Verdict>> = { PRED_WRONG: 'LABEL_WRONG', LABEL_WRONG: 'PRED_WRONG', BOTH_CORRECT: 'BOTH_WRONG', BOTH_WRONG: 'BOTH_CORRECT' };

function verdictBy(truth: Verdict, accuracy: number, [error, pick]: readonly [number, number], shape: ErrorShape): Verdict {
  if (error < accuracy) return truth;
  if (shape === 'swapped' && pick < 0.5) return opposite[truth];
  const others = verdicts.filter((verdict) => verdict !== truth);
  const share = shape === 'swapped' ? 2 * pick - 1 : pick;
  return others[Math.floor(share * others.length)] ?? truth;
}
