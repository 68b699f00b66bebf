import type { Engine } from '../model/engine.ts';
import type { Tensor } from '../model/layout.ts';

const MOMENTUM = 0.95;
/** Quintic Newton-Schulz iteration of Muon (Jordan et al., 2024): X <- a X + (b G + c G^2) X, G = X X^T. */
const [A, B, C] = [3.4445, -4.775, 2.0315];
const ITERATIONS = 5;
/** Makes the root mean square of an update about that of AdamW. */
const UPDATE_SCALE = 0.2;

/** Muon on one hidden matrix: Nesterov momentum, then the nearest orthogonal matrix. Fused matrices are taken part by part. Clears the gradient. */
export function muonStep(e: Engine, t: Tensor, s: { readonly learningRate: number; readonly decay: number }): void {
  const { k, train, config } = e;
  const o = t.offset * 4;
  const n = t.rows * t.cols;
  const g = (train.gradients[0] ?? 0) + o;
  k.scaleAdd(train.momentum + o, g, 1, MOMENTUM, n);
  k.scaleAdd(g, train.momentum + o, MOMENTUM, 1, n);
  const parts = t.name.endsWith('.qkv') ? [e.qDim, e.kvDim, e.kvDim] : t.name.endsWith('.gateUp') ? [config.ffn, config.ffn] : [t.rows];
  let row = 0;
  for (const rows of parts) {
    const at = row * t.cols * 4;
    orthogonalStep(e, e.w(t) + at, g + at, rows, t.cols, s);
    row += rows;
  }
  k.fill(g, n, 0);
}

function orthogonalStep(e: Engine, w: number, g: number, rows: number, cols: number, s: { readonly learningRate: number; readonly decay: number }): void {
  const { k } = e;
  const { tmpA, tmpB } = e.backward;
  const n = rows * cols;
  const r = Math.min(rows, cols);
  const c = Math.max(rows, cols);
  const x = tmpA;
  const gram = x + n * 4;
  const square = gram + r * r * 4;
  const y = square + r * r * 4;
  const norm = Math.sqrt(k.sumSquares(g, n)) + 1e-12;
  if (rows > cols) k.transpose(g, rows, cols, cols, x, rows);
  else e.f32.copyWithin(x >> 2, g >> 2, (g >> 2) + n);
  k.scaleAdd(x, x, 1 / norm, 0, n);
  for (let i = 0; i < ITERATIONS; i++) {
    k.pack(x, 1, c, c, r, tmpB);
    k.gemm(x, c, tmpB, gram, r, r, r, c, 0);
    k.pack(gram, r, 1, r, r, tmpB);
    k.gemm(gram, r, tmpB, square, r, r, r, r, 0);
    k.scaleAdd(square, gram, B, C, r * r);
    k.pack(x, c, 1, r, c, tmpB);
    k.gemm(square, r, tmpB, y, c, r, c, r, 0);
    k.scaleAdd(x, y, 1, A, n);
  }
  const scale = -s.learningRate * UPDATE_SCALE * Math.sqrt(c);
  const keep = 1 - s.learningRate * s.decay;
  if (rows > cols) {
    k.transpose(x, cols, rows, rows, y, cols);
    k.scaleAdd(w, y, scale, keep, n);
  } else k.scaleAdd(w, x, scale, keep, n);
}
