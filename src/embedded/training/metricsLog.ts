import { appendFile, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from './durableFile.ts';

/** One line of `metrics.jsonl`. Without times, so that equal runs give equal files. */
export type MetricsLine = { readonly step: number; readonly epoch: number; readonly metrics: Readonly<Record<string, number>> };

const pathIn = (directory: string): string => join(directory, 'metrics.jsonl');

export async function appendMetrics(directory: string, line: MetricsLine): Promise<void> {
  await appendFile(pathIn(directory), `${JSON.stringify(line)}\n`);
}

/** Makes the lines so far last; before a state is saved that counts on them. */
export async function syncMetrics(directory: string): Promise<void> {
  const file = await open(pathIn(directory), 'a');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Drops what a stopped run wrote after the checkpoint that it goes on from; a torn last line goes with it. */
export async function truncateMetrics(directory: string, step: number): Promise<void> {
  const text = await readFile(pathIn(directory), 'utf8').catch(() => '');
  const kept = text.split('\n').slice(0, step).filter((line) => line !== '');
  await writeDurably(pathIn(directory), kept.map((line) => `${line}\n`).join(''));
}
