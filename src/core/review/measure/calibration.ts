import { Rng } from '../../random/rng.ts';
import type { Verdict } from '../../rounds/verdict.ts';
import type { Calibration } from '../decision.ts';
import type { QueueItem } from '../queue/queueItem.ts';

/** One verdict class: what one judge with one prompt gave this verdict. */
export type VerdictClass = { readonly verdict: Verdict; readonly judge: string; readonly promptVersion: string };

export type WantedSample = VerdictClass & {
  /** Fixed before the first decision; the whole class where it is smaller. */
  readonly size: number;
  readonly seed: number;
  /** The round that the pairs are of; undefined for a file of predictions. */
  readonly round: number | undefined;
};

export function isOfClass(item: QueueItem, { verdict, judge, promptVersion }: VerdictClass): boolean {
  return item.verdict === verdict && item.judge === judge && item.promptVersion === promptVersion;
}

/**
 * A simple random sample without replacement of one whole class, in random order: every subset of the size is equally likely,
 * and so is every beginning of a given length. Pairs that people decided before are drawn like all others: what a queue shows
 * first, and so is decided first, is no random part of the class, and a sample without it would not be one of the class. The
 * same seed draws the same pairs in whichever order the items come.
 */
export function drawCalibration(items: readonly QueueItem[], wanted: WantedSample): Omit<Calibration, 'v' | 'op' | 'id' | 'at' | 'by'> {
  const { verdict, judge, promptVersion, size, seed, round } = wanted;
  const members = items.filter((item) => isOfClass(item, wanted)).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const drawn = new Rng(seed, 'calibration', verdict, judge, promptVersion).shuffle(members).slice(0, size);
  const pairs = drawn.map(({ sampleId, labelHash }) => ({ sampleId, labelHash, ...(round === undefined ? {} : { round }) }));
  return { verdict, judge, promptVersion, population: members.length, seed, pairs };
}

/** A pair within one round, or one file. */
export function keyOf({ sampleId, labelHash }: { readonly sampleId: string; readonly labelHash: string }): string {
  return `${sampleId} ${labelHash}`;
}
