// RMS norm: y = x r w with r = 1 / sqrt(mean(x^2) + eps).

import { hsum } from './simd';

/** out[t][d] = x r w; inv[t] keeps r for the backward pass. */
export function rmsNorm(x: usize, w: usize, out: usize, inv: usize, t: i32, d: i32, eps: f32): void {
  for (let i = 0; i < t; i++) {
    const xr = x + (<usize>i * d << 2);
    const or = out + (<usize>i * d << 2);
    let s = f32x4.splat(0);
    for (let j = 0; j < d; j += 4) {
      const v = v128.load(xr + (<usize>j << 2));
      s = f32x4.add(s, f32x4.mul(v, v));
    }
    const r: f32 = 1.0 / sqrt<f32>(hsum(s) / <f32>d + eps);
    store<f32>(inv + (<usize>i << 2), r);
    const rv = f32x4.splat(r);
    for (let j = 0; j < d; j += 4) {
      const o = <usize>j << 2;
      v128.store(or + o, f32x4.mul(f32x4.mul(v128.load(xr + o), rv), v128.load(w + o)));
    }
  }
}

/**
 * dx += r (dy w) - x r^3 / d * sum(dy w x) per row; dw += sum over rows of dy x r.
 * Both are added to, so that residual branches need no copy.
 */
export function rmsNormBack(dy: usize, x: usize, w: usize, inv: usize, dx: usize, dw: usize, t: i32, d: i32): void {
  for (let i = 0; i < t; i++) {
    const row = <usize>i * d << 2;
    const r = load<f32>(inv + (<usize>i << 2));
    const rv = f32x4.splat(r);
    let s = f32x4.splat(0);
    for (let j = 0; j < d; j += 4) {
      const o = <usize>j << 2;
      const g = v128.load(dy + row + o);
      const xv = v128.load(x + row + o);
      const gx = f32x4.mul(g, xv);
      s = f32x4.add(s, f32x4.mul(gx, v128.load(w + o)));
      v128.store(dw + o, f32x4.add(v128.load(dw + o), f32x4.mul(gx, rv)));
    }
    const c = f32x4.splat(-hsum(s) * r * r * r / <f32>d);
    for (let j = 0; j < d; j += 4) {
      const o = <usize>j << 2;
      const g = f32x4.mul(f32x4.mul(v128.load(dy + row + o), v128.load(w + o)), rv);
      const v = f32x4.add(g, f32x4.mul(v128.load(x + row + o), c));
      v128.store(dx + row + o, f32x4.add(v128.load(dx + row + o), v));
    }
  }
}
