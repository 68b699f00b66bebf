import type { Rng } from '../../../core/random/rng.ts';
import { argmax } from '../../training/draw.ts';

export type SamplerSettings = { readonly temperature: number; readonly topP: number; readonly topK: number };

/** Keeps the logarithm finite where a probability underflows. */
const SMALLEST = 1e-37;
/** Longer lists of likeliest tokens are sorted rather than kept by insertion. */
const INSERTED = 32;

/**
 * `values` holds a row of `count` probabilities from `offset`. One that is rounded to 1 is told by what the others leave: its
 * logarithm would be exactly zero, which is the mark of a server that does not report the model's own probabilities.
 */
export function logProbOf(values: Float32Array, offset: number, count: number, id: number): number {
  const p = values[offset + id] ?? 0;
  if (p < 1) return Math.log(Math.max(p, SMALLEST));
  let others = 0;
  for (let other = 0; other < count; other++) if (other !== id) others += values[offset + other] ?? 0;
  return Math.log1p(-Math.max(others, SMALLEST));
}

/** The `k` likeliest ids, best first. */
export function topIds(values: Float32Array, offset: number, count: number, k: number): number[] {
  if (k > INSERTED) return sortedIds(values, offset, count).slice(0, k);
  const best: number[] = [];
  for (let id = 0; id < count; id++) {
    const p = values[offset + id] ?? 0;
    if (best.length === k && p <= (values[offset + (best[k - 1] ?? 0)] ?? 0)) continue;
    let at = best.length;
    while (at > 0 && p > (values[offset + (best[at - 1] ?? 0)] ?? 0)) at--;
    best.splice(at, 0, id);
    if (best.length > k) best.pop();
  }
  return best;
}

function sortedIds(values: Float32Array, offset: number, count: number): number[] {
  return Array.from({ length: count }, (_, id) => id).sort((a, b) => (values[offset + b] ?? 0) - (values[offset + a] ?? 0) || a - b);
}

/** Draws an id: temperature first, then the top k, then the nucleus, as llama.cpp and vLLM order them in effect. */
export function drawToken(values: Float32Array, offset: number, count: number, settings: SamplerSettings, rng: Rng): number {
  if (settings.temperature <= 0) return argmax(values, offset, count);
  const limited = (settings.topK > 0 && settings.topK < count) || settings.topP < 1;
  const ids = limited ? topIds(values, offset, count, settings.topK > 0 ? Math.min(settings.topK, count) : count) : undefined;
  const size = ids?.length ?? count;
  const power = 1 / settings.temperature;
  // Scaled by the largest first, so that a low temperature does not underflow every weight.
  const largest = Math.max(values[offset + (ids?.[0] ?? argmax(values, offset, count))] ?? 0, SMALLEST);
  const weights = new Float64Array(size);
  let sum = 0;
  for (let i = 0; i < size; i++) {
    const p = (values[offset + (ids?.[i] ?? i)] ?? 0) / largest;
    const w = power === 1 ? p : p ** power;
    weights[i] = w;
    sum += w;
  }
  let kept = size;
  if (ids && settings.topP < 1) ({ kept, sum } = nucleus(weights, sum, settings.topP));
  const drawn = pick(weights, kept, rng.next() * sum);
  return ids?.[drawn] ?? drawn;
}

/** The shortest head of the sorted weights that holds `share` of their sum; at least one. */
function nucleus(weights: Float64Array, sum: number, share: number): { kept: number; sum: number } {
  let head = 0;
  for (let i = 0; i < weights.length; i++) {
    head += weights[i] ?? 0;
    if (head >= share * sum) return { kept: i + 1, sum: head };
  }
  return { kept: weights.length, sum: head };
}

function pick(weights: Float64Array, count: number, target: number): number {
  let sum = 0;
  let last = 0;
  for (let i = 0; i < count; i++) {
    const w = weights[i] ?? 0;
    if (w > 0) last = i;
    sum += w;
    if (target < sum) return i;
  }
  return last;
}
