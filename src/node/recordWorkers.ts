import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import { LoopToolError } from '../core/errors.ts';
import { decodeBatch, transferOf, type ByteBatch } from './byteBatches.ts';
import { throwIfAborted } from './clock.ts';
import { readByteBatches, readStreamByteBatches } from './byteSource.ts';
import type { DatasetPart } from './datasetParts.ts';
import type { SourceOptions } from './datasetSource.ts';
import { nodeDecoding } from './decodeUtf8.ts';
import type { RecordJob } from './recordJobs/recordJob.ts';
import type { BatchMessage, BatchReply } from './recordJobs/serveRecordJob.ts';

/** Files (from `datasetParts`), or a stream such as the standard input with the name that its records come from. */
export type RecordSource = { readonly parts: readonly DatasetPart[] } | { readonly stream: Readable; readonly name: string };

export type WorkerOptions = SourceOptions & {
  /** Folder of the workers' scripts. */
  readonly assetsDirectory: string;
  /** Default: all cores, eight at the most. With one, the work is done in this thread. */
  readonly threads?: number;
  /** Files that are smaller together are worked on in this thread: starting others takes longer. Default 8 MB. */
  readonly inProcessBytes?: number;
};

/** What a job made of one batch; `records` of `file` from `firstIndex` on. */
export type BatchResult<Result> = { readonly file: string; readonly firstIndex: number; readonly records: number; readonly result: Result };

const batchBytes = 1 << 18;
const batchesPerThread = 2;
/** A thread takes 15 MB, and what its job keeps: with more of them, 300 MB would not hold. */
const mostThreads = 8;
/** Batches are short-lived and small: larger spaces for young objects only take memory. */
const resourceLimits = { maxYoungGenerationSizeMb: 4 };

/**
 * Runs a job over all records on all cores. Results come in the order of the records, whichever thread is done first; at
 * most two batches a thread are under way, so that a slow consumer stops the reading. Stopping early, by the signal or by
 * leaving the loop, ends the threads. Throws LoopToolError `worker-failed` with the place where a job or a thread breaks,
 * and what `readRecordBatches` throws.
 */
export async function* runRecordJob<Setup, Result>(job: RecordJob<Setup, Result>, setup: Setup, source: RecordSource, options: WorkerOptions): AsyncGenerator<BatchResult<Result>> {
  const threads = options.threads ?? Math.min(availableParallelism(), mostThreads);
  const sized: SourceOptions = { ...options, highWaterBytes: options.highWaterBytes ?? batchBytes };
  const batches = 'parts' in source ? readByteBatches(source.parts, sized) : readStreamByteBatches(source.stream, source.name, sized);
  const small = 'parts' in source && source.parts.reduce((sum, part) => sum + part.sizeBytes, 0) < (options.inProcessBytes ?? 8_000_000);
  if (threads <= 1 || small) yield* runHere(job, setup, batches);
  else yield* runOnThreads(job, setup, batches, { ...options, threads });
}

async function* runHere<Setup, Result>(job: RecordJob<Setup, Result>, setup: Setup, batches: AsyncIterable<ByteBatch>): AsyncGenerator<BatchResult<Result>> {
  const processBatch = job.start(setup);
  const decode = nodeDecoding();
  for await (const batch of batches) {
    let result: Result;
    try {
      result = processBatch(decodeBatch(batch, decode));
    } catch (cause) {
      throw workerFailed(placeOf(batch), cause);
    }
    yield { ...placeOf(batch), result };
  }
}

