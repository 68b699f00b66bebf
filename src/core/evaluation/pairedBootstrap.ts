import type { Rng } from '../random/rng.ts';
import type { Interval } from './wilson.ts';

/** One item measured twice: right (1) or wrong (0), or any score. */
export type Pair = { readonly before: number; readonly after: number };

/**
 * Percentile interval of the mean difference after − before, resampled on two levels: runs (seeds of an experiment), and
 * items. `items: 'shared'` says that item i is the same in every run, so that one draw of items serves all runs of a
 * replicate; `'own'` draws them for each run. One run alone is the plain paired bootstrap over its items.
 */
export function pairedBootstrap(
  runs: readonly (readonly Pair[])[],
  options: { readonly rng: Rng; readonly items?: 'shared' | 'own'; readonly resamples?: number; readonly level?: number },
): Interval {
  const { rng, items = 'shared', resamples = 2000, level = 0.95 } = options;
  const differences = runs.filter((run) => run.length > 0).map((run) => Float64Array.from(run, ({ before, after }) => after - before));
  const [first] = differences;
  if (first === undefined) return { value: 0, low: 0, high: 0 };
  if (items === 'shared' && differences.some((run) => run.length !== first.length)) throw new RangeError('runs that share their items must have the same number of them');
  const replicates = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    const drawn = items === 'shared' ? drawIndices(first.length, rng) : undefined;
    let sum = 0;
    for (let s = 0; s < differences.length; s++) {
      const run = differences[differences.length === 1 ? 0 : rng.int(differences.length)] ?? first;
      sum += meanOf(run, drawn ?? drawIndices(run.length, rng));
    }
    replicates[r] = sum / differences.length;
  }
  replicates.sort();
  const tail = (1 - level) / 2;
  const value = differences.reduce((sum, run) => sum + run.reduce((a, b) => a + b, 0) / run.length, 0) / differences.length;
  return { value, low: quantile(replicates, tail), high: quantile(replicates, 1 - tail) };
}

function drawIndices(n: number, rng: Rng): Uint32Array {
  const indices = new Uint32Array(n);
  for (let i = 0; i < n; i++) indices[i] = rng.int(n);
  return indices;
}

function meanOf(values: Float64Array, indices: Uint32Array): number {
  let sum = 0;
  for (const index of indices) sum += values[index] ?? 0;
  return sum / indices.length;
}

/** Linear between the two nearest order statistics. */
function quantile(sorted: Float64Array, q: number): number {
  const at = q * (sorted.length - 1);
  const low = Math.floor(at);
  const below = sorted[low] ?? 0;
  return below + ((sorted[Math.min(low + 1, sorted.length - 1)] ?? below) - below) * (at - low);
}
