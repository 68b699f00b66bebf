import { buildSync } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RecordSplitter } from '../../src/core/jsonl/recordSplitter.ts';
import { datasetParts } from '../../src/node/datasetParts.ts';
import { readRecordBatches } from '../../src/node/datasetSource.ts';
import { nodeDecoding } from '../../src/node/decodeUtf8.ts';
import { openIndexedFile } from '../../src/node/lineIndexCache.ts';
import { countJob } from '../builders/countJob.ts';
import { runRecordJob } from '../../src/node/recordWorkers.ts';
import type { BenchRow } from './row.ts';

const megabyte = 1_000_000;
const { signal } = new AbortController();

/** Line index and record splitting beside a plain read of the same file. With LOOPTOOL_BENCH_LARGE=1, the memory of a walk over 1 GB, too. */
export async function rows(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'looptool-bench-lines-'));
  try {
    const short = await writeRows(join(folder, 'short.jsonl'), 100, 200 * megabyte, 'lines');
    const long = await writeRows(join(folder, 'long.jsonl'), 2400, 200 * megabyte, 'lines');
    const list = await writeRows(join(folder, 'list.json'), 2400, 200 * megabyte, 'array');
    const measured = [await beside('line index, lines of 100 bytes', short, indexTime), await beside('line index, lines of 2.4 KB', long, indexTime)];
    measured.push(await beside('records of lines of 100 bytes', short, splitTime), await beside('records of lines of 2.4 KB', long, splitTime), await beside('records of one list, 2.4 KB each', list, splitTime));
    if (process.env['LOOPTOOL_BENCH_LARGE'] === '1') measured.push(...(await walks(folder)));
    return measured;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type RowFile = { readonly path: string; readonly sizeBytes: number };

async function writeRows(path: string, rowBytes: number, sizeBytes: number, container: 'lines' | 'array'): Promise<RowFile> {
  const stream = createWriteStream(path);
  const filler = 'call the weather tool for é and then answer '.repeat(Math.ceil(rowBytes / 40));
  let written = 0;
  for (let i = 0; written < sizeBytes; ) {
    let block = '';
    for (; block.length < megabyte && written + block.length < sizeBytes; i++) {
      const head = `{"id":${i},"text":"`;
      block += `${container === 'array' ? (i === 0 ? '[' : ',') : ''}${head}${filler.slice(0, rowBytes - head.length - 3)}"}${container === 'lines' ? '\n' : ''}`;
    }
    written += Buffer.byteLength(block);
    if (!stream.write(block)) await once(stream, 'drain');
  }
  stream.end(container === 'array' ? ']' : '');
  await once(stream, 'finish');
  return { path, sizeBytes: written };
}

/** MB a second of the work, and of a plain read; the best of three each, taken in turns. */
async function beside(name: string, file: RowFile, work: (file: RowFile) => Promise<number>): Promise<BenchRow> {
  const times = { work: Infinity, read: Infinity };
  for (let i = 0; i < 3; i++) {
    times.read = Math.min(times.read, await readTime(file));
    times.work = Math.min(times.work, await work(file));
  }
  const rate = (ms: number): number => Math.round(file.sizeBytes / 1000 / ms);
  return { name, value: rate(times.work), unit: 'MB/s', better: 'higher', peer: { name: 'plain read', value: rate(times.read) } };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function readTime({ path }: RowFile): Promise<number> {
  return timed(async () => {
    const handle = await open(path, 'r');
    const bytes = Buffer.allocUnsafeSlow(1 << 20);
    while ((await handle.read(bytes, 0, bytes.length)).bytesRead > 0);
    await handle.close();
  });
}

function indexTime({ path }: RowFile): Promise<number> {
  return timed(async () => (await openIndexedFile(path, { cacheFolder: undefined, signal })).file.close());
}

function splitTime({ path }: RowFile): Promise<number> {
  return timed(async () => {
    const splitter = new RecordSplitter({ decode: nodeDecoding() });
    let records = 0;
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) records += splitter.push(chunk as Buffer).length;
    records += splitter.end().length;
    if (records === 0) throw new Error('no records');
  });
}

/** Each in a process of its own, so that nothing else is in its memory: this file, called with `walk` or `job` and a path. */
async function walks(folder: string): Promise<BenchRow[]> {
  const found: BenchRow[] = [];
  for (const container of ['lines', 'array'] as const) {
    const { path } = await writeRows(join(folder, `large.${container}`), 2400, 1000 * megabyte, container);
    const output = execFileSync(process.execPath, [fileURLToPath(import.meta.url), 'walk', path], { encoding: 'utf8' });
    const [peak = NaN, seconds = NaN] = output.split(' ').map(Number);
    found.push({ name: `peak memory of a walk over 1 GB, ${container}`, value: Math.round(peak / megabyte), unit: 'MB', goal: 300, better: 'lower' });
    found.push({ name: `walk over 1 GB, ${container}`, value: Math.round(seconds * 10) / 10, unit: 's', better: 'lower' });
    if (container === 'lines') {
      buildSync({ entryPoints: [join(import.meta.dirname, '../builders/countWorker.ts')], outdir: folder, bundle: true, platform: 'node', format: 'esm' });
      writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
      const [jobPeak = NaN] = execFileSync(process.execPath, [fileURLToPath(import.meta.url), 'job', path, folder], { encoding: 'utf8' }).split(' ').map(Number);
      found.push({ name: 'peak memory of a job on threads over 1 GB', value: Math.round(jobPeak / megabyte), unit: 'MB', goal: 300, better: 'lower' });
    }
    rmSync(path);
  }
  return found;
}

if (process.argv[2] === 'walk' || process.argv[2] === 'job') {
  const start = performance.now();
  const parts = await datasetParts(process.argv[3] ?? '');
  const assetsDirectory = process.argv[4] ?? '';
  let peak = 0;
  for await (const _ of process.argv[2] === 'walk' ? readRecordBatches(parts, { signal }) : runRecordJob(countJob, undefined, { parts }, { signal, assetsDirectory })) peak = Math.max(peak, process.memoryUsage.rss());
  console.log(`${peak} ${(performance.now() - start) / 1000}`);
}
