import { parentPort, workerData } from 'node:worker_threads';
import { decodeBatch, type ByteBatch } from '../byteBatches.ts';
import { nodeDecoding } from '../decodeUtf8.ts';
import type { RecordJob } from './recordJob.ts';

export type BatchMessage = { readonly id: number; readonly batch: ByteBatch };

/** What a thread answers to a batch. A batch that failed does not end the thread. */
export type BatchReply = { readonly id: number; readonly result: unknown } | { readonly id: number; readonly error: string };

/** The whole of a worker's script: answers each batch with its result, in the order that they come. */
export function serveRecordJob<Setup, Result>(job: RecordJob<Setup, Result>): void {
  // The pool gives the setup of the same job.
  const processBatch = job.start((workerData as { readonly setup: Setup }).setup);
  const decode = nodeDecoding();
  parentPort?.on('message', ({ id, batch }: BatchMessage) => {
    let reply: BatchReply;
    try {
      reply = { id, result: processBatch(decodeBatch(batch, decode)) };
    } catch (error) {
      reply = { id, error: error instanceof Error ? error.message : String(error) };
    }
    parentPort?.postMessage(reply);
  });
}
