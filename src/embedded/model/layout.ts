import { HEAD_SIZE, type ModelConfig } from './config.ts';
import { attentionSlots, type Limits } from './limits.ts';

/**
 * Gradients are gathered in this many blocks whatever the number of threads, and summed block by block: one, two and four
 * threads give the same bits. A thread may own several shards; threads beyond only sample and score.
 */
export const SHARDS = 2;

/** `train` has gradients, optimiser state and what the backward pass needs; `serve` has the forward pass and the cache alone. */
export type Purpose = 'train' | 'serve';

/** One parameter tensor, [rows][cols] row-major; offset in floats from the start of a parameter block. `owner` updates it. */
export type Tensor = { readonly name: string; readonly rows: number; readonly cols: number; readonly offset: number; readonly owner: number };

/** Activations of one layer; addresses in bytes. */
export type LayerBuffers = {
  readonly x: number;
  readonly n1: number;
  readonly inv1: number;
  readonly qkv: number;
  readonly att: number;
  readonly probs: number;
  readonly x2: number;
  readonly n2: number;
  readonly inv2: number;
  readonly gu: number;
  readonly act: number;
};

/** What only the backward pass and the optimiser need. */
export type BackwardBuffers = {
  readonly dx: number;
  readonly dn: number;
  readonly dqkv: number;
  readonly dact: number;
  readonly datt: number;
  readonly rowD: number;
  /** Two operands in flight. */
  readonly tmpA: number;
  readonly tmpB: number;
  readonly tmpFloats: number;
  readonly tmpRow: number;
};

/** One thread's own memory; addresses in bytes. Without a backward pass all layers share one set of activations. */
export type Scratch = {
  readonly layers: readonly LayerBuffers[];
  /** Per layer: [cacheRows][2 * kvDim], keys then values. */
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
  readonly backward: BackwardBuffers | undefined;
};

/** Byte addresses of blocks of `params` floats that training alone needs. */
export type TrainBlocks = {
  readonly packedBackward: number;
  readonly momentum: number;
  readonly variance: number;
  /** One block per shard. */
  readonly gradients: readonly number[];
};

export type Layout = {
  readonly purpose: Purpose;
  readonly threads: number;
  readonly limits: Limits;
  readonly tensors: readonly Tensor[];
  readonly params: number;
  readonly weights: number;
  readonly packedForward: number;
  readonly ropeCos: number;
  readonly ropeSin: number;
  readonly train: TrainBlocks | undefined;
  /** Per thread. */
  readonly scratch: readonly Scratch[];
  readonly totalBytes: number;
};

export type LayoutOptions = { readonly threads: number; readonly purpose: Purpose; readonly limits?: Partial<Limits> };

/** Enough attention for one sequence as long as the context; memory that is never touched is never resident. */
export function defaultLimits(c: ModelConfig, purpose: Purpose): Limits {
  const tokens = Math.max(2048, c.context);
  return {
    tokens,
    runTokens: 768,
    attentionSlots: Math.max(tokens * 256, attentionSlots(0, c.context)),
    lossRows: 512,
    cacheRows: purpose === 'serve' ? 32768 : 12288,
    slots: 512,
  };
}

function shapes(c: ModelConfig): { name: string; rows: number; cols: number }[] {
  const q = c.heads * HEAD_SIZE;
  const kv = c.kvHeads * HEAD_SIZE;
  const out = [{ name: 'embed', rows: c.vocab, cols: c.dim }];
  for (let l = 0; l < c.layers; l++) {
    out.push(
      { name: `${l}.norm1`, rows: 1, cols: c.dim },
      { name: `${l}.qkv`, rows: q + 2 * kv, cols: c.dim },
      { name: `${l}.o`, rows: c.dim, cols: q },
      { name: `${l}.norm2`, rows: 1, cols: c.dim },
      { name: `${l}.gateUp`, rows: 2 * c.ffn, cols: c.dim },
      { name: `${l}.down`, rows: c.dim, cols: c.ffn },
    );
  }
  out.push({ name: 'norm', rows: 1, cols: c.dim });
  return out;
}

