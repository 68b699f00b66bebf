import type { Rng } from '../../core/random/rng.ts';

/** Index of the largest of n values from `at`; the first among equals. */
export function argmax(x: Float32Array, at: number, n: number): number {
  let best = 0;
  for (let i = 1; i < n; i++) if ((x[at + i] ?? 0) > (x[at + best] ?? 0)) best = i;
  return best;
}

/** `count` draws from n probabilities at `at`, as [token, how often] by token, in one walk over sorted uniforms. */
export function drawMany(x: Float32Array, at: number, n: number, count: number, rng: Rng): (readonly [number, number])[] {
  const uniforms = Float64Array.from({ length: count }, () => rng.next()).sort();
  const out: (readonly [number, number])[] = [];
  let cumulated = 0;
  let u = 0;
  let lastPositive = 0;
  for (let i = 0; i < n && u < count; i++) {
    const p = x[at + i] ?? 0;
    if (p > 0) lastPositive = i;
    cumulated += p;
    const before = u;
    while (u < count && (uniforms[u] ?? 1) < cumulated) u++;
    if (u > before) out.push([i, u - before]);
  }
  if (u === count) return out;
  // Rounding can leave the sum a little below 1; what is left belongs to the last token that has a probability.
  const tail = out[out.length - 1];
  if (tail?.[0] === lastPositive) out[out.length - 1] = [lastPositive, tail[1] + count - u];
  else out.push([lastPositive, count - u]);
  return out;
}
