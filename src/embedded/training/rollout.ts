import { Rng } from '../../core/random/rng.ts';
import type { Engine } from '../model/engine.ts';
import { attentionSlots } from '../model/limits.ts';
import { argmax, drawMany } from './draw.ts';

/** A distinct answer and how many members of the group gave it. `finished`: it ended with the stop token, which is among the tokens. */
export type Completion = { readonly tokens: readonly number[]; readonly logProbs: readonly number[]; readonly count: number; readonly finished: boolean };

export type Sampling = {
  readonly samples: number;
  /** 0 means greedy. Log-probabilities are those of the tempered distribution. */
  readonly temperature: number;
  readonly maxNewTokens: number;
  /** Token that ends an answer. */
  readonly stop: number;
  /** Labels of the random stream; each prompt adds its index. */
  readonly seed: readonly (number | string)[];
};

export type RolloutStats = {
  /** Rows decoded, tokens sampled (counting each member), prompt rows read. */
  readonly decoded: number;
  readonly sampled: number;
  readonly prefilled: number;
};

/** A prompt with its index in the whole batch, which names its random stream whatever thread samples it. */
export type RolloutPrompt = { readonly index: number; readonly ids: readonly number[] };

/** Part of a group: all of it, unless the cache cannot hold all its members side by side. */
type Job = { readonly prompt: RolloutPrompt; readonly result: Completion[]; readonly samples: number; readonly rng: Rng; readonly longest: number; start: number };

/** A branch of the trie: `count` members that have sampled the same tokens. `base` is the first cache row of its own tokens. */
type Slot = { readonly job: Job; readonly count: number; readonly base: number; readonly length: number; readonly tokens: number[]; readonly logProbs: number[] };

/**
 * Samples a group of answers per prompt as a trie: equal prefixes are decoded once and carry a count, and fork where their
 * samples part. The distribution is that of separate samples. What a prompt yields depends on its ids and index alone.
 */
export function rollout(engine: Engine, prompts: readonly RolloutPrompt[], s: Sampling): { readonly completions: Completion[][]; readonly stats: RolloutStats } {
  const { limits } = engine.layout;
  const completions: Completion[][] = prompts.map(() => []);
  let stats: RolloutStats = { decoded: 0, sampled: 0, prefilled: 0 };
  let wave: Job[] = [];
  let rows = 0;
  const flush = (): void => {
    if (wave.length === 0) return;
    const done = new Wave(engine, wave, s).run();
    stats = { decoded: stats.decoded + done.decoded, sampled: stats.sampled + done.sampled, prefilled: stats.prefilled + done.prefilled };
    wave = [];
    rows = 0;
  };
  prompts.forEach((prompt, i) => {
    for (const job of jobs(engine, prompt, s, completions[i] ?? [])) {
      const needed = prompt.ids.length + job.samples * blockRows(engine, s);
      const answers = wave.reduce((a, j) => a + j.samples, job.samples);
      if (wave.length > 0 && (rows + needed > limits.cacheRows || answers > limits.slots)) flush();
      wave.push(job);
      rows += needed;
    }
  });
  flush();
  return { completions, stats };
}

/** Cache rows that one branch is given for its own tokens. */
function blockRows(engine: Engine, s: Sampling): number {
  return Math.min(s.maxNewTokens, engine.config.context);
}

/** Splits a group so that every part fits the cache. */
function jobs(engine: Engine, prompt: RolloutPrompt, s: Sampling, result: Completion[]): Job[] {
  const { limits } = engine.layout;
  const longest = Math.min(s.maxNewTokens, engine.config.context - prompt.ids.length);
  const most = Math.min(limits.slots, Math.floor((limits.cacheRows - prompt.ids.length) / blockRows(engine, s)));
  if (prompt.ids.length === 0 || longest < 1 || most < 1) throw new Error(`a prompt of ${prompt.ids.length} tokens does not fit`);
  const out: Job[] = [];
  for (let left = s.samples, part = 0; left > 0; left -= most, part++) {
    const rng = new Rng(...s.seed, prompt.index, ...(part === 0 ? [] : [part]));
    out.push({ prompt, result, samples: Math.min(most, left), rng, longest, start: 0 });
  }
  return out;
}

/** Jobs that are decoded side by side. */
class Wave {
  private nextRow = 0;
  private readonly freeBlocks: number[] = [];
  /** Branches of the step under way that go on. */
  private slots: Slot[] = [];
  private decoded = 0;
  private sampled = 0;
  private prefilled = 0;

  constructor(
    private readonly engine: Engine,
    private readonly jobs: readonly Job[],
    private readonly s: Sampling,
  ) {
    for (const job of jobs) {
      job.start = this.nextRow;
      this.nextRow += job.prompt.ids.length;
    }
  }

  run(): RolloutStats {
    let now = this.prefill();
    while (now.length > 0) now = this.decode(now);
    return { decoded: this.decoded, sampled: this.sampled, prefilled: this.prefilled };
  }

