import type { Engine } from '../model/engine.ts';
import type { Tensor } from '../model/layout.ts';
import { muonStep } from './muon.ts';

/** One optimiser step. `muon` is for supervised training; its update sizes match AdamW's, so one learning rate serves both. */
export type OptimiserSettings = {
  readonly optimiser: 'adamw' | 'muon';
  readonly learningRate: number;
  /** Decoupled weight decay; gains (one-row tensors) have none. */
  readonly decay: number;
  readonly gradientScale: number;
  /** Updates so far, this one included: for the bias corrections. */
  readonly step: number;
};

const BETA1 = 0.9;
const BETA2 = 0.98;
const EPSILON = 1e-8;

// Every tensor has one owner among the threads; these functions touch the tensors of the engine's own thread only.

function owned(e: Engine): { tensor: Tensor; index: number }[] {
  return e.layout.tensors.map((tensor, index) => ({ tensor, index })).filter(({ tensor }) => tensor.owner === e.thread);
}

/** Packs weights for the forward pass, and for the backward pass where there is one. */
export function packOwned(e: Engine): void {
  const { layout, k } = e;
  for (const { tensor: t } of owned(e)) {
    if (t.rows === 1) continue;
    const o = t.offset * 4;
    k.pack(layout.weights + o, 1, t.cols, t.cols, t.rows, layout.packedForward + o);
    if (layout.train) k.pack(layout.weights + o, t.cols, 1, t.rows, t.cols, layout.train.packedBackward + o);
  }
}

/** Sums the shards' gradients into the first block, shard by shard; returns each tensor's sum of squares with its index. */
export function reduceOwned(e: Engine): { readonly tensor: number; readonly sumSquares: number }[] {
  const [g0 = 0, ...others] = e.train.gradients;
  return owned(e).map(({ tensor: t, index }) => {
    const n = t.rows * t.cols;
    for (const block of others) {
      const g = block + t.offset * 4;
      e.k.add(g0 + t.offset * 4, g, n);
      e.k.fill(g, n, 0);
    }
    return { tensor: index, sumSquares: e.k.sumSquares(g0 + t.offset * 4, n) };
  });
}

/** Updates the weights from the first gradient block, clears it, and packs the weights again. */
export function updateOwned(e: Engine, s: OptimiserSettings): void {
  for (const { tensor: t } of owned(e)) {
    const decay = t.rows === 1 ? 0 : s.decay;
    if (s.optimiser === 'muon' && t.rows > 1 && t.name !== 'embed') muonStep(e, t, s);
    else adamStep(e, t, { ...s, decay });
  }
  packOwned(e);
}

function adamStep(e: Engine, t: Tensor, s: OptimiserSettings): void {
  const { train, layout } = e;
  const o = t.offset * 4;
  e.k.adamw(
    layout.weights + o, (train.gradients[0] ?? 0) + o, train.momentum + o, train.variance + o, t.rows * t.cols, s.learningRate, BETA1, BETA2, EPSILON,
    s.decay, s.gradientScale, 1 - BETA1 ** s.step, 1 - BETA2 ** s.step,
  );
}
