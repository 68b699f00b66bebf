import type { Occurrence, Sample, SampleOrigin } from '../../core/dataset/sample.ts';
import type { QueueItem } from '../../core/review/queue/queueItem.ts';
import type { ProbeOutcome } from '../../core/rounds/journalEntries.ts';
import type { FinalVerdict } from '../../core/rounds/verdict.ts';
import type { Comparison } from '../../core/toolcall/difference.ts';
import type { Prediction } from '../../core/toolcall/prediction.ts';

/** One vote of a judge, or the reason of a pre-check (order `none`). */
export type ReviewVote = {
  readonly order: 'LP' | 'PL' | 'none';
  /** Asked where the first two left the label open. */
  readonly third?: true;
  readonly verdict: string;
  readonly judge: string;
  readonly promptVersion: string;
  readonly simulated: boolean;
  readonly analysis: string;
  readonly approach: string;
  readonly error?: string;
};

export type ReviewJudgement = {
  readonly verdict: FinalVerdict;
  readonly votes: readonly ReviewVote[];
  readonly agreeing: number;
  readonly simulated: boolean;
  /** The loop has put the prediction in the place of the label in the next set. */
  readonly replaced: boolean;
  /** Why it did not, where the verdict is LABEL_WRONG. */
  readonly refused?: string;
};

/** A pair of a label and a prediction, whole, with all that a person needs to rule on it. */
export type ReviewPair = {
  readonly sample: Sample;
  readonly origin: SampleOrigin | 'file';
  readonly parents: readonly string[];
  readonly occurrence: Occurrence | undefined;
  readonly prediction: Prediction;
  /** The answer as it came, reasoning included; undefined where the source does not hold it. */
  readonly reply: string | undefined;
  readonly outcome: ProbeOutcome;
  readonly comparison: Comparison | undefined;
  readonly ppl: number | undefined;
  readonly judgement: ReviewJudgement | undefined;
  /** The row or rows that the pair was read from, for the raw view, as text. */
  readonly raw: string;
};

/** Where the pairs of a review come from: a round, or any file of predictions. */
export interface ReviewSource {
  /** Of a round its number. */
  readonly round: number | undefined;
  /** Of a file of predictions its path, relative to the project's folder where it lies in it. */
  readonly predictions: string | undefined;
  /** Name for people: `Round 2`, or the name of the file. */
  readonly title: string;
  /** All pairs, distinct by sample. The same array while nothing changed; throws LoopToolError where the source cannot be read. */
  items(): Promise<readonly QueueItem[]>;
  /** While `items` gives only the pairs that were read so far: how many are still to be read. */
  readonly unread?: number;
  /** Resolves when all pairs are read, with what the rules say of them; then `items` gives another array where there is more. */
  settled?(): Promise<void>;
  /** Undefined where the sample is gone. */
  pair(sampleId: string): Promise<ReviewPair | undefined>;
  /** What could not be read, in words with a place; as of the last `items`. */
  readonly warnings: readonly string[];
  dispose(): void;
}
