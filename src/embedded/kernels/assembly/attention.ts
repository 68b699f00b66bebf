// Causal attention over two key ranges per row: a shared prefix and the row's own segment.

import { axpy32, dot32, exp4, hsum } from './simd';

/**
 * out[t][head] = sum over keys j of softmax_j(scale q.k_j) v_j, keys in [r[0], r[1]) and [r[2], r[3]).
 * ranges: i32[t][4] in rows of kBase; offs: i32[t], where row t's weights start in `probs`, in floats
 * (heads x the number of keys rounded up to 4). `group` query heads share one key head. Head size 32.
 * One kernel serves plain sequences, answers over one prompt, and cached decoding.
 */
export function attention(
  q: usize, ldq: i32, kBase: usize, vBase: usize, ldkv: i32, out: usize, ldo: i32,
  probs: usize, offs: usize, ranges: usize, t: i32, heads: i32, group: i32, scale: f32,
): void {
  const kvs = <usize>ldkv << 2;
  for (let i = 0; i < t; i++) {
    const rg = ranges + (<usize>i << 4);
    const a0 = load<i32>(rg), a1 = load<i32>(rg, 4), b0 = load<i32>(rg, 8), b1 = load<i32>(rg, 12);
    const len = a1 - a0 + b1 - b0;
    const padded = (len + 3) & ~3;
    let pr = probs + (<usize>load<i32>(offs + (<usize>i << 2)) << 2);
    for (let h = 0; h < heads; h++) {
      const qh = q + (<usize>i * ldq << 2) + (<usize>h << 7);
      const ho = <usize>(h / group) << 7;
      let w = pr;
      let mx: f32 = -1e30;
      for (let part = 0; part < 2; part++) {
        const lo = part ? b0 : a0;
        const hi = part ? b1 : a1;
        let kp = kBase + <usize>lo * kvs + ho;
        for (let j = lo; j < hi; j++) {
          const s = dot32(qh, kp) * scale;
          store<f32>(w, s);
          mx = max<f32>(mx, s);
          w += 4;
          kp += kvs;
        }
      }
      for (let j = len; j < padded; j++) { store<f32>(w, -1e30); w += 4; }
      let sv = f32x4.splat(0);
      const mv = f32x4.splat(mx);
      for (let j = 0; j < padded; j += 4) {
        const o = pr + (<usize>j << 2);
        const e = exp4(f32x4.sub(v128.load(o), mv));
        v128.store(o, e);
        sv = f32x4.add(sv, e);
      }
      const inv = f32x4.splat(1.0 / hsum(sv));
      let c0 = f32x4.splat(0), c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0, c7 = c0;
      w = pr;
      for (let part = 0; part < 2; part++) {
        const lo = part ? b0 : a0;
        const hi = part ? b1 : a1;
        let vp = vBase + <usize>lo * kvs + ho;
        for (let j = lo; j < hi; j++) {
          const x = f32x4.mul(v128.load_splat<f32>(w), inv);
          store<f32>(w, f32x4.extract_lane(x, 0));
          c0 = f32x4.add(c0, f32x4.mul(x, v128.load(vp)));
          c1 = f32x4.add(c1, f32x4.mul(x, v128.load(vp, 16)));
          c2 = f32x4.add(c2, f32x4.mul(x, v128.load(vp, 32)));
          c3 = f32x4.add(c3, f32x4.mul(x, v128.load(vp, 48)));
          c4 = f32x4.add(c4, f32x4.mul(x, v128.load(vp, 64)));
          c5 = f32x4.add(c5, f32x4.mul(x, v128.load(vp, 80)));
          c6 = f32x4.add(c6, f32x4.mul(x, v128.load(vp, 96)));
          c7 = f32x4.add(c7, f32x4.mul(x, v128.load(vp, 112)));
          w += 4;
          vp += kvs;
        }
      }
      const o = out + (<usize>i * ldo << 2) + (<usize>h << 7);
      v128.store(o, c0); v128.store(o, c1, 16); v128.store(o, c2, 32); v128.store(o, c3, 48);
      v128.store(o, c4, 64); v128.store(o, c5, 80); v128.store(o, c6, 96); v128.store(o, c7, 112);
      pr += <usize>padded << 2;
    }
  }
}

