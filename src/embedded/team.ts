import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { LoopToolError } from '../core/errors.ts';
import { Rng } from '../core/random/rng.ts';
import { allocateMemory, compileKernels } from './kernels/load.ts';
import { unsupportedShape, type ModelConfig } from './model/config.ts';
import { planLayout, SHARDS, type Layout, type LayoutOptions, type Purpose } from './model/layout.ts';
import type { Limits } from './model/limits.ts';
import { addLoss, DEFAULT_POLICY_LOSS, NO_LOSS, type LossStats, type PolicyLoss } from './model/loss.ts';
import { fillRopeTables } from './model/ropeTables.ts';
import { sequenceTokens, splitToFit, type Sequence } from './model/sequence.ts';
import type { OptimiserSettings } from './training/optimiser.ts';
import type { Completion, RolloutStats, Sampling } from './training/rollout.ts';
import type { ScoredSegment, TaskInputs, TaskKind, TaskOutputs, TaskReply, WorkerData } from './worker/tasks.ts';

export type TeamOptions = {
  /** Folder with `kernels.wasm` and `engineWorker.js`. */
  readonly assetsDirectory: string;
  readonly threads: number;
  /** `train` by default; a team that serves can score and sample only. */
  readonly purpose?: Purpose;
  readonly limits?: Partial<Limits>;
};

export type UpdateSettings = {
  readonly optimiser?: OptimiserSettings['optimiser'];
  readonly learningRate: number;
  readonly decay: number;
  readonly maxGradientNorm: number;
};

/** Everything that training has beside the weights. */
export type OptimiserState = { readonly momentum: Float32Array; readonly variance: Float32Array; readonly updates: number };

export type RolloutResult = { readonly completions: readonly (readonly Completion[])[] } & RolloutStats;

type Waiting = { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void };

/**
 * A model in shared memory with worker threads. All work is split by position, gradients into a fixed number of shards:
 * the same input gives the same bits on any number of threads. Calls must not overlap. Whoever starts a team closes it.
 */
export class Team {
  readonly layout: Layout;
  private readonly memory: WebAssembly.Memory;
  private readonly members: Worker[] = [];
  private readonly waiting = new Map<number, Waiting>();
  private failure: LoopToolError | undefined;
  private closing = false;
  private nextId = 1;
  private updates = 0;

  private constructor(
    readonly config: ModelConfig,
    options: TeamOptions,
  ) {
    const layout: LayoutOptions = { threads: options.threads, purpose: options.purpose ?? 'train', ...(options.limits ? { limits: options.limits } : {}) };
    this.layout = planLayout(config, layout);
    this.memory = allocateMemory(this.layout.totalBytes);
    const module = compileKernels(options.assetsDirectory);
    for (let thread = 0; thread < options.threads; thread++) {
      const workerData: WorkerData = { config, layout, thread, memory: this.memory, module };
      this.members.push(this.startWorker(join(options.assetsDirectory, 'engineWorker.js'), workerData));
    }
    fillRopeTables(config, this.layout, this.memory);
  }

  /** Resolves when every thread answers. Throws LoopToolError `engine-failed`, or `checkpoint-unreadable` for a shape the engine cannot run. */
  static async start(config: ModelConfig, options: TeamOptions): Promise<Team> {
    const problem = unsupportedShape(config);
    if (problem !== undefined) throw new LoopToolError('checkpoint-unreadable', `The embedded engine cannot run this model: ${problem}.`);
    if (!Number.isSafeInteger(options.threads) || options.threads < 1) throw new LoopToolError('usage', 'The number of threads must be a whole number from 1.');
    const team = new Team(config, options);
    try {
      await team.all('hello', () => ({}));
    } catch (error) {
      await team.close();
      throw error;
    }
    return team;
  }

  private startWorker(path: string, workerData: WorkerData): Worker {
    // Flags of the host process (inspectors, loaders) are not for engine threads.
    const worker = new Worker(path, { workerData, execArgv: [] });
    worker.on('message', (reply: TaskReply) => this.receive(reply));
    worker.on('error', (cause) => this.fail(cause));
    worker.on('messageerror', (cause) => this.fail(cause));
    worker.on('exit', (code) => {
      if (!this.closing) this.fail(new Error(`a worker thread ended with code ${code}`));
    });
    return worker;
  }

  private receive(reply: TaskReply): void {
    const waiting = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    if ('error' in reply) waiting?.reject(engineFailed(new Error(reply.error)));
    else waiting?.resolve(reply.result);
  }