  /** Reads the prompts, several in a pass, and samples the first tokens. */
  private prefill(): Slot[] {
    const { engine } = this;
    const { limits } = engine.layout;
    const started: Slot[] = [];
    const queue = [...this.jobs];
    while (queue.length > 0) {
      const pass: { job: Job; source: number }[] = [];
      let n = 0;
      let used = 0;
      for (let job = queue[0]; job; job = queue[0]) {
        const { ids } = job.prompt;
        const slots = attentionSlots(0, ids.length);
        if (n > 0 && (n + ids.length > limits.tokens || used + slots > limits.attentionSlots)) break;
        queue.shift();
        const source = n;
        ids.forEach((id, i) => {
          engine.placeRow(n, id, i, source, source, source, n + 1, engine.config.heads * used);
          used += attentionSlots(i, 1);
          n++;
        });
        pass.push({ job, source });
      }
      this.prefilled += n;
      engine.forwardLayers(n, (layer, qkv) => {
        for (const { job, source } of pass) for (let i = 0; i < job.prompt.ids.length; i++) engine.storeKeys(layer, qkv, source + i, job.start + i);
      });
      const branches = pass.map(({ job, source }) => ({
        slot: { job, count: job.samples, base: this.takeBlock(), length: 0, tokens: [], logProbs: [] }, row: source + job.prompt.ids.length - 1,
      }));
      started.push(...this.sample(branches));
    }
    return started;
  }

  /** One token further for every branch. */
  private decode(now: readonly Slot[]): Slot[] {
    const { engine } = this;
    const { limits } = engine.layout;
    const next: Slot[] = [];
    for (let from = 0; from < now.length; ) {
      const pass: Slot[] = [];
      let used = 0;
      for (let slot = now[from]; slot && pass.length < Math.min(limits.tokens, limits.lossRows); slot = now[++from]) {
        const { job } = slot;
        const length = job.prompt.ids.length;
        const slots = attentionSlots(length + slot.length, 1);
        if (used + slots > limits.attentionSlots) break;
        const own = slot.base + slot.length;
        const last = slot.tokens[slot.tokens.length - 1] ?? 0;
        engine.placeRow(pass.length, last, length + slot.length, job.start, job.start + length, slot.base, own + 1, engine.config.heads * used);
        used += slots;
        pass.push(slot);
      }
      engine.forwardLayers(pass.length, (layer, qkv) => pass.forEach((slot, n) => engine.storeKeys(layer, qkv, n, slot.base + slot.length)), true);
      this.decoded += pass.length;
      next.push(...this.sample(pass.map((slot, row) => ({ slot: { ...slot, length: slot.length + 1 }, row }))));
    }
    return next;
  }

  /** Samples, forks and retires branches whose last states are the given rows of `hidden`. */
  private sample(branches: readonly { readonly slot: Slot; readonly row: number }[]): Slot[] {
    const { engine, s } = this;
    const { vocab } = engine.config;
    const { lossRows } = engine.layout.limits;
    this.slots = [];
    for (let from = 0; from < branches.length; from += lossRows) {
      const part = branches.slice(from, from + lossRows);
      engine.logitsOf(part.map((b) => b.row));
      engine.k.softmaxRows(engine.logits, part.length, vocab, s.temperature > 0 ? 1 / s.temperature : 1, engine.stats);
      part.forEach((b, i) => this.advance(b.slot, (engine.logits >> 2) + i * vocab));
    }
    return this.slots;
  }

  private advance(slot: Slot, at: number): void {
    const { engine, s } = this;
    const { vocab } = engine.config;
    const chosen = s.temperature > 0 ? drawMany(engine.f32, at, vocab, slot.count, slot.job.rng) : [[argmax(engine.f32, at, vocab), slot.count] as const];
    this.sampled += slot.count;
    chosen.forEach(([token, count], n) => {
      // The last child takes its parent's place; the others get a copy of it.
      const last = n === chosen.length - 1;
      const tokens = last ? slot.tokens : [...slot.tokens];
      const logProbs = last ? slot.logProbs : [...slot.logProbs];
      tokens.push(token);
      logProbs.push(Math.log(Math.max(engine.f32[at + token] ?? 0, 1e-37)));
      const finished = token === s.stop;
      if (finished || tokens.length >= slot.job.longest) {
        slot.job.result.push({ tokens, logProbs, count, finished });
        if (last) this.freeBlocks.push(slot.base);
      } else {
        this.slots.push({ ...slot, count, base: last ? slot.base : this.fork(slot), tokens, logProbs });
      }
    });
  }

  private takeBlock(): number {
    const free = this.freeBlocks.pop();
    if (free !== undefined) return free;
    const row = this.nextRow;
    this.nextRow += blockRows(this.engine, this.s);
    return row;
  }

  /** A block with a copy of the branch's own keys and values. */
  private fork(slot: Slot): number {
    const { engine } = this;
    const base = this.takeBlock();
    const width = 2 * engine.kvDim;
    for (const address of engine.cache) {
      const cache = address >> 2;
      engine.f32.copyWithin(cache + base * width, cache + slot.base * width, cache + (slot.base + slot.length) * width);
    }
    return base;
  }
}