/**
 * Gradient of `attention`, with the weights p that it left in `probs`: dv_j += p_j dout;
 * ds_j = p_j (dout.v_j - sum_i p_i dout.v_i) scale; dq += ds_j k_j; dk_j += ds_j q. `tmp` holds one row of dout.v_j.
 */
export function attentionBack(
  dout: usize, ldo: i32, q: usize, ldq: i32, kBase: usize, vBase: usize, ldkv: i32,
  dq: usize, dk: usize, dv: usize, probs: usize, offs: usize, ranges: usize, tmp: usize,
  t: i32, heads: i32, group: i32, scale: f32,
): void {
  const kvs = <usize>ldkv << 2;
  for (let i = 0; i < t; i++) {
    const rg = ranges + (<usize>i << 4);
    const a0 = load<i32>(rg), a1 = load<i32>(rg, 4), b0 = load<i32>(rg, 8), b1 = load<i32>(rg, 12);
    const len = a1 - a0 + b1 - b0;
    const padded = (len + 3) & ~3;
    let pr = probs + (<usize>load<i32>(offs + (<usize>i << 2)) << 2);
    for (let h = 0; h < heads; h++) {
      const qo = (<usize>i * ldq << 2) + (<usize>h << 7);
      const go = dout + (<usize>i * ldo << 2) + (<usize>h << 7);
      const ho = <usize>(h / group) << 7;
      let w = pr;
      let d = tmp;
      let sum: f32 = 0;
      for (let part = 0; part < 2; part++) {
        const lo = part ? b0 : a0;
        const hi = part ? b1 : a1;
        let off = <usize>lo * kvs + ho;
        for (let j = lo; j < hi; j++) {
          const p = load<f32>(w);
          const g = dot32(go, vBase + off);
          sum += p * g;
          store<f32>(d, g);
          axpy32(dv + off, go, f32x4.splat(p));
          w += 4;
          d += 4;
          off += kvs;
        }
      }
      w = pr;
      d = tmp;
      const qh = q + qo;
      let c0 = f32x4.splat(0), c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0, c7 = c0;
      for (let part = 0; part < 2; part++) {
        const lo = part ? b0 : a0;
        const hi = part ? b1 : a1;
        let off = <usize>lo * kvs + ho;
        for (let j = lo; j < hi; j++) {
          const x = f32x4.splat(load<f32>(w) * (load<f32>(d) - sum) * scale);
          const kp = kBase + off;
          c0 = f32x4.add(c0, f32x4.mul(x, v128.load(kp)));
          c1 = f32x4.add(c1, f32x4.mul(x, v128.load(kp, 16)));
          c2 = f32x4.add(c2, f32x4.mul(x, v128.load(kp, 32)));
          c3 = f32x4.add(c3, f32x4.mul(x, v128.load(kp, 48)));
          c4 = f32x4.add(c4, f32x4.mul(x, v128.load(kp, 64)));
          c5 = f32x4.add(c5, f32x4.mul(x, v128.load(kp, 80)));
          c6 = f32x4.add(c6, f32x4.mul(x, v128.load(kp, 96)));
          c7 = f32x4.add(c7, f32x4.mul(x, v128.load(kp, 112)));
          axpy32(dk + off, qh, x);
          w += 4;
          d += 4;
          off += kvs;
        }
      }
      const o = dq + qo;
      v128.store(o, f32x4.add(v128.load(o), c0)); v128.store(o, f32x4.add(v128.load(o, 16), c1), 16);
      v128.store(o, f32x4.add(v128.load(o, 32), c2), 32); v128.store(o, f32x4.add(v128.load(o, 48), c3), 48);
      v128.store(o, f32x4.add(v128.load(o, 64), c4), 64); v128.store(o, f32x4.add(v128.load(o, 80), c5), 80);
      v128.store(o, f32x4.add(v128.load(o, 96), c6), 96); v128.store(o, f32x4.add(v128.load(o, 112), c7), 112);
      pr += <usize>padded << 2;
    }
  }
}
