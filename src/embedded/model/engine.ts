import type { Kernels } from '../kernels/types.ts';
import { HEAD_SIZE, type ModelConfig } from './config.ts';
import type { BackwardBuffers, LayerBuffers, Layout, Tensor, TrainBlocks } from './layout.ts';

export type LayerTensors = {
  readonly norm1: Tensor;
  readonly qkv: Tensor;
  readonly o: Tensor;
  readonly norm2: Tensor;
  readonly gateUp: Tensor;
  readonly down: Tensor;
};

/** Sees each layer's queries, keys and values before attention: [rows][qkvDim]. */
export type OnKeys = (layer: number, qkv: number) => void;

/**
 * The model on one thread: forward pass and logits. Weights are shared by all threads, scratch memory is the thread's own.
 * Every address is in bytes; `f32` and `i32` are views of the whole memory, indexed by address / 4.
 */
export class Engine {
  readonly f32: Float32Array;
  readonly i32: Int32Array;
  readonly layers: readonly LayerBuffers[];
  readonly tensors: readonly LayerTensors[];
  readonly embed: Tensor;
  readonly norm: Tensor;
  readonly qDim: number;
  readonly kvDim: number;
  readonly qkvDim: number;
  readonly cache: readonly number[];
  readonly ids: number;
  readonly pos: number;
  readonly offs: number;
  readonly ranges: number;
  readonly hidden: number;
  readonly logits: number;
  readonly stats: number;
  readonly targets: number;
  readonly coefs: number;
  readonly rowIds: number;
  readonly rowX: number;
  readonly rowN: number;
  readonly rowInv: number;
  readonly scale = 1 / Math.sqrt(HEAD_SIZE);
  private readonly back: BackwardBuffers | undefined;

  constructor(
    readonly config: ModelConfig,
    readonly layout: Layout,
    readonly k: Kernels,
    memory: WebAssembly.Memory,
    readonly thread: number,
  ) {
    this.f32 = new Float32Array(memory.buffer);
    this.i32 = new Int32Array(memory.buffer);
    this.qDim = config.heads * HEAD_SIZE;
    this.kvDim = config.kvHeads * HEAD_SIZE;
    this.qkvDim = this.qDim + 2 * this.kvDim;
    const byName = new Map(layout.tensors.map((t) => [t.name, t]));
    const tensor = (name: string): Tensor => {
      const t = byName.get(name);
      if (!t) throw new Error(`no tensor ${name}`);
      return t;
    };
    this.embed = tensor('embed');
    this.norm = tensor('norm');
    this.tensors = Array.from({ length: config.layers }, (_, l) => ({
      norm1: tensor(`${l}.norm1`), qkv: tensor(`${l}.qkv`), o: tensor(`${l}.o`), norm2: tensor(`${l}.norm2`), gateUp: tensor(`${l}.gateUp`), down: tensor(`${l}.down`),
    }));
    const s = layout.scratch[thread];
    if (!s) throw new Error(`no scratch memory for thread ${thread}`);
    this.layers = s.layers;
    this.cache = s.cache;
    this.ids = s.ids;
    this.pos = s.pos;
    this.offs = s.offs;
    this.ranges = s.ranges;
    this.hidden = s.hidden;
    this.logits = s.logits;
    this.stats = s.stats;
    this.targets = s.targets;
    this.coefs = s.coefs;
    this.rowIds = s.rowIds;
    this.rowX = s.rowX;
    this.rowN = s.rowN;
    this.rowInv = s.rowInv;
    this.back = s.backward;
  }

  /** What the backward pass needs; threads that own no shard, and engines that only serve, have none. */
  get backward(): BackwardBuffers {
    if (!this.back) throw new Error(`thread ${this.thread} has no memory for a backward pass`);
    return this.back;
  }

  get train(): TrainBlocks {
    if (!this.layout.train) throw new Error('this engine only serves');
    return this.layout.train;
  }

  /** Address of a tensor's weights. */
  w(t: Tensor): number {
    return this.layout.weights + t.offset * 4;
  }

