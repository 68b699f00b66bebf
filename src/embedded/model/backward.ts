import type { Engine } from './engine.ts';
import type { Tensor } from './layout.ts';

// The reverse of Engine.forwardLayers and Engine.logitsOf. Gradients are added to the block of one shard.

function gradient(e: Engine, shard: number, t: Tensor): number {
  const block = e.train.gradients[shard];
  if (block === undefined) throw new Error(`no gradient block for shard ${shard}`);
  return block + t.offset * 4;
}

/** dx[rows][t.cols] = dy[rows][t.rows] W */
function linearBack(e: Engine, dy: number, t: Tensor, dx: number, rows: number): void {
  e.k.gemm(dy, t.rows, e.train.packedBackward + t.offset * 4, dx, t.cols, rows, t.cols, t.rows, 0);
}

/** gradient(W) += dy^T x */
function weightGradient(e: Engine, shard: number, dy: number, x: number, t: Tensor, rows: number): void {
  const { tmpA, tmpB } = e.backward;
  e.k.transpose(dy, rows, t.rows, t.rows, tmpA, rows);
  e.k.pack(x, t.cols, 1, rows, t.cols, tmpB);
  e.k.gemm(tmpA, rows, tmpB, gradient(e, shard, t), t.cols, t.rows, t.cols, rows, 1);
}

/**
 * From the gradient by the first n rows of `logits` back to the states that they came from, which is added to `dx` at `rowIds`.
 * The tied matrix is taken in slices, as the transposed logits may exceed the block.
 */
export function logitsBackward(e: Engine, shard: number, n: number): void {
  const { config: c, k } = e;
  const b = e.backward;
  const step = Math.max(4, Math.floor(Math.floor(b.tmpFloats / Math.max(c.vocab, c.dim)) / 4) * 4);
  for (let i = 0; i < n; i += step) {
    weightGradient(e, shard, e.logits + i * c.vocab * 4, e.rowN + i * c.dim * 4, e.embed, Math.min(step, n - i));
  }
  linearBack(e, e.logits, e.embed, b.rowD, n);
  k.fill(b.dn, n * c.dim, 0);
  k.rmsNormBack(b.rowD, e.rowX, e.w(e.norm), e.rowInv, b.dn, gradient(e, shard, e.norm), n, c.dim);
  k.scatterAddRows(b.dx, e.rowIds, b.dn, n, c.dim);
}

/** From `dx`, the gradient by `hidden`, back through all layers and the embedding. Overwrites the activations. */
export function backwardLayers(e: Engine, shard: number, rows: number): void {
  const { config: c, k, layout } = e;
  const { dx, dn, dqkv, dact, datt, tmpRow } = e.backward;
  for (let l = c.layers - 1; l >= 0; l--) {
    const b = e.layers[l];
    const t = e.tensors[l];
    if (!b || !t) throw new Error(`no layer ${l}`);
    linearBack(e, dx, t.down, dact, rows);
    weightGradient(e, shard, dx, b.act, t.down, rows);
    k.swigluBack(b.gu, dact, rows, c.ffn);
    weightGradient(e, shard, b.gu, b.n2, t.gateUp, rows);
    linearBack(e, b.gu, t.gateUp, dn, rows);
    k.rmsNormBack(dn, b.x2, e.w(t.norm2), b.inv2, dx, gradient(e, shard, t.norm2), rows, c.dim);
    linearBack(e, dx, t.o, datt, rows);
    weightGradient(e, shard, dx, b.att, t.o, rows);
    k.fill(dqkv, rows * e.qkvDim, 0);
    const keys = b.qkv + e.qDim * 4;
    const dKeys = dqkv + e.qDim * 4;
    k.attentionBack(
      datt, e.qDim, b.qkv, e.qkvDim, keys, keys + e.kvDim * 4, e.qkvDim, dqkv, dKeys, dKeys + e.kvDim * 4,
      b.probs, e.offs, e.ranges, tmpRow, rows, c.heads, c.heads / c.kvHeads, e.scale,
    );
    k.rope(dqkv, e.qkvDim, c.heads + c.kvHeads, e.pos, layout.ropeCos, layout.ropeSin, rows, -1);
    weightGradient(e, shard, dqkv, b.n1, t.qkv, rows);
    linearBack(e, dqkv, t.qkv, dn, rows);
    k.rmsNormBack(dn, b.x, e.w(t.norm1), b.inv1, dx, gradient(e, shard, t.norm1), rows, c.dim);
  }
  k.scatterAddRows(gradient(e, shard, e.embed), e.ids, dx, rows, c.dim);
}
