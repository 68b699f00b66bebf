import { buildSync } from 'esbuild';
import fc from 'fast-check';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { splitText } from '../../../src/core/jsonl/recordSplitter.ts';
import { ByteBatcher, decodeBatch } from '../../../src/node/byteBatches.ts';
import { datasetParts } from '../../../src/node/datasetParts.ts';
import { nodeDecoding } from '../../../src/node/decodeUtf8.ts';
import { countJob } from '../../builders/countJob.ts';
import type { RecordJob } from '../../../src/node/recordJobs/recordJob.ts';
import { runRecordJob, type BatchResult, type WorkerOptions } from '../../../src/node/recordWorkers.ts';

const folder = mkdtempSync(join(tmpdir(), 'looptool-workers-'));
const { signal } = new AbortController();
const onThreads: WorkerOptions = { signal, assetsDirectory: folder, threads: 2, inProcessBytes: 0, highWaterBytes: 4096 };

beforeAll(() => {
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  buildSync({ entryPoints: [fileURLToPath(new URL('../../builders/countWorker.ts', import.meta.url))], outdir: folder, bundle: true, platform: 'node', format: 'esm' });
  // A worker's script that answers the first batches and then breaks in the given way.
  const breaking = (how: string): string => `import { parentPort } from 'node:worker_threads'; parentPort.on('message', ({ id, batch }) => { if (batch.firstIndex === 0) parentPort.postMessage({ id, result: 0 }); else { ${how} } });`;
  writeFileSync(join(folder, 'throwing.js'), breaking(`parentPort.postMessage({ id, error: 'broken' })`));
  writeFileSync(join(folder, 'crashing.js'), breaking(`throw new Error('broken')`));
  writeFileSync(join(folder, 'exiting.js'), breaking('process.exit(3)'));
  writeFileSync(join(folder, 'slow.js'), `import { parentPort } from 'node:worker_threads'; parentPort.on('message', ({ id, batch }) => setTimeout(() => parentPort.postMessage({ id, result: batch.firstIndex }), batch.firstIndex % 3 === 0 ? 20 : 0));`);
});

function dataset(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'looptool-workers-')), 'data.jsonl');
  writeFileSync(path, text);
  return path;
}

const rows = Array.from({ length: 20_000 }, (_, i) => (i % 1000 === 7 ? '{"n":' : `{"n":${i},"é":"${'x'.repeat(i % 50)}"}`)).join('\n');
const scripted = (script: string): RecordJob<undefined, number> => ({ script, start: () => (batch) => batch.records.length });

async function all<Result>(results: AsyncIterable<BatchResult<Result>>): Promise<readonly BatchResult<Result>[]> {
  const list: BatchResult<Result>[] = [];
  for await (const result of results) list.push(result);
  return list;
}

describe('a record job', () => {
  it('counts the same on threads, here, and from a stream, with results in order', async () => {
    const parts = await datasetParts(dataset(rows));
    const threads = await all(runRecordJob(countJob, undefined, { parts }, onThreads));
    const here = await all(runRecordJob(countJob, undefined, { parts }, { ...onThreads, threads: 1 }));
    expect(threads).toEqual(here);
    expect(threads.length).toBeGreaterThan(50);
    expect(threads.map(({ firstIndex }) => firstIndex)).toEqual(threads.map((_, i) => threads.slice(0, i).reduce((sum, { records }) => sum + records, 0)));
    const sums = (list: typeof threads): readonly number[] => [list.reduce((sum, { result }) => sum + result.records, 0), list.reduce((sum, { result }) => sum + result.unreadable, 0)];
    expect(sums(threads)).toEqual([20_000, 20]);
    expect(sums(await all(runRecordJob(countJob, undefined, { stream: Readable.from([Buffer.from(rows)]), name: 'stdin' }, onThreads)))).toEqual([20_000, 20]);
  });

  it('keeps the order when threads are done out of turn', async () => {
    const results = await all(runRecordJob(scripted('slow'), undefined, { parts: await datasetParts(dataset(rows)) }, onThreads));
    expect(results.map(({ result }) => result)).toEqual(results.map(({ firstIndex }) => firstIndex));
  });

  it('starts no threads for small files', async () => {
    const parts = await datasetParts(dataset('{"a":1}\n{"a":2}'));
    expect(await all(runRecordJob(scripted('not-there'), undefined, { parts }, { signal, assetsDirectory: folder, threads: 2 }))).toMatchObject([{ records: 2, result: 2 }]);
  });

  it.each(['throwing', 'crashing', 'exiting'])('whose thread is %s ends with the place', async (script) => {
    const path = dataset(rows);
    const run = all(runRecordJob(scripted(script), undefined, { parts: await datasetParts(path) }, onThreads));
    await expect(run).rejects.toMatchObject({ code: 'worker-failed', userMessage: expect.stringMatching(/among the records \d+ to \d+ of .*data\.jsonl/) as string });
  });

  it('that throws in this thread ends with the place, too', async () => {
    const job: RecordJob<undefined, number> = { script: 'none', start: () => () => { throw new Error('broken'); } };
    const run = all(runRecordJob(job, undefined, { parts: await datasetParts(dataset('{}\n{}')) }, { ...onThreads, threads: 1 }));
    await expect(run).rejects.toMatchObject({ code: 'worker-failed', userMessage: expect.stringContaining('records 1 to 2 of') as string });
  });

  it('stops when the signal fires', async () => {
    const stop = new AbortController();
    const parts = await datasetParts(dataset(rows));
    const run = async (): Promise<void> => {
      for await (const _ of runRecordJob(scripted('slow'), undefined, { parts }, { ...onThreads, signal: stop.signal })) stop.abort();
    };
    await expect(run()).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('reads no further than its consumer', async () => {
    let furthest = 0;
    const parts = await datasetParts(dataset(rows));
    for await (const _ of runRecordJob(scripted('slow'), undefined, { parts }, { ...onThreads, onProgress: ({ bytesDone }) => (furthest = bytesDone) })) break;
    expect(furthest).toBeLessThan(8 * 4096);
  });
});

describe('byte batches', () => {
  it('decode to what the splitter gives', () => {
    const piece = fc.constantFrom('{"a":1}', '{"é":"😀"}', '\n', '\n', ',', '[', ']', '{', '}', ' x', '{\n"a":\n1}', '\r\n');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.array(fc.nat(80), { maxLength: 6 }), fc.integer({ min: 1, max: 40 }), (parts, cuts, batchBytes) => {
        const bytes = Buffer.from(parts.join(''));
        const batcher = new ByteBatcher('x', batchBytes);
        const batches = [];
        let from = 0;
        for (const to of [...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
          const chunk = Uint8Array.from(bytes.subarray(from, to));
          batches.push(batcher.push(chunk) ?? []);
          chunk.fill(0x58);
          from = to;
        }
        batches.push(batcher.end());
        expect(batches.flat().flatMap((batch) => decodeBatch(batch, nodeDecoding()).records)).toEqual(splitText(parts.join('')));
      }),
      { numRuns: 2000 },
    );
  });
});
