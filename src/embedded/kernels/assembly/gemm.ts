// Matrix products: Y = X W^T over operands that are packed into panels of 8 columns.

/** Packs a [k][n] operand (strides in elements) into panels of 8 columns: dst[n / 8][k][8]. n is a multiple of 8. */
export function pack(src: usize, strideK: i32, strideN: i32, k: i32, n: i32, dst: usize): void {
  const sk = (<usize>strideK) << 2;
  const sn = (<usize>strideN) << 2;
  for (let j = 0; j < n; j += 8) {
    const base = src + <usize>j * sn;
    if (strideN == 1) {
      for (let i = 0; i < k; i++) {
        const s = base + <usize>i * sk;
        v128.store(dst, v128.load(s));
        v128.store(dst, v128.load(s, 16), 16);
        dst += 32;
      }
    } else {
      for (let i = 0; i < k; i++) {
        const s = base + <usize>i * sk;
        store<f32>(dst, load<f32>(s));
        store<f32>(dst, load<f32>(s + sn), 4);
        store<f32>(dst, load<f32>(s + 2 * sn), 8);
        store<f32>(dst, load<f32>(s + 3 * sn), 12);
        store<f32>(dst, load<f32>(s + 4 * sn), 16);
        store<f32>(dst, load<f32>(s + 5 * sn), 20);
        store<f32>(dst, load<f32>(s + 6 * sn), 24);
        store<f32>(dst, load<f32>(s + 7 * sn), 28);
        dst += 32;
      }
    }
  }
}

/** dst[c][r] = src[r][c] for a [rows][cols] matrix; makes the left operand of a weight gradient contiguous. cols is a multiple of 4. */
export function transpose(src: usize, rows: i32, cols: i32, ld: i32, dst: usize, ldd: i32): void {
  const rs = (<usize>ld) << 2;
  const ds = (<usize>ldd) << 2;
  let r = 0;
  for (; r + 4 <= rows; r += 4) {
    const s = src + <usize>r * rs;
    for (let c = 0; c < cols; c += 4) {
      const o = <usize>c << 2;
      const a = v128.load(s + o);
      const b = v128.load(s + rs + o);
      const d = v128.load(s + 2 * rs + o);
      const e = v128.load(s + 3 * rs + o);
      const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
      const ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
      const de0 = v128.shuffle<f32>(d, e, 0, 4, 1, 5);
      const de1 = v128.shuffle<f32>(d, e, 2, 6, 3, 7);
      const t = dst + <usize>c * ds + (<usize>r << 2);
      v128.store(t, v128.shuffle<f32>(ab0, de0, 0, 1, 4, 5));
      v128.store(t + ds, v128.shuffle<f32>(ab0, de0, 2, 3, 6, 7));
      v128.store(t + 2 * ds, v128.shuffle<f32>(ab1, de1, 0, 1, 4, 5));
      v128.store(t + 3 * ds, v128.shuffle<f32>(ab1, de1, 2, 3, 6, 7));
    }
  }
  for (; r < rows; r++) {
    for (let c = 0; c < cols; c++) {
      store<f32>(dst + <usize>c * ds + (<usize>r << 2), load<f32>(src + <usize>r * rs + (<usize>c << 2)));
    }
  }
}

/**
 * C[m][n] (+)= A[m][k] B[k][n], B packed by `pack`; lda and ldc in elements; n a multiple of 8.
 * Every element of C is summed over k in order, whatever m is: a row has the same bits alone and in a batch.
 */
export function gemm(a: usize, lda: i32, bp: usize, c: usize, ldc: i32, m: i32, n: i32, k: i32, accumulate: i32): void {
  const as = (<usize>lda) << 2;
  const cs = (<usize>ldc) << 2;
  const zero = f32x4.splat(0);
  for (let j = 0; j < n; j += 8) {
    const panel = bp + (<usize>j * <usize>k << 2);
    let i = 0;
    for (; i + 4 <= m; i += 4) {
      let c00 = zero, c01 = zero, c10 = zero, c11 = zero, c20 = zero, c21 = zero, c30 = zero, c31 = zero;
      let p0 = a + <usize>i * as;
      let p1 = p0 + as;
      let p2 = p1 + as;
      let p3 = p2 + as;
      let b = panel;
      const end = panel + (<usize>k << 5);
      while (b < end) {
        const b0 = v128.load(b);
        const b1 = v128.load(b, 16);
        let x = v128.load_splat<f32>(p0);
        c00 = f32x4.add(c00, f32x4.mul(x, b0));
        c01 = f32x4.add(c01, f32x4.mul(x, b1));
        x = v128.load_splat<f32>(p1);
        c10 = f32x4.add(c10, f32x4.mul(x, b0));
        c11 = f32x4.add(c11, f32x4.mul(x, b1));
        x = v128.load_splat<f32>(p2);
        c20 = f32x4.add(c20, f32x4.mul(x, b0));
        c21 = f32x4.add(c21, f32x4.mul(x, b1));
        x = v128.load_splat<f32>(p3);
        c30 = f32x4.add(c30, f32x4.mul(x, b0));
        c31 = f32x4.add(c31, f32x4.mul(x, b1));
        p0 += 4; p1 += 4; p2 += 4; p3 += 4;
        b += 32;
      }
      const o0 = c + <usize>i * cs + (<usize>j << 2);
      const o1 = o0 + cs;
      const o2 = o1 + cs;
      const o3 = o2 + cs;
      if (accumulate) {
        c00 = f32x4.add(c00, v128.load(o0)); c01 = f32x4.add(c01, v128.load(o0, 16));
        c10 = f32x4.add(c10, v128.load(o1)); c11 = f32x4.add(c11, v128.load(o1, 16));
        c20 = f32x4.add(c20, v128.load(o2)); c21 = f32x4.add(c21, v128.load(o2, 16));
        c30 = f32x4.add(c30, v128.load(o3)); c31 = f32x4.add(c31, v128.load(o3, 16));
      }
      v128.store(o0, c00); v128.store(o0, c01, 16);
      v128.store(o1, c10); v128.store(o1, c11, 16);
      v128.store(o2, c20); v128.store(o2, c21, 16);
      v128.store(o3, c30); v128.store(o3, c31, 16);
    }
    for (; i < m; i++) {
      let c0 = zero, c1 = zero;
      let p = a + <usize>i * as;
      let b = panel;
      const end = panel + (<usize>k << 5);
      while (b < end) {
        const x = v128.load_splat<f32>(p);
        c0 = f32x4.add(c0, f32x4.mul(x, v128.load(b)));
        c1 = f32x4.add(c1, f32x4.mul(x, v128.load(b, 16)));
        p += 4;
        b += 32;
      }
      const o = c + <usize>i * cs + (<usize>j << 2);
      if (accumulate) {
        c0 = f32x4.add(c0, v128.load(o));
        c1 = f32x4.add(c1, v128.load(o, 16));
      }
      v128.store(o, c0);
      v128.store(o, c1, 16);
    }
  }
}
