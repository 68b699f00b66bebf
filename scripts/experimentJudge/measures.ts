import { Rng } from '../../src/core/random/rng.ts';
import type { Ruled } from './protocols.ts';
import type { TrueCase } from './records.ts';

/** What a protocol did with the cases of one seed, one number for each case. */
export type Outcomes = { readonly wrong: Float64Array; readonly kept: Float64Array; readonly destroyed: Float64Array; readonly calls: Float64Array };
export type Measure = keyof Outcomes;

export function outcomesOf(cases: readonly TrueCase[], ruled: readonly Ruled[]): Outcomes {
  const [wrong, kept, destroyed, calls] = [0, 1, 2, 3].map(() => new Float64Array(cases.length)) as [Float64Array, Float64Array, Float64Array, Float64Array]; // four, see the list
  cases.forEach(({ truth }, i) => {
    const { action, calls: asked } = ruled[i] ?? { action: 'drop', calls: 0 };
    const labelRight = truth === 'PRED_WRONG' || truth === 'BOTH_CORRECT';
    const predictionRight = truth === 'LABEL_WRONG' || truth === 'BOTH_CORRECT';
    calls[i] = asked;
    if (action === 'drop') return;
    kept[i] = 1;
    wrong[i] = Number(action === 'keep' ? !labelRight : !predictionRight);
    destroyed[i] = Number(action === 'replace' && labelRight && !predictionRight);
  });
  return { wrong, kept, destroyed, calls };
}

export type Figure = { readonly value: number; readonly low: number; readonly high: number };

const resamples = 400;

/** Sum of one protocol over the sum of another, or over the number of cases, with a 95 % bootstrap interval: seeds are drawn anew, and cases within each. */
export function ratio(of: readonly Outcomes[], to: readonly Outcomes[] | undefined, measure: Measure): Figure {
  const rng = new Rng('bootstrap', measure);
  const value = once(of, to, measure, (n) => n, undefined);
  const drawn = Array.from({ length: resamples }, () => once(of, to, measure, () => rng.int(of.length), rng)).sort((a, b) => a - b);
  return { value, low: drawn[Math.floor(0.025 * resamples)] ?? value, high: drawn[Math.floor(0.975 * resamples)] ?? value };
}

function once(of: readonly Outcomes[], to: readonly Outcomes[] | undefined, measure: Measure, seedAt: (n: number) => number, rng: Rng | undefined): number {
  let [above, below] = [0, 0];
  for (let s = 0; s < of.length; s++) {
    const seed = seedAt(s);
    const [mine, theirs] = [of[seed]?.[measure], to?.[seed]?.[measure]];
    if (mine === undefined) continue;
    for (let i = 0; i < mine.length; i++) {
      const at = rng === undefined ? i : rng.int(mine.length);
      above += mine[at] ?? 0;
      below += theirs === undefined ? 1 : (theirs[at] ?? 0);
    }
  }
  return below === 0 ? 0 : above / below;
}
