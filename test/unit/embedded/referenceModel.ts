import { HEAD_SIZE, type ModelConfig } from '../../../src/embedded/model/config.ts';
import { planTensors } from '../../../src/embedded/model/layout.ts';
import type { Sequence } from '../../../src/embedded/model/sequence.ts';

type Matrix = readonly number[][];

const at = (x: ArrayLike<number>, i: number): number => x[i] ?? Number.NaN;

/** The model in plain float64, written for clarity and not for speed: the oracle of the engine's tests. */
export class ReferenceModel {
  private readonly tensors: ReadonlyMap<string, { readonly offset: number; readonly rows: number; readonly cols: number }>;

  constructor(
    private readonly c: ModelConfig,
    private readonly w: Float64Array,
  ) {
    this.tensors = new Map(planTensors(c).tensors.map((t) => [t.name, t]));
  }

  private tensor(name: string): { readonly offset: number; readonly rows: number; readonly cols: number } {
    const t = this.tensors.get(name);
    if (!t) throw new Error(name);
    return t;
  }

  private linear(x: readonly number[], name: string): number[] {
    const t = this.tensor(name);
    return Array.from({ length: t.rows }, (_, r) => x.reduce((a, v, i) => a + v * at(this.w, t.offset + r * t.cols + i), 0));
  }

  private norm(x: readonly number[], name: string): number[] {
    const t = this.tensor(name);
    const r = 1 / Math.sqrt(x.reduce((a, v) => a + v * v, 0) / x.length + this.c.eps);
    return x.map((v, i) => v * r * at(this.w, t.offset + i));
  }

  private rope(x: readonly number[], position: number): number[] {
    const y = [...x];
    for (let i = 0; i < x.length; i += 2) {
      const angle = position / this.c.ropeBase ** ((i % HEAD_SIZE) / HEAD_SIZE);
      y[i] = at(x, i) * Math.cos(angle) - at(x, i + 1) * Math.sin(angle);
      y[i + 1] = at(x, i) * Math.sin(angle) + at(x, i + 1) * Math.cos(angle);
    }
    return y;
  }

  private attention(rows: readonly { readonly q: readonly number[]; readonly k: readonly number[]; readonly v: readonly number[] }[], p: number): number[] {
    const { heads, kvHeads } = this.c;
    const out: number[] = [];
    for (let h = 0; h < heads; h++) {
      const o = Math.floor((h * kvHeads) / heads) * HEAD_SIZE;
      const seen = rows.slice(0, p + 1);
      const weights = seen.map((r) => {
        let a = 0;
        for (let i = 0; i < HEAD_SIZE; i++) a += at(rows[p]?.q ?? [], h * HEAD_SIZE + i) * at(r.k, o + i);
        return Math.exp(a / Math.sqrt(HEAD_SIZE));
      });
      const sum = weights.reduce((a, b) => a + b, 0);
      for (let i = 0; i < HEAD_SIZE; i++) out.push(weights.reduce((a, e, j) => a + (e / sum) * at(seen[j]?.v ?? [], o + i), 0));
    }
    return out;
  }

  /** Logits after every token. */
  logits(tokens: readonly number[]): Matrix {
    const { c } = this;
    const q = c.heads * HEAD_SIZE;
    const kv = c.kvHeads * HEAD_SIZE;
    let xs = tokens.map((id) => Array.from({ length: c.dim }, (_, i) => at(this.w, id * c.dim + i)));
    for (let l = 0; l < c.layers; l++) {
      const rows = xs.map((x, p) => {
        const y = this.linear(this.norm(x, `${l}.norm1`), `${l}.qkv`);
        return { q: this.rope(y.slice(0, q), p), k: this.rope(y.slice(q, q + kv), p), v: y.slice(q + kv) };
      });
      xs = xs.map((x, p) => {
        const x2 = this.linear(this.attention(rows, p), `${l}.o`).map((v, i) => v + at(x, i));
        const gu = this.linear(this.norm(x2, `${l}.norm2`), `${l}.gateUp`);
        const act = gu.slice(0, c.ffn).map((v, i) => (v / (1 + Math.exp(-v))) * at(gu, c.ffn + i));
        return this.linear(act, `${l}.down`).map((v, i) => v + at(x2, i));
      });
    }
    return xs.map((x) => this.linear(this.norm(x, 'norm'), 'embed'));
  }

  /** Log-probability of each token but the first, at a temperature. */
  logProbs(tokens: readonly number[], temperature = 1): number[] {
    const logits = this.logits(tokens);
    return tokens.slice(1).map((target, i) => {
      const row = (logits[i] ?? []).map((v) => v / temperature);
      const most = Math.max(...row);
      return at(row, target) - most - Math.log(row.reduce((a, v) => a + Math.exp(v - most), 0));
    });
  }

  /** Sum over the predicted tokens of weight * -log p. */
  loss(s: Sequence): number {
    return s.segments.reduce((total, g) => {
      const logProbs = this.logProbs([...s.prefix, ...g.tokens]);
      return g.tokens.reduce((a, _, i) => {
        const weight = i < g.lossFrom ? (g.contextWeight ?? 0) : g.weight;
        const row = s.prefix.length + i - 1;
        return weight === 0 || row < 0 ? a : a - weight * at(logProbs, row);
      }, total);
    }, 0);
  }
}