/** Parameter tensors with their owners among `owners` threads: largest first to the least loaded. */
export function planTensors(c: ModelConfig, owners = 1): { readonly tensors: readonly Tensor[]; readonly params: number } {
  let params = 0;
  const sized = shapes(c).map((s) => {
    const t = { ...s, offset: params };
    params += s.rows * s.cols;
    return t;
  });
  const load = new Array<number>(owners).fill(0);
  const ownerOf = new Map<string, number>();
  for (const t of [...sized].sort((a, b) => b.rows * b.cols - a.rows * a.cols)) {
    const w = load.indexOf(Math.min(...load));
    load[w] = (load[w] ?? 0) + t.rows * t.cols;
    ownerOf.set(t.name, w);
  }
  return { tensors: sized.map((t) => ({ ...t, owner: ownerOf.get(t.name) ?? 0 })), params };
}

type Take = (floats: number) => number;

function planLayer(c: ModelConfig, limits: Limits, take: Take): LayerBuffers {
  const t = limits.tokens;
  const q = c.heads * HEAD_SIZE;
  const qkv = q + 2 * c.kvHeads * HEAD_SIZE;
  return {
    x: take(t * c.dim), n1: take(t * c.dim), inv1: take(t), qkv: take(t * qkv), att: take(t * q), probs: take(limits.attentionSlots * c.heads),
    x2: take(t * c.dim), n2: take(t * c.dim), inv2: take(t), gu: take(t * 2 * c.ffn), act: take(t * c.ffn),
  };
}

function planBackward(c: ModelConfig, limits: Limits, take: Take): BackwardBuffers {
  const t = limits.tokens;
  const q = c.heads * HEAD_SIZE;
  const qkv = q + 2 * c.kvHeads * HEAD_SIZE;
  // Muon keeps the matrix, its Gram matrix, the square of that and a product side by side.
  const muon = shapes(c).slice(1).reduce((m, s) => Math.max(m, 2 * s.rows * s.cols + 2 * Math.min(s.rows, s.cols) ** 2), 0);
  const tmpFloats = Math.max(t * Math.max(qkv, 2 * c.ffn, c.dim), muon, 4 * c.vocab);
  return {
    dx: take(t * c.dim), dn: take(Math.max(t, limits.lossRows) * c.dim), dqkv: take(t * qkv), dact: take(t * c.ffn), datt: take(t * q),
    rowD: take(limits.lossRows * c.dim), tmpA: take(tmpFloats), tmpB: take(tmpFloats), tmpFloats, tmpRow: take(limits.tokens + 8),
  };
}

function planScratch(c: ModelConfig, limits: Limits, backward: boolean, take: Take): Scratch {
  const t = limits.tokens;
  const r = limits.lossRows;
  const cacheFloats = limits.cacheRows * 2 * c.kvHeads * HEAD_SIZE;
  const shared = backward ? undefined : planLayer(c, limits, take);
  const layers: LayerBuffers[] = [];
  const cache: number[] = [];
  for (let l = 0; l < c.layers; l++) {
    layers.push(shared ?? planLayer(c, limits, take));
    cache.push(take(cacheFloats));
  }
  return {
    layers, cache, ids: take(t), pos: take(t), offs: take(t), ranges: take(4 * t), hidden: take(t * c.dim),
    logits: take(r * c.vocab), stats: take(4 * r), targets: take(r), coefs: take(r), rowIds: take(r), rowX: take(r * c.dim), rowN: take(r * c.dim), rowInv: take(r),
    backward: backward ? planBackward(c, limits, take) : undefined,
  };
}

/** The same on every thread: addresses follow from the configuration, the purpose, the limits and the number of threads. */
export function planLayout(c: ModelConfig, options: LayoutOptions): Layout {
  const { threads, purpose } = options;
  const limits: Limits = { ...defaultLimits(c, purpose), ...options.limits };
  const { tensors, params } = planTensors(c, Math.min(threads, SHARDS));
  let at = 1024;
  const take: Take = (floats) => {
    const p = at;
    at += Math.ceil((floats * 4) / 64) * 64;
    return p;
  };
  const weights = take(params);
  const packedForward = take(params);
  const train: TrainBlocks | undefined =
    purpose === 'serve' ? undefined : { packedBackward: take(params), momentum: take(params), variance: take(params), gradients: Array.from({ length: SHARDS }, () => take(params)) };
  const ropeCos = take(c.context * HEAD_SIZE);
  const ropeSin = take(c.context * HEAD_SIZE);
  const scratch = Array.from({ length: threads }, (_, i) => planScratch(c, limits, purpose === 'train' && i < SHARDS, take));
  return { purpose, threads, limits, tensors, params, weights, packedForward, ropeCos, ropeSin, train, scratch, totalBytes: at };
}
