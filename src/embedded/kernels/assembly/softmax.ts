// Softmax over the vocabulary and the gradient of the log-likelihood.

import { exp4, hsum } from './simd';

/**
 * Turns each of t rows of n logits into probabilities of x * invTemp.
 * stats[t][4] = maximum m, sum of e^(x - m), mean of (x - m) under the probabilities; entropy = log(sum) - mean.
 */
export function softmaxRows(x: usize, t: i32, n: i32, invTemp: f32, stats: usize): void {
  const it = f32x4.splat(invTemp);
  for (let i = 0; i < t; i++) {
    const row = x + (<usize>i * n << 2);
    let mv = f32x4.splat(-1e30);
    for (let j = 0; j < n; j += 4) {
      const o = row + (<usize>j << 2);
      const v = f32x4.mul(v128.load(o), it);
      v128.store(o, v);
      mv = f32x4.max(mv, v);
    }
    mv = f32x4.max(mv, v128.shuffle<f32>(mv, mv, 2, 3, 0, 1));
    const mx = max<f32>(f32x4.extract_lane(mv, 0), f32x4.extract_lane(mv, 1));
    const m4 = f32x4.splat(mx);
    let sv = f32x4.splat(0), ev = f32x4.splat(0);
    for (let j = 0; j < n; j += 4) {
      const o = row + (<usize>j << 2);
      const z = f32x4.sub(v128.load(o), m4);
      const e = exp4(z);
      v128.store(o, e);
      sv = f32x4.add(sv, e);
      ev = f32x4.add(ev, f32x4.mul(e, f32x4.max(z, f32x4.splat(-87.0))));
    }
    const sum = hsum(sv);
    const st = stats + (<usize>i << 4);
    store<f32>(st, mx);
    store<f32>(st, sum, 4);
    store<f32>(st, hsum(ev) / sum, 8);
    const inv = f32x4.splat(1.0 / sum);
    for (let j = 0; j < n; j += 4) {
      const o = row + (<usize>j << 2);
      v128.store(o, f32x4.mul(v128.load(o), inv));
    }
  }
}

/** Probabilities -> gradient of coefs[t] * -log p[targets[t]] by the logits: row = coef p, row[target] -= coef. */
export function crossEntropyBack(p: usize, targets: usize, coefs: usize, t: i32, n: i32): void {
  for (let i = 0; i < t; i++) {
    const row = p + (<usize>i * n << 2);
    const c = load<f32>(coefs + (<usize>i << 2));
    const cv = f32x4.splat(c);
    for (let j = 0; j < n; j += 4) {
      const o = row + (<usize>j << 2);
      v128.store(o, f32x4.mul(v128.load(o), cv));
    }
    const o = row + (<usize>load<i32>(targets + (<usize>i << 2)) << 2);
    store<f32>(o, load<f32>(o) - c);
  }
}
