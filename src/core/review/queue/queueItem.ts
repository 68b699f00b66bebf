import type { SampleOrigin } from '../../dataset/sample.ts';
import type { ProbeOutcome } from '../../rounds/journalEntries.ts';
import type { FinalVerdict } from '../../rounds/verdict.ts';
import type { differenceKinds } from '../../toolcall/difference.ts';

/** What differs between the sides: a kind of the comparer, or the outcome where the prediction is no complete answer. */
export type ErrorKind = (typeof differenceKinds)[number] | 'truncated' | 'invalid' | 'empty';

/**
 * One pair of a label and a prediction, as short as a queue of 50,000 needs it: what filters, orders and groups look at. The
 * pair itself stays on the disk.
 */
export type QueueItem = {
  readonly sampleId: string;
  readonly labelHash: string;
  /** Label hash of the prediction; undefined where it is no complete answer. */
  readonly predictionHash: string | undefined;
  readonly family: string;
  readonly origin: SampleOrigin | 'file';
  readonly file: string | undefined;
  /** 0-based record; with `file` the order of the file. */
  readonly record: number | undefined;
  readonly outcome: ProbeOutcome;
  readonly ppl: number | undefined;
  /** Names of the tools that either side calls, distinct. */
  readonly tools: readonly string[];
  readonly kinds: readonly ErrorKind[];
  /** Equal for pairs that differ in the same way: same tools, same arguments, same kinds of difference. See `differenceShape`. */
  readonly shape: string;
  /** Ids of rules with a finding on either side, distinct. */
  readonly rules: readonly string[];
  /** Undefined where nobody judged the pair. */
  readonly verdict: FinalVerdict | undefined;
  readonly judge: string | undefined;
  readonly promptVersion: string | undefined;
  readonly votes: number;
  readonly agreeing: number;
  /** Rows of the next set that stem from the sample: itself and its expansions; 1 where it is not known. */
  readonly weight: number;
  /** Lower-case text that a search looks through: the last request, calls of both sides; cut after some hundred characters. */
  readonly text: string;
};