  /** y[rows][t.rows] = x[rows][t.cols] W^T */
  linear(x: number, t: Tensor, y: number, rows: number): void {
    this.k.gemm(x, t.cols, this.layout.packedForward + t.offset * 4, y, t.rows, rows, t.rows, t.cols, 0);
  }

  /**
   * Runs the layers over `rows` tokens whose ids, positions, ranges and offsets are set, and leaves the last states in `hidden`.
   * With `cached` the ranges are rows of the cache, where `onKeys` must have put this pass's own keys and values; so a long
   * prompt can be read in chunks. Positions must be below the context, ids below the vocabulary.
   */
  forwardLayers(rows: number, onKeys?: OnKeys, cached = false): void {
    const { config: c, k, layout } = this;
    let x = this.layers[0]?.x ?? 0;
    k.gatherRows(this.w(this.embed), this.ids, x, rows, c.dim);
    this.tensors.forEach((t, l) => {
      const b = this.layers[l];
      if (!b) throw new Error(`no buffers for layer ${l}`);
      x = b.x;
      k.rmsNorm(x, this.w(t.norm1), b.n1, b.inv1, rows, c.dim, c.eps);
      this.linear(b.n1, t.qkv, b.qkv, rows);
      k.rope(b.qkv, this.qkvDim, c.heads + c.kvHeads, this.pos, layout.ropeCos, layout.ropeSin, rows, 1);
      onKeys?.(l, b.qkv);
      const keys = cached ? (this.cache[l] ?? 0) : b.qkv + this.qDim * 4;
      k.attention(
        b.qkv, this.qkvDim, keys, keys + this.kvDim * 4, cached ? 2 * this.kvDim : this.qkvDim, b.att, this.qDim,
        b.probs, this.offs, this.ranges, rows, c.heads, c.heads / c.kvHeads, this.scale,
      );
      this.linear(b.att, t.o, b.x2, rows);
      k.add(b.x2, x, rows * c.dim);
      k.rmsNorm(b.x2, this.w(t.norm2), b.n2, b.inv2, rows, c.dim, c.eps);
      this.linear(b.n2, t.gateUp, b.gu, rows);
      k.swiglu(b.gu, b.act, rows, c.ffn);
      // Where layers share their buffers this is b.x itself, whose contents are no longer needed.
      const out = l + 1 < c.layers ? (this.layers[l + 1]?.x ?? 0) : this.hidden;
      this.linear(b.act, t.down, out, rows);
      k.add(out, b.x2, rows * c.dim);
    });
  }

  /** Copies keys and values of row `source` of a pass into row `target` of a layer's cache; for `onKeys`. */
  storeKeys(layer: number, qkv: number, source: number, target: number): void {
    const width = 2 * this.kvDim;
    const from = (qkv >> 2) + source * this.qkvDim + this.qDim;
    this.f32.copyWithin(((this.cache[layer] ?? 0) >> 2) + target * width, from, from + width);
  }

  /** Sets row n of the next pass: token, position, key ranges [a0, a1) and [b0, b1), and where its attention weights start. */
  placeRow(n: number, id: number, position: number, a0: number, a1: number, b0: number, b1: number, offset: number): void {
    const { i32 } = this;
    i32[(this.ids >> 2) + n] = id;
    i32[(this.pos >> 2) + n] = position;
    i32[(this.offs >> 2) + n] = offset;
    const r = (this.ranges >> 2) + 4 * n;
    i32[r] = a0;
    i32[r + 1] = a1;
    i32[r + 2] = b0;
    i32[r + 3] = b1;
  }

  /** Logits of the given rows of `hidden` into `logits`: [rows.length][vocab]; at most `limits.lossRows`. */
  logitsOf(rows: readonly number[]): void {
    const { config: c, k } = this;
    rows.forEach((r, i) => {
      this.i32[(this.rowIds >> 2) + i] = r;
    });
    k.gatherRows(this.hidden, this.rowIds, this.rowX, rows.length, c.dim);
    k.rmsNorm(this.rowX, this.w(this.norm), this.rowN, this.rowInv, rows.length, c.dim, c.eps);
    this.linear(this.rowN, this.embed, this.logits, rows.length);
  }
}
