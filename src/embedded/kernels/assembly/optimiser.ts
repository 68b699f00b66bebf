// AdamW (Loshchilov and Hutter, 2019).

/**
 * On n values: g' = gscale g; m = b1 m + (1 - b1) g'; v = b2 v + (1 - b2) g'^2;
 * w = (1 - lr decay) w - lr (m / c1) / (sqrt(v / c2) + eps), c = 1 - b^t. The gradient is cleared.
 */
export function adamw(
  w: usize, g: usize, m: usize, v: usize, n: i32, lr: f32, b1: f32, b2: f32, eps: f32, decay: f32, gscale: f32, c1: f32, c2: f32,
): void {
  const gs = f32x4.splat(gscale), vb1 = f32x4.splat(b1), vb2 = f32x4.splat(b2);
  const n1 = f32x4.splat(1 - b1), n2 = f32x4.splat(1 - b2);
  const i1 = f32x4.splat(1 / c1), i2 = f32x4.splat(1 / c2);
  const ve = f32x4.splat(eps), keep = f32x4.splat(1 - lr * decay), vlr = f32x4.splat(lr), zero = f32x4.splat(0);
  for (let i = 0; i < n; i += 4) {
    const o = <usize>i << 2;
    const gr = f32x4.mul(v128.load(g + o), gs);
    const mm = f32x4.add(f32x4.mul(v128.load(m + o), vb1), f32x4.mul(gr, n1));
    const vv = f32x4.add(f32x4.mul(v128.load(v + o), vb2), f32x4.mul(f32x4.mul(gr, gr), n2));
    v128.store(m + o, mm);
    v128.store(v + o, vv);
    const upd = f32x4.div(f32x4.mul(mm, i1), f32x4.add(f32x4.sqrt(f32x4.mul(vv, i2)), ve));
    v128.store(w + o, f32x4.sub(f32x4.mul(v128.load(w + o), keep), f32x4.mul(vlr, upd)));
    v128.store(g + o, zero);
  }
}
