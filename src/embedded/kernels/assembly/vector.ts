// Element-wise kernels and row moves. n and d are multiples of 4.

import { hsum } from './simd';

/** p[0..n) = v */
export function fill(p: usize, n: i32, v: f32): void {
  const x = f32x4.splat(v);
  for (let i = 0; i < n; i += 4) v128.store(p + (<usize>i << 2), x);
}

/** y += x */
export function add(y: usize, x: usize, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const o = <usize>i << 2;
    v128.store(y + o, f32x4.add(v128.load(y + o), v128.load(x + o)));
  }
}

/** y = a x + b y */
export function scaleAdd(y: usize, x: usize, a: f32, b: f32, n: i32): void {
  const av = f32x4.splat(a), bv = f32x4.splat(b);
  for (let i = 0; i < n; i += 4) {
    const o = <usize>i << 2;
    v128.store(y + o, f32x4.add(f32x4.mul(av, v128.load(x + o)), f32x4.mul(bv, v128.load(y + o))));
  }
}

/** Sum of squares in float64, over blocks of 256 that are summed in float32. */
export function sumSquares(p: usize, n: i32): f64 {
  let total: f64 = 0;
  let i = 0;
  while (i < n) {
    let s = f32x4.splat(0);
    const stop = min(n, i + 256);
    for (; i < stop; i += 4) {
      const v = v128.load(p + (<usize>i << 2));
      s = f32x4.add(s, f32x4.mul(v, v));
    }
    total += <f64>hsum(s);
  }
  return total;
}

/** out[i] = table[ids[i]] for rows of width d; the embedding look-up. */
export function gatherRows(table: usize, ids: usize, out: usize, t: i32, d: i32): void {
  for (let i = 0; i < t; i++) {
    memory.copy(out + (<usize>i * d << 2), table + (<usize>load<i32>(ids + (<usize>i << 2)) * d << 2), <usize>d << 2);
  }
}

/** table[ids[i]] += x[i] for rows of width d; the gradient of `gatherRows`. */
export function scatterAddRows(table: usize, ids: usize, x: usize, t: i32, d: i32): void {
  for (let i = 0; i < t; i++) {
    add(table + (<usize>load<i32>(ids + (<usize>i << 2)) * d << 2), x + (<usize>i * d << 2), d);
  }
}