  /** One lost thread makes the whole team useless: everything that waits, and everything asked for later, is refused. */
  private fail(cause: unknown): void {
    this.failure ??= engineFailed(cause);
    for (const waiting of this.waiting.values()) waiting.reject(this.failure);
    this.waiting.clear();
  }

  private send<K extends TaskKind>(thread: number, kind: K, input: TaskInputs[K]): Promise<TaskOutputs[K]> {
    if (this.failure) return Promise.reject(this.failure);
    const id = this.nextId++;
    const reply = new Promise<unknown>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.members[thread]?.postMessage({ id, kind, input });
    });
    // The worker answers each kind with its output.
    return reply as Promise<TaskOutputs[K]>;
  }

  /** All replies are awaited even when one fails, so that no thread still works when the next call comes. */
  private async all<K extends TaskKind>(kind: K, input: (thread: number) => TaskInputs[K]): Promise<TaskOutputs[K][]> {
    const settled = await Promise.allSettled(this.members.map((_, thread) => this.send(thread, kind, input(thread))));
    return settled.map((r) => {
      if (r.status === 'rejected') throw r.reason;
      return r.value;
    });
  }

  get threads(): number {
    return this.members.length;
  }

  /** A view of the shared weights, in the order of `planTensors`. */
  get weights(): Float32Array {
    return this.block(this.layout.weights);
  }

  /** A copy of the summed gradients that no update has used yet: for checks. */
  gradientSum(): Float64Array {
    const sum = new Float64Array(this.layout.params);
    for (const address of this.layout.train?.gradients ?? []) this.block(address).forEach((v, i) => (sum[i] = (sum[i] ?? 0) + v));
    return sum;
  }

  private block(address: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, this.layout.params);
  }

  /** Random weights for a model that is trained from nothing. */
  async initialise(seed: number): Promise<void> {
    const w = new Float32Array(this.layout.params);
    const rng = new Rng('init', seed);
    for (const t of this.layout.tensors) {
      // Matrices that write into the residual stream start smaller, by the number of times it is written.
      const residual = t.name.endsWith('.o') || t.name.endsWith('.down') ? 1 / Math.sqrt(2 * this.config.layers) : 1;
      const deviation = t.name === 'embed' ? 0.02 : residual / Math.sqrt(t.cols);
      for (let i = 0; i < t.rows * t.cols; i++) w[t.offset + i] = t.rows === 1 ? 1 : rng.normal() * deviation;
    }
    await this.load(w);
  }

  /** Takes weights over, and the optimiser's state, which is empty when absent. */
  async load(weights: Float32Array, state?: OptimiserState): Promise<void> {
    if (weights.length !== this.layout.params) throw new LoopToolError('checkpoint-unreadable', 'The weights do not have the size of the model that the engine was started with.');
    this.weights.set(weights);
    const { train } = this.layout;
    if (train) {
      const [momentum, variance] = [this.block(train.momentum), this.block(train.variance)];
      if (state) {
        momentum.set(state.momentum);
        variance.set(state.variance);
      } else {
        momentum.fill(0);
        variance.fill(0);
      }
      for (const g of train.gradients) this.block(g).fill(0);
    }
    this.updates = state?.updates ?? 0;
    await this.all('pack', () => ({}));
  }

  /** A copy of the optimiser's state. */
  optimiserState(): OptimiserState {
    const { train } = this.layout;
    if (!train) throw new LoopToolError('usage', 'An engine that only serves has no optimiser state.');
    return { momentum: this.block(train.momentum).slice(), variance: this.block(train.variance).slice(), updates: this.updates };
  }

  /** Cuts what exceeds one pass; `origin` is the sequence and its first segment that a part comes from. */
  private fitted(sequences: readonly Sequence[]): { readonly sequence: Sequence; readonly origin: number; readonly segment: number }[] {
    return sequences.flatMap((s, origin) => {
      const parts = splitToFit(this.config, this.layout.limits, s);
      if (!parts) throw new LoopToolError('engine-failed', `A conversation with its answer does not fit the model's ${this.config.context} tokens. Shorten or remove it.`);
      let segment = 0;
      return parts.map((sequence) => {
        const part = { sequence, origin, segment };
        segment += sequence.segments.length;
        return part;
      });
    });
  }

  /** Adds the gradients of a loss; the sequences' weights carry every factor. */
  async gradients(sequences: readonly Sequence[], policy: PolicyLoss = DEFAULT_POLICY_LOSS): Promise<LossStats> {
    const parts = this.fitted(sequences).map((p) => p.sequence);
    const shards = splitByTokens(parts, SHARDS).map((list, shard) => ({ shard, sequences: list.map((i) => parts[i]).filter((s) => s !== undefined) }));
    const replies = await this.all('train', (thread) => ({ shards: shards.filter(({ shard }) => shard % this.threads === thread), policy }));
    return replies.flat().sort((a, b) => a.shard - b.shard).reduce((total, r) => addLoss(total, r.stats), NO_LOSS);
  }

  /** One optimiser step over the gathered gradients, which it clears; returns their norm before clipping. */
  async update(s: UpdateSettings): Promise<number> {
    const sums = (await this.all('reduce', () => ({}))).flat().sort((a, b) => a.tensor - b.tensor);
    const norm = Math.sqrt(sums.reduce((a, t) => a + t.sumSquares, 0));
    if (!Number.isFinite(norm)) throw new LoopToolError('trainer-failed', 'The training has become unstable: its gradients are not numbers. Lower the learning rate.');
    this.updates++;
    const settings: OptimiserSettings = {
      optimiser: s.optimiser ?? 'adamw', learningRate: s.learningRate, decay: s.decay, gradientScale: Math.min(1, s.maxGradientNorm / (norm + 1e-12)), step: this.updates,
    };
    await this.all('update', () => ({ settings }));
    return norm;
  }

  /** Log-probabilities of the weighted tokens of every segment. */
  async score(sequences: readonly Sequence[]): Promise<ScoredSegment[][]> {
    const fitted = this.fitted(sequences);
    const parts = splitByTokens(fitted.map((p) => p.sequence), this.threads);
    const inputs = parts.map((list) => ({ sequences: list.map((i) => fitted[i]?.sequence).filter((s) => s !== undefined) }));
    const replies = await this.all('score', (thread) => inputs[thread] ?? { sequences: [] });
    const out: ScoredSegment[][] = sequences.map(() => []);
    parts.forEach((list, thread) =>
      list.forEach((i, n) => {
        const { origin = 0, segment = 0 } = fitted[i] ?? {};
        replies[thread]?.[n]?.forEach((score, j) => {
          const segments = out[origin];
          if (segments) segments[segment + j] = score;
        });
      }),
    );
    return out;
  }

  /**
   * Samples a group of answers per prompt; they end at the context. What a prompt yields depends on its ids, its index and
   * the seed, not on the threads. Throws LoopToolError `usage` when a prompt is empty or leaves no room for an answer.
   */
  async rollout(prompts: readonly (readonly number[])[], sampling: Sampling): Promise<RolloutResult> {
    const longest = this.config.context - 1;
    const odd = prompts.find((ids) => ids.length === 0 || ids.length > longest);
    if (odd) throw new LoopToolError('usage', `A prompt has ${odd.length} tokens; the model takes 1 to ${longest}. Shorten or remove it.`);
    const parts = this.members.map((_, thread) => prompts.map((ids, index) => ({ index, ids })).filter(({ index }) => index % this.threads === thread));
    const replies = await this.all('rollout', (thread) => ({ prompts: parts[thread] ?? [], sampling }));
    const completions: (readonly Completion[])[] = prompts.map(() => []);
    parts.forEach((part, thread) => part.forEach(({ index }, n) => (completions[index] = replies[thread]?.completions[n] ?? [])));
    const sum = (f: (s: RolloutStats) => number): number => replies.reduce((a, r) => a + f(r.stats), 0);
    return { completions, decoded: sum((s) => s.decoded), sampled: sum((s) => s.sampled), prefilled: sum((s) => s.prefilled) };
  }

  async close(): Promise<void> {
    this.closing = true;
    await Promise.all(this.members.map((w) => w.terminate()));
    this.fail(new Error('the engine was closed'));
  }
}

function engineFailed(cause: unknown): LoopToolError {
  return new LoopToolError('engine-failed', 'The embedded engine stopped unexpectedly. Run the step again; it continues where it stopped.', { cause });
}

/** Indices by part: longest first to the least loaded, ties by index; each part in the order of the list. */
function splitByTokens(sequences: readonly Sequence[], count: number): number[][] {
  const parts = Array.from({ length: count }, () => [] as number[]);
  const load = parts.map(() => 0);
  const order = sequences.map((s, i) => ({ i, n: sequenceTokens(s) })).sort((a, b) => b.n - a.n || a.i - b.i);
  for (const { i, n } of order) {
    const part = load.indexOf(Math.min(...load));
    load[part] = (load[part] ?? 0) + n;
    parts[part]?.push(i);
  }
  return parts.map((p) => p.sort((a, b) => a - b));
}
