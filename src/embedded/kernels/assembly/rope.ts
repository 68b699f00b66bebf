// Rotary position embedding in the pair order of GGUF "llama" models: neighbours (2i, 2i + 1) turn together.

/**
 * Turns `heads` heads of 32 in each of t rows (row length ld) in place by the angle of the row's position:
 * (a, b) -> (a cos - b sin, a sin + b cos). Tables are [position][32]: cos = c0 c0 c1 c1 ..., sin = -s0 s0 -s1 s1 ...
 * sign -1 turns back, which is the gradient.
 */
export function rope(x: usize, ld: i32, heads: i32, pos: usize, cosT: usize, sinT: usize, t: i32, sign: f32): void {
  const sg = f32x4.splat(sign);
  for (let i = 0; i < t; i++) {
    const p = <usize>load<i32>(pos + (<usize>i << 2)) << 7;
    const row = x + (<usize>i * ld << 2);
    for (let h = 0; h < heads; h++) {
      const q = row + (<usize>h << 7);
      for (let j: usize = 0; j < 128; j += 16) {
        const v = v128.load(q + j);
        const w = v128.shuffle<f32>(v, v, 1, 0, 3, 2);
        const s = f32x4.mul(v128.load(sinT + p + j), sg);
        v128.store(q + j, f32x4.add(f32x4.mul(v, v128.load(cosT + p + j)), f32x4.mul(w, s)));
      }
    }
  }
}
