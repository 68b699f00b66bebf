// Helpers that every kernel may inline. All of them work on four float32 lanes.

const LOG2E: f32 = 1.4426950408889634;
// ln 2 in two parts, so that x - n * ln 2 keeps its low bits.
const LN2_HI: f32 = 0.693359375;
const LN2_LO: f32 = -2.12194440e-4;

/**
 * e^x per lane: x = n ln 2 + r with |r| <= ln 2 / 2, a Taylor polynomial of degree 6 in r, and 2^n by the exponent bits.
 * The argument is clamped to [-87, 88], so a masked score (-1e30) becomes about 1e-38 and never a denormal or infinity.
 */
// @ts-ignore: decorator
@inline
export function exp4(x0: v128): v128 {
  let x = f32x4.min(f32x4.max(x0, f32x4.splat(-87.0)), f32x4.splat(88.0));
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(LOG2E)));
  x = f32x4.sub(x, f32x4.mul(n, f32x4.splat(LN2_HI)));
  x = f32x4.sub(x, f32x4.mul(n, f32x4.splat(LN2_LO)));
  let p = f32x4.splat(1.0 / 720.0);
  p = f32x4.add(f32x4.mul(p, x), f32x4.splat(1.0 / 120.0));
  p = f32x4.add(f32x4.mul(p, x), f32x4.splat(1.0 / 24.0));
  p = f32x4.add(f32x4.mul(p, x), f32x4.splat(1.0 / 6.0));
  p = f32x4.add(f32x4.mul(p, x), f32x4.splat(0.5));
  p = f32x4.add(f32x4.mul(p, x), f32x4.splat(1.0));
  p = f32x4.add(f32x4.mul(p, x), f32x4.splat(1.0));
  const e = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.mul(p, e);
}

/** Sum of the four lanes. */
// @ts-ignore: decorator
@inline
export function hsum(v: v128): f32 {
  const a = f32x4.add(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 1);
}

/** Inner product of two vectors of 32 floats: one head's query and key. */
// @ts-ignore: decorator
@inline
export function dot32(a: usize, b: usize): f32 {
  let s0 = f32x4.mul(v128.load(a), v128.load(b));
  let s1 = f32x4.mul(v128.load(a, 16), v128.load(b, 16));
  s0 = f32x4.add(s0, f32x4.mul(v128.load(a, 32), v128.load(b, 32)));
  s1 = f32x4.add(s1, f32x4.mul(v128.load(a, 48), v128.load(b, 48)));
  s0 = f32x4.add(s0, f32x4.mul(v128.load(a, 64), v128.load(b, 64)));
  s1 = f32x4.add(s1, f32x4.mul(v128.load(a, 80), v128.load(b, 80)));
  s0 = f32x4.add(s0, f32x4.mul(v128.load(a, 96), v128.load(b, 96)));
  s1 = f32x4.add(s1, f32x4.mul(v128.load(a, 112), v128.load(b, 112)));
  return hsum(f32x4.add(s0, s1));
}

/** y[0..32) += s * x[0..32), s in every lane. */
// @ts-ignore: decorator
@inline
export function axpy32(y: usize, x: usize, s: v128): void {
  for (let j: usize = 0; j < 128; j += 16) {
    v128.store(y + j, f32x4.add(v128.load(y + j), f32x4.mul(s, v128.load(x + j))));
  }
}
