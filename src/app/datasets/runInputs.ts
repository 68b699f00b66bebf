import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { dialectById } from '../../core/dataset/registry.ts';
import { splitText } from '../../core/jsonl/recordSplitter.ts';
import { parseJson } from '../../core/json/parse.ts';
import { throwIfAborted } from '../../node/clock.ts';
import type { DatasetPart } from '../../node/datasetParts.ts';
import type { Progress, RecordBatch } from '../../node/datasetSource.ts';
import type { RecordJob } from '../../node/recordJobs/recordJob.ts';
import { runRecordJob, type RecordSource } from '../../node/recordWorkers.ts';
import type { PreparedInput } from './inputs.ts';

export type RunOptions = {
  readonly assetsDirectory: string;
  readonly threads?: number | undefined;
  /** Files that are smaller together are worked on in this thread. */
  readonly inProcessBytes?: number | undefined;
  readonly signal: AbortSignal;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
};

/** What a job made of some records of one input; `file` is that of its `ReadSetup`. */
export type InputResult<Result> = { readonly file: string; readonly result: Result };

/**
 * Runs a job over all records of files and streams, in their order. A file that is one record altogether comes as a batch of
 * one record, whose text is the list of its lines. Errors as `runRecordJob`.
 */
export async function* runInputs<Setup, Result>(job: RecordJob<Setup, Result>, setup: Setup, inputs: readonly PreparedInput[], options: RunOptions): AsyncGenerator<InputResult<Result>> {
  let parts: DatasetPart[] = [];
  for (const input of inputs) {
    const whole = input.setup.dialect !== undefined && dialectById(input.setup.dialect)?.unit === 'file';
    if (!whole && 'part' in input.source) {
      parts.push(input.source.part);
      continue;
    }
    yield* runSource(job, setup, { parts }, options);
    parts = [];
    if (whole) yield { file: input.setup.file, result: job.start(setup)(await wholeBatch(input, options.signal)) };
    else if ('stream' in input.source) yield* runSource(job, setup, { stream: input.source.stream, name: input.setup.file }, options);
  }
  yield* runSource(job, setup, { parts }, options);
}

async function* runSource<Setup, Result>(job: RecordJob<Setup, Result>, setup: Setup, source: RecordSource, { signal, assetsDirectory, threads, inProcessBytes, onProgress }: RunOptions): AsyncGenerator<InputResult<Result>> {
  if ('parts' in source && source.parts.length === 0) return;
  const workers = {
    signal,
    assetsDirectory,
    ...(threads === undefined ? {} : { threads }),
    ...(inProcessBytes === undefined ? {} : { inProcessBytes }),
    ...(onProgress === undefined ? {} : { onProgress }),
  };
  for await (const { file, result } of runRecordJob(job, setup, source, workers)) yield { file, result };
}

async function wholeBatch({ source, setup }: PreparedInput, signal: AbortSignal): Promise<RecordBatch> {
  throwIfAborted(signal);
  const text = 'part' in source ? await readFile(source.part.path, 'utf8') : (await buffer(source.stream)).toString('utf8');
  return { file: setup.file, container: 'unknown', records: [{ index: 0, text: wholeText(text), byteOffset: 0, byteLength: 0, line: 0, column: 0 }] };
}

/** The records of a file as one list. What follows a broken part of a dialogue has no known context. */
export function wholeText(text: string): string {
  const items: string[] = [];
  for (const record of splitText(text)) {
    if (record.problem?.readable === false || !parseJson(record.text).ok) break;
    items.push(record.text);
  }
  return `[${items.join(',')}]`;
}
