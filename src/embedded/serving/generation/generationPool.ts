import { resolve as resolvePath } from 'node:path';
import { Worker } from 'node:worker_threads';
import { LoopToolError } from '../../../core/errors.ts';
import { allocateMemory, compileKernels, instantiateKernels } from '../../kernels/load.ts';
import type { ModelConfig } from '../../model/config.ts';
import { planLayout } from '../../model/layout.ts';
import type { FromGenerationWorker, GenerationWorkerData, ToGenerationWorker } from './generationMessages.ts';
import type { GenerationRequest, GenerationUpdate } from './generationRequest.ts';
import { prepareWeights } from './prepareWeights.ts';
import { UpdateQueue } from './updateQueue.ts';

export type GenerationPoolOptions = {
  readonly config: ModelConfig;
  readonly weights: Float32Array;
  readonly endToken: number;
  /** UTF-8 of each token as it shows in text; empty for control tokens. */
  readonly tokenBytes: readonly Uint8Array[];
  readonly threads: number;
  /** Folder of `kernels.wasm` and `generationWorker.js`. */
  readonly assetsDirectory: string;
};

type Outstanding = { readonly member: Member; readonly queue: UpdateQueue<GenerationUpdate>; cancelled: boolean };
type Member = { readonly worker: Worker; load: number };

/**
 * Threads that generate, each with its own cache over one set of weights in shared memory. A request goes to the thread
 * with the least to do; its answer does not depend on which one that is.
 */
export class GenerationPool {
  private readonly members: Member[] = [];
  private readonly outstanding = new Map<number, Outstanding>();
  private nextId = 1;
  private failure: LoopToolError | undefined;
  private closing = false;
  private whenIdle: (() => void) | undefined;

  private constructor() {}

  /** Throws LoopToolError `engine-failed`. */
  static async start(options: GenerationPoolOptions): Promise<GenerationPool> {
    const { config, threads } = options;
    const layout = planLayout(config, { threads, purpose: 'serve' });
    const memory = allocateMemory(layout.totalBytes);
    const kernels = compileKernels(options.assetsDirectory);
    prepareWeights(config, layout, instantiateKernels(kernels, memory), memory, options.weights);
    const pool = new GenerationPool();
    const started = Array.from({ length: threads }, (_, thread) => {
      const { endToken, tokenBytes } = options;
      return pool.startMember(options.assetsDirectory, { config, threads, thread, memory, kernels, endToken, tokenBytes });
    });
    try {
      await Promise.all(started);
    } catch (error) {
      await pool.terminate();
      throw error;
    }
    return pool;
  }

  /** Requests that hold or wait for cache rows. */
  get inFlight(): number {
    return this.outstanding.size;
  }

  /** Set once a thread has died; the pool takes no more requests then. */
  get failed(): boolean {
    return this.failure !== undefined;
  }

  /** Updates until one has `finish`. When the signal fires or the caller stops early, the request's rows are freed first. */
  async *generate(request: Omit<GenerationRequest, 'id'>, signal: AbortSignal): AsyncGenerator<GenerationUpdate, void> {
    signal.throwIfAborted();
    if (this.failure) throw this.failure;
    const id = this.nextId++;
    const member = this.members.reduce((least, one) => (one.load < least.load ? one : least));
    const job: Outstanding = { member, queue: new UpdateQueue(), cancelled: false };
    this.outstanding.set(id, job);
    member.load++;
    this.send(member, { kind: 'submit', request: { ...request, id } });
    const cancel = (): void => {
      if (job.cancelled || !this.outstanding.has(id)) return;
      job.cancelled = true;
      this.send(member, { kind: 'cancel', id });
    };
    signal.addEventListener('abort', cancel, { once: true });
    try {
      for await (const update of job.queue) if (!job.cancelled) yield update;
    } finally {
      signal.removeEventListener('abort', cancel);
      cancel();
      // Until the thread has let go of it.
      for await (const _ of job.queue);
    }
    signal.throwIfAborted();
  }

  /** Waits for the requests under way, then ends the threads. */
  async close(): Promise<void> {
    this.closing = true;
    if (this.outstanding.size > 0 && !this.failure) await new Promise<void>((resolve) => (this.whenIdle = resolve));
    await this.terminate();
  }

  private async terminate(): Promise<void> {
    this.closing = true;
    await Promise.all(this.members.map(({ worker }) => worker.terminate()));
  }

  private startMember(assetsDirectory: string, workerData: GenerationWorkerData): Promise<void> {
    // Flags of the host process (inspectors, loaders) are not for engine threads.
    const worker = new Worker(resolvePath(assetsDirectory, 'generationWorker.js'), { workerData, execArgv: [] });
    const member: Member = { worker, load: 0 };
    this.members.push(member);
    return new Promise((resolve, reject) => {
      worker.on('message', (message: FromGenerationWorker) => {
        if (message.kind === 'ready') resolve();
        else this.receive(message);
      });
      const died = (cause: unknown): void => {
        this.fail(cause);
        reject(this.failure ?? engineFailure(cause));
      };
      worker.on('error', died);
      worker.on('exit', (code) => {
        if (!this.closing) died(new Error(`a generation thread ended with code ${code}`));
      });
    });
  }

  private send(member: Member, message: ToGenerationWorker): void {
    member.worker.postMessage(message);
  }

  private receive(message: Exclude<FromGenerationWorker, { kind: 'ready' }>): void {
    if (message.kind === 'cancelled') this.settle(message.id);
    else {
      for (const update of message.updates) {
        this.outstanding.get(update.id)?.queue.push(update);
        if (update.finish) this.settle(update.id);
      }
    }
  }

  private settle(id: number): void {
    const job = this.outstanding.get(id);
    if (!job) return;
    this.outstanding.delete(id);
    job.member.load--;
    job.queue.finish();
    if (this.outstanding.size === 0) this.whenIdle?.();
  }

  private fail(cause: unknown): void {
    this.failure ??= engineFailure(cause);
    for (const job of this.outstanding.values()) job.queue.fail(this.failure);
    this.outstanding.clear();
    this.whenIdle?.();
  }
}

function engineFailure(cause: unknown): LoopToolError {
  return new LoopToolError('engine-failed', 'The embedded engine stopped unexpectedly. Send the request again; if it happens again, restart the server.', { cause });
}
