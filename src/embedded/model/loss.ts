import { backwardLayers, logitsBackward } from './backward.ts';
import { passes, placeBatch, type PredictedRow } from './batchPlacement.ts';
import type { Engine } from './engine.ts';
import type { Sequence } from './sequence.ts';

/** Sums over the predicted rows of a batch. */
export type LossStats = {
  readonly loss: number;
  readonly rows: number;
  /** Rows of the policy loss, and how many of them the clip has stopped. */
  readonly ratioRows: number;
  readonly clipped: number;
  readonly entropy: number;
  /** Rows computed, prefixes included. */
  readonly tokens: number;
  /** Rows without a policy loss whose target is the most likely token. */
  readonly correct: number;
};

/** Clip range of the ratio, and the bound of the dual clip that holds for negative advantages. */
export type PolicyLoss = { readonly clipLow: number; readonly clipHigh: number; readonly dualClip: number; readonly temperature: number };

export const DEFAULT_POLICY_LOSS: PolicyLoss = { clipLow: 0.2, clipHigh: 0.28, dualClip: 3, temperature: 1 };

export const NO_LOSS: LossStats = { loss: 0, rows: 0, ratioRows: 0, clipped: 0, entropy: 0, tokens: 0, correct: 0 };

export function addLoss(a: LossStats, b: LossStats): LossStats {
  return {
    loss: a.loss + b.loss, rows: a.rows + b.rows, ratioRows: a.ratioRows + b.ratioRows, clipped: a.clipped + b.clipped,
    entropy: a.entropy + b.entropy, tokens: a.tokens + b.tokens, correct: a.correct + b.correct,
  };
}

export type OnRow = (sequence: number, segment: number, logProb: number, greedy: boolean) => void;

/**
 * Loss of one policy row and the factor of its log-probability's gradient: PPO's clipped objective with token-level ratios,
 * asymmetric clip range and dual clip (looptool-spec 6.1). `advantage` carries the row's weight.
 */
export function policyRow(logProb: number, old: number, advantage: number, p: PolicyLoss): { readonly loss: number; readonly coefficient: number; readonly clipped: boolean } {
  const ratio = Math.exp(logProb - old);
  const bounded = Math.min(Math.max(ratio, 1 - p.clipLow), 1 + p.clipHigh);
  if (advantage < 0 && ratio > p.dualClip) return { loss: -advantage * p.dualClip, coefficient: 0, clipped: true };
  const clipped = advantage > 0 ? ratio > 1 + p.clipHigh : ratio < 1 - p.clipLow;
  return { loss: -Math.min(ratio * advantage, bounded * advantage), coefficient: clipped ? 0 : advantage * ratio, clipped };
}

/**
 * Scores sequences on this engine; with `shard` also adds the gradient of the summed loss to that shard's block.
 * `onRow` sees each predicted row in order. Every sequence must fit one pass (`splitToFit`).
 */
export function processSequences(engine: Engine, sequences: readonly Sequence[], policy: PolicyLoss, shard?: number, onRow?: OnRow): LossStats {
  let total = NO_LOSS;
  let first = 0;
  for (const pass of passes(engine, sequences)) {
    const { tokens, rows } = placeBatch(engine, pass);
    engine.forwardLayers(tokens);
    if (shard !== undefined) engine.k.fill(engine.backward.dx, tokens * engine.config.dim, 0);
    total = addLoss(total, { ...NO_LOSS, tokens });
    for (let r = 0; r < rows.length; r += engine.layout.limits.lossRows) {
      const part = rows.slice(r, r + engine.layout.limits.lossRows);
      total = addLoss(total, lossRows(engine, part, policy, first, onRow));
      if (shard === undefined) continue;
      engine.k.crossEntropyBack(engine.logits, engine.targets, engine.coefs, part.length, engine.config.vocab);
      logitsBackward(engine, shard, part.length);
    }
    if (shard !== undefined) backwardLayers(engine, shard, tokens);
    first += pass.length;
  }
  return total;
}

/** Leaves probabilities in `logits`, targets and gradient factors in `targets` and `coefs`. */
function lossRows(engine: Engine, rows: readonly PredictedRow[], policy: PolicyLoss, first: number, onRow?: OnRow): LossStats {
  const { config: c, f32, i32 } = engine;
  const inverse = 1 / policy.temperature;
  engine.logitsOf(rows.map((r) => r.at));
  engine.k.softmaxRows(engine.logits, rows.length, c.vocab, inverse, engine.stats);
  let loss = 0;
  let ratioRows = 0;
  let clipped = 0;
  let entropy = 0;
  let correct = 0;
  rows.forEach((r, i) => {
    i32[(engine.targets >> 2) + i] = r.target;
    const p = f32[(engine.logits >> 2) + i * c.vocab + r.target] ?? 0;
    const sum = f32[(engine.stats >> 2) + 4 * i + 1] ?? 1;
    const logProb = Math.log(Math.max(p, 1e-37));
    // The largest probability is 1 / sum, as the sum is relative to the maximum.
    const greedy = p * sum > 0.999999;
    entropy += Math.log(sum) - (f32[(engine.stats >> 2) + 4 * i + 2] ?? 0);
    let coefficient = r.weight;
    if (Number.isNaN(r.old)) {
      loss -= r.weight * logProb;
      if (greedy) correct++;
    } else {
      const row = policyRow(logProb, r.old, r.weight, policy);
      loss += row.loss;
      ratioRows++;
      if (row.clipped) clipped++;
      coefficient = row.coefficient;
    }
    f32[(engine.coefs >> 2) + i] = coefficient * inverse;
    onRow?.(first + r.sequence, r.segment, logProb, greedy);
  });
  return { loss, rows: rows.length, ratioRows, clipped, entropy, tokens: 0, correct };
}
