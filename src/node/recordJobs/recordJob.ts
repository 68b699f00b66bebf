import type { RecordBatch } from '../datasetSource.ts';

/**
 * Work on batches of raw records that can be done on any thread. To add one, say `validate`:
 *
 * 1. `validateJob.ts`: `export const validateJob: RecordJob<Setup, Result> = { script: 'validateWorker', start: (setup) => (batch) => … }`.
 *    `start` runs once a thread; what it makes (dialect, rules, caches) may be kept between batches, but must not change
 *    what a batch gives, as nobody knows which thread a batch goes to.
 * 2. `validateWorker.ts`: `serveRecordJob(validateJob);`, an entry of the `workers` target of esbuild.mjs and of knip.json.
 *    The built script is found by its name in the assets folder.
 * 3. `for await (const { result } of runRecordJob(validateJob, setup, source, options))`: results in the order of the
 *    records; what goes over batches (duplicates, sums) is merged there.
 *
 * Setup and results travel by structured clone: plain data, no functions, no class instances (numbers that are `JsonNumber`
 * would lose their class), no objects without a prototype that must stay so. Keep results small: they are held in memory
 * until their turn comes. A job does not throw for data; if it does, the run ends with `worker-failed` and the place.
 */
export type RecordJob<Setup, Result> = {
  /** Name of the worker's script in the assets folder, without `.js`. */
  readonly script: string;
  readonly start: (setup: Setup) => (batch: RecordBatch) => Result;
};
