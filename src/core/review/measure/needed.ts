import { wilson } from '../../evaluation/wilson.ts';

/** Width of the 95 % interval that a sample of this size would have if the share stayed what it is. */
export function widthAt(share: number, n: number): number {
  const { low, high } = wilson(share * n, n);
  return high - low;
}

/** Largest sample that is thought of; nobody decides more. */
const most = 1_000_000;

/** The smallest sample whose interval is narrower than `width` at this share; undefined where none up to a million is. */
export function sizeFor(share: number, width: number): number | undefined {
  if (widthAt(share, most) >= width) return undefined;
  // The width falls with every decision, so that halving finds the first that is narrow enough.
  let [tooFew, enough] = [0, most];
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    if (widthAt(share, middle) < width) enough = middle;
    else tooFew = middle;
  }
  return enough;
}