async function* runOnThreads<Setup, Result>(job: RecordJob<Setup, Result>, setup: Setup, batches: AsyncGenerator<ByteBatch>, options: WorkerOptions & { readonly threads: number }): AsyncGenerator<BatchResult<Result>> {
  const pool = new RecordThreads(join(options.assetsDirectory, `${job.script}.js`), setup, options.threads);
  const { signal } = options;
  const stop = (): void => pool.fail(new DOMException('stopped', 'AbortError'));
  signal.addEventListener('abort', stop, { once: true });
  const underWay: Promise<BatchResult<Result>>[] = [];
  try {
    for await (const batch of batches) {
      const place = placeOf(batch);
      // The worker's script serves this very job.
      const outcome = pool.process(batch, place).then((result) => ({ ...place, result: result as Result }));
      // It may fail before its turn comes.
      outcome.catch(() => undefined);
      underWay.push(outcome);
      if (underWay.length < options.threads * batchesPerThread) continue;
      const [first] = underWay.splice(0, 1);
      if (first !== undefined) yield await first;
    }
    for (const outcome of underWay) yield await outcome;
    throwIfAborted(signal);
  } finally {
    signal.removeEventListener('abort', stop);
    await pool.close();
  }
}

type BatchPlace = { readonly file: string; readonly firstIndex: number; readonly records: number };

function placeOf(batch: ByteBatch): BatchPlace {
  return { file: batch.file, firstIndex: batch.firstIndex, records: batch.records.length / 6 };
}

type Waiting = { readonly place: BatchPlace; readonly resolve: (result: unknown) => void; readonly reject: (error: Error) => void };
type Thread = { readonly worker: Worker; readonly waiting: Map<number, Waiting> };

/** Threads that answer batches one by one. One that ends takes the whole pool with it. */
class RecordThreads {
  private readonly threads: Thread[] = [];
  private failure: Error | undefined;
  private nextId = 0;

  constructor(
    private readonly script: string,
    private readonly setup: unknown,
    private readonly limit: number,
  ) {}

  process(batch: ByteBatch, place: BatchPlace): Promise<unknown> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    const thread = this.leastBusy();
    return new Promise((resolve, reject) => {
      const message: BatchMessage = { id: this.nextId++, batch };
      thread.waiting.set(message.id, { place, resolve, reject });
      thread.worker.postMessage(message, transferOf(batch));
    });
  }

  fail(error: Error): void {
    this.failure ??= error;
    for (const { waiting } of this.threads) {
      for (const one of waiting.values()) one.reject(this.failure);
      waiting.clear();
    }
  }

  async close(): Promise<void> {
    this.fail(new Error('the threads have ended'));
    await Promise.all(this.threads.map((thread) => thread.worker.terminate()));
  }

  /** A thread is started when all others have work. */
  private leastBusy(): Thread {
    const least = this.threads.reduce<Thread | undefined>((one, other) => (one === undefined || other.waiting.size < one.waiting.size ? other : one), undefined);
    if (least !== undefined && (least.waiting.size === 0 || this.threads.length >= this.limit)) return least;
    const thread = this.start();
    this.threads.push(thread);
    return thread;
  }

  private start(): Thread {
    // Flags of the host process (inspectors, loaders) are not for the threads.
    const worker = new Worker(this.script, { workerData: { setup: this.setup }, execArgv: [], resourceLimits });
    const waiting: Thread['waiting'] = new Map();
    const broken = (cause: unknown): void => this.fail(workerFailed(waiting.values().next().value?.place, cause));
    worker.on('message', (reply: BatchReply) => {
      const one = waiting.get(reply.id);
      waiting.delete(reply.id);
      if ('error' in reply) one?.reject(workerFailed(one.place, new Error(reply.error)));
      else one?.resolve(reply.result);
    });
    worker.on('error', broken);
    worker.on('messageerror', broken);
    worker.on('exit', (code) => broken(new Error(`the thread ended with code ${code}`)));
    return { worker, waiting };
  }
}

function workerFailed(place: BatchPlace | undefined, cause: unknown): LoopToolError {
  const where = place === undefined ? 'before its first record' : `among the records ${place.firstIndex + 1} to ${place.firstIndex + place.records} of ${place.file}`;
  // What the cause says may hold text of a sample.
  return new LoopToolError('worker-failed', `A thread that reads records broke ${where}. Run the command again; if it breaks at the same place, report it with these records.`, { cause });
}
