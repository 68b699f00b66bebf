// SwiGLU: out = silu(gate) up, silu(x) = x sigmoid(x).

import { exp4 } from './simd';

/** gu[t][2f] = [gate | up]; out[t][f]. */
export function swiglu(gu: usize, out: usize, t: i32, f: i32): void {
  const one = f32x4.splat(1);
  for (let i = 0; i < t; i++) {
    const g = gu + (<usize>i * f << 3);
    const u = g + (<usize>f << 2);
    const o = out + (<usize>i * f << 2);
    for (let j = 0; j < f; j += 4) {
      const b = <usize>j << 2;
      const x = v128.load(g + b);
      const s = f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(x))));
      v128.store(o + b, f32x4.mul(f32x4.mul(x, s), v128.load(u + b)));
    }
  }
}

/** Overwrites gu with its gradient: dgate = dout up s (1 + gate (1 - s)), dup = dout silu(gate), s = sigmoid(gate). */
export function swigluBack(gu: usize, dout: usize, t: i32, f: i32): void {
  const one = f32x4.splat(1);
  for (let i = 0; i < t; i++) {
    const g = gu + (<usize>i * f << 3);
    const u = g + (<usize>f << 2);
    const o = dout + (<usize>i * f << 2);
    for (let j = 0; j < f; j += 4) {
      const b = <usize>j << 2;
      const x = v128.load(g + b);
      const s = f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(x))));
      const d = v128.load(o + b);
      const silu = f32x4.mul(x, s);
      const ds = f32x4.add(s, f32x4.mul(silu, f32x4.sub(one, s)));
      v128.store(g + b, f32x4.mul(f32x4.mul(d, v128.load(u + b)), ds));
      v128.store(u + b, f32x4.mul(d, silu));
    }
  }
}
