import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { splitText, type RawRecord } from '../../../src/core/jsonl/recordSplitter.ts';
import { datasetParts } from '../../../src/node/datasetParts.ts';
import { readRecordBatches, readStreamBatches, type Progress, type RecordBatch } from '../../../src/node/datasetSource.ts';

const { signal } = new AbortController();
const folder = (): string => mkdtempSync(join(tmpdir(), 'looptool-source-'));
const rows = (count: number): string => Array.from({ length: count }, (_, i) => `{"n":${i},"é":"😀"}\n`).join('');

async function recordsOf(batches: AsyncIterable<RecordBatch>): Promise<readonly RawRecord[]> {
  const records: RawRecord[] = [];
  for await (const batch of batches) records.push(...batch.records);
  return records;
}

describe('the parts of a dataset', () => {
  it('are the dataset files of a folder and its folders, by their paths, each folder once', async () => {
    const root = folder();
    mkdirSync(join(root, 'b', 'deep'), { recursive: true });
    mkdirSync(join(root, '.hidden'));
    for (const name of ['c.jsonl', 'a.JSON', 'notes.md', 'b/deep/x.ndjson', '.hidden/y.json', 'B.json']) writeFileSync(join(root, name), '{}');
    symlinkSync(root, join(root, 'b', 'loop'));
    symlinkSync(join(root, 'nowhere.json'), join(root, 'dangling.json'));
    expect((await datasetParts(root)).map((part) => relative(root, part.path))).toEqual(['B.json', 'a.JSON', join('b', 'deep', 'x.ndjson'), 'c.jsonl']);
  });

  it('are one for a file, however it is called', async () => {
    const path = join(folder(), 'data.txt');
    writeFileSync(path, rows(1));
    expect(await datasetParts(path)).toEqual([{ path, sizeBytes: 20, kind: 'text' }]);
  });

  it('are an error where there is nothing', async () => {
    await expect(datasetParts(join(folder(), 'none.jsonl'))).rejects.toMatchObject({ code: 'dataset-missing' });
  });
});

describe('record batches', () => {
  it('are the records of every file, with the progress over all of them', async () => {
    const root = folder();
    writeFileSync(join(root, 'a.jsonl'), rows(3));
    writeFileSync(join(root, 'b.json'), '[{"a":1},{"a":2}]');
    writeFileSync(join(root, 'c.jsonl'), '');
    const seen: Progress[] = [];
    const batches: (readonly [string, string, number])[] = [];
    const parts = await datasetParts(root);
    for await (const { file, container, records } of readRecordBatches(parts, { signal, onProgress: (progress) => seen.push(progress) })) batches.push([relative(root, file), container, records.length]);
    expect(batches).toEqual([
      ['a.jsonl', 'lines', 3],
      ['b.json', 'array', 2],
      ['c.jsonl', 'unknown', 0],
    ]);
    expect(seen.at(-1)).toEqual({ bytesDone: 60 + 17, bytesTotal: 60 + 17 });
  });

  it('hold no more than they are told to', async () => {
    const path = join(folder(), 'a.jsonl');
    writeFileSync(path, rows(5000));
    let count = 0;
    for await (const batch of readRecordBatches(await datasetParts(path), { signal, highWaterBytes: 4096 })) {
      expect(batch.records.reduce((sum, record) => sum + record.byteLength, 0)).toBeLessThan(2 * 4096);
      count += batch.records.length;
    }
    expect(count).toBe(5000);
  });

  it('of a stream are those of its text, whatever its chunks are', async () => {
    const text = rows(50);
    const bytes = Buffer.from(text);
    const chunks = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, i) => bytes.subarray(7 * i, 7 * i + 7));
    expect(await recordsOf(readStreamBatches(Readable.from(chunks), 'stdin', { signal }))).toEqual(splitText(text));
  });

  it('stop between two chunks when the signal fires', async () => {
    const path = join(folder(), 'a.jsonl');
    writeFileSync(path, rows(100_000));
    const stop = new AbortController();
    const read = async (): Promise<number> => {
      let batches = 0;
      for await (const _ of readRecordBatches(await datasetParts(path), { signal: stop.signal, highWaterBytes: 4096 })) if (++batches === 2) stop.abort();
      return batches;
    };
    await expect(read()).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('of a stream whose sender has stopped sending stop, too', async () => {
    const stop = new AbortController();
    const stream = new PassThrough();
    stream.write(rows(1));
    const reading = recordsOf(readStreamBatches(stream, 'stdin', { signal: stop.signal }));
    setImmediate(() => stop.abort());
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('of a file that has gone since are an error that names it', async () => {
    const path = join(folder(), 'gone.jsonl');
    await expect(recordsOf(readRecordBatches([{ path, sizeBytes: 1, kind: 'text' }], { signal }))).rejects.toMatchObject({ code: 'dataset-missing', userMessage: expect.stringContaining(path) as string });
  });
});
