import type { Engine } from './engine.ts';
import { sequenceSlots, sequenceTokens, type Sequence } from './sequence.ts';

/** A predicted token: the row that predicts it, the token, its weight, and the log-probability it was sampled with (NaN: none). */
export type PredictedRow = {
  readonly at: number;
  readonly target: number;
  readonly weight: number;
  readonly old: number;
  readonly sequence: number;
  readonly segment: number;
};

/** Lays sequences out as one pass: prefix, then segments that see the prefix and themselves. */
export function placeBatch(engine: Engine, batch: readonly Sequence[]): { readonly tokens: number; readonly rows: readonly PredictedRow[] } {
  const rows: PredictedRow[] = [];
  const { heads } = engine.config;
  const { limits } = engine.layout;
  let n = 0;
  let offset = 0;
  const put = (id: number, position: number, a0: number, a1: number, b0: number): void => {
    engine.placeRow(n, id, position, a0, a1, b0, n + 1, offset);
    offset += heads * ((a1 - a0 + n + 1 - b0 + 3) & ~3);
    n++;
  };
  const tokens = batch.reduce((a, s) => a + sequenceTokens(s), 0);
  const slots = batch.reduce((a, s) => a + sequenceSlots(s), 0);
  if (tokens > limits.tokens || slots > limits.attentionSlots) throw new Error(`pass too large: ${tokens} tokens, ${slots} attention weights per head`);
  batch.forEach((s, sequence) => {
    const start = n;
    const p = s.prefix.length;
    s.prefix.forEach((id, i) => put(id, i, start, start, start));
    s.segments.forEach((g, segment) => {
      const from = n;
      g.tokens.forEach((id, i) => {
        const weight = i < g.lossFrom ? (g.contextWeight ?? 0) : g.weight;
        const at = i === 0 ? start + p - 1 : n - 1;
        // The very first token of a sequence without a prefix has nothing that predicts it.
        if (weight !== 0 && at >= start) rows.push({ at, target: id, weight, old: g.oldLogProbs?.[i] ?? Number.NaN, sequence, segment });
        put(id, p + i, start, start + p, from);
      });
    });
  });
  return { tokens: n, rows };
}

/** Groups sequences into passes, in order; each sequence must fit one pass. */
export function* passes(engine: Engine, sequences: readonly Sequence[]): Generator<readonly Sequence[]> {
  const { limits } = engine.layout;
  let pass: Sequence[] = [];
  let tokens = 0;
  let slots = 0;
  for (const s of sequences) {
    const t = sequenceTokens(s);
    const w = sequenceSlots(s);
    if (pass.length > 0 && (tokens + t > limits.runTokens || slots + w > limits.attentionSlots)) {
      yield pass;
      pass = [];
      tokens = 0;
      slots = 0;
    }
    pass.push(s);
    tokens += t;
    slots += w;
  }
  if (pass.length > 0) yield pass;
}
