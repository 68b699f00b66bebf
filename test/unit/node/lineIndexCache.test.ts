import fc from 'fast-check';
import { appendFileSync, mkdtempSync, readFileSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ByteLineIndex, ByteLineIndexBuilder } from '../../../src/core/jsonl/byteLineIndex.ts';
import { splitText } from '../../../src/core/jsonl/recordSplitter.ts';
import type { IndexedFile } from '../../../src/node/indexedFile.ts';
import { lineIndexFile, openIndexedFile, type LineIndexOrigin } from '../../../src/node/lineIndexCache.ts';

const { signal } = new AbortController();

function project(text: string): { readonly path: string; readonly cacheFolder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'looptool-lines-'));
  writeFileSync(join(folder, 'data.jsonl'), text);
  return { path: join(folder, 'data.jsonl'), cacheFolder: join(folder, '.looptool', 'cache') };
}

async function opened<T>({ path, cacheFolder }: { readonly path: string; readonly cacheFolder: string | undefined }, use: (file: IndexedFile) => Promise<T>): Promise<{ readonly origin: LineIndexOrigin; readonly value: T }> {
  const { file, origin } = await openIndexedFile(path, { cacheFolder, signal });
  try {
    return { origin, value: await use(file) };
  } finally {
    await file.close();
  }
}

const lines = (file: IndexedFile): Promise<(string | undefined)[]> => Promise.all(Array.from({ length: file.lineCount }, (_, line) => file.readLine(line)));
const lineText = fc.oneof({ weight: 9, arbitrary: fc.string({ unit: fc.constantFrom('a', 'é', '😀'), maxLength: 3 }) }, { weight: 1, arbitrary: fc.constantFrom('x'.repeat(70_000), 'y'.repeat(65_535), 'z'.repeat(65_536)) });
const anyFile = fc.array(fc.tuple(lineText, fc.constantFrom('\n', '\n', '\r\n', '\r')), { maxLength: 150 }).map((parts) => parts.flat().join(''));

describe('an indexed file', () => {
  it('gives every line and finds the line of every byte', async () => {
    await fc.assert(
      fc.asyncProperty(anyFile, async (text) => {
        const expected = text.split(/\r\n|\r|\n/);
        await opened({ ...project(text), cacheFolder: undefined }, async (file) => {
          expect(file.lineCount).toBe(expected.length);
          expect(await lines(file)).toEqual(expected);
          for (const line of [0, expected.length >> 1, expected.length - 1]) {
            const range = await file.lineRange(line);
            expect(await file.lineOfByte(range?.start ?? -1)).toBe(line);
            expect(await file.lineOfByte(range?.end ?? -1)).toBe(line);
          }
        });
      }),
      { numRuns: 60 },
    );
  });

  it('counts lines as the records of the same bytes do', async () => {
    const rows = fc.array(fc.tuple(fc.constantFrom('{"a":1}', '{\n"a":\r\n1}', '', ' ', '[1,', 'é'), fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 40 }).map((parts) => parts.flat().join(''));
    await fc.assert(
      fc.asyncProperty(rows, async (text) => {
        await opened({ ...project(text), cacheFolder: undefined }, async (file) => {
          for (const record of splitText(text)) expect(await file.lineOfByte(record.byteOffset)).toBe(record.line);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('has no line beyond its ends', async () => {
    await opened(project('a\nb'), async (file) => {
      for (const line of [-1, 2, 0.5, NaN]) expect(await file.readLine(line)).toBeUndefined();
      expect(await file.lineOfByte(1000)).toBe(1);
    });
  });

  it('is the same from chunks of any size, and through its encoding', () => {
    fc.assert(
      fc.property(anyFile, fc.array(fc.nat(300), { maxLength: 8 }), (text, cuts) => {
        const bytes = new TextEncoder().encode(text);
        const [whole, pieces] = [new ByteLineIndexBuilder(), new ByteLineIndexBuilder()];
        whole.push(bytes);
        let from = 0;
        for (const to of [...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
          pieces.push(bytes.subarray(from, to));
          from = to;
        }
        expect(pieces.end()).toEqual(whole.end());
        expect(ByteLineIndex.decode(whole.end().encode())).toEqual(whole.end());
      }),
      { numRuns: 200 },
    );
  });

  it('never fails to decode bytes, and takes none that are cut', () => {
    const builder = new ByteLineIndexBuilder();
    builder.push(new TextEncoder().encode('line\n'.repeat(1000)));
    const good = builder.end().encode();
    for (let length = 0; length < good.length; length++) expect(ByteLineIndex.decode(good.subarray(0, length))).toBeUndefined();
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => void ByteLineIndex.decode(bytes)));
  });

  it('of 100,000 lines takes less than 8 KB on disk', async () => {
    const it = project('x'.repeat(99).concat('\n').repeat(100_000));
    await opened(it, async () => undefined);
    expect(readFileSync(lineIndexFile(it.cacheFolder, it.path)).length).toBeLessThan(8192);
  });
});

describe('the cache of line indexes', () => {
  const many = Array.from({ length: 500 }, (_, i) => `{"n":${i}}\n`).join('');

  it('is used while the file is as it was', async () => {
    const it = project(many);
    expect((await opened(it, lines)).origin).toBe('built');
    expect(await opened(it, lines)).toEqual({ origin: 'cache', value: many.split('\n') });
  });

  it('goes on where the file only grew, also within a line or a line end', async () => {
    await fc.assert(
      fc.asyncProperty(anyFile, anyFile, async (before, added) => {
        fc.pre(added.length > 0);
        const it = project(before);
        await opened(it, lines);
        appendFileSync(it.path, added);
        expect(await opened(it, lines)).toEqual({ origin: 'extended', value: (before + added).split(/\r\n|\r|\n/) });
        expect((await opened(it, lines)).origin).toBe('cache');
      }),
      { numRuns: 40 },
    );
  });

  it.each<[string, (path: string) => void]>([
    ['is shorter', (path) => truncateSync(path, 20)],
    ['has other bytes at its start and grew', (path) => writeFileSync(path, `\n${many}`)],
    ['has other bytes where it ended and grew', (path) => writeFileSync(path, `${many.slice(0, -5)}\n\n\n\n\n\n\n\n`)],
    ['is of the same size, but of another time', (path) => (writeFileSync(path, many.replaceAll('}\n', '\n}')), utimesSync(path, 1, 1))],
  ])('is thrown away when the file %s', async (_name, change) => {
    const it = project(many);
    await opened(it, lines);
    change(it.path);
    expect(await opened(it, lines)).toEqual({ origin: 'built', value: readFileSync(it.path, 'utf8').split('\n') });
  });

  it('that is torn at any byte, or damaged, is made again', async () => {
    const it = project(many);
    await opened(it, lines);
    const cacheFile = lineIndexFile(it.cacheFolder, it.path);
    const good = readFileSync(cacheFile);
    const damaged = Buffer.from(good);
    damaged[good.length - 2] = 0x7f;
    for (const bytes of [...Array.from({ length: 12 }, (_, i) => good.subarray(0, Math.floor((good.length * i) / 12))), damaged]) {
      writeFileSync(cacheFile, bytes);
      expect(await opened(it, lines)).toEqual({ origin: 'built', value: many.split('\n') });
      expect(readFileSync(cacheFile)).toEqual(good);
    }
  });

  it('that cannot be written is done without', async () => {
    const it = project(many);
    writeFileSync(join(it.path, '..', 'blocked'), '');
    expect(await opened({ ...it, cacheFolder: join(it.path, '..', 'blocked', 'cache') }, lines)).toMatchObject({ origin: 'built' });
  });

  it('is not made of a file that is not there', async () => {
    await expect(openIndexedFile('/nowhere/at/all.jsonl', { cacheFolder: undefined, signal })).rejects.toMatchObject({ code: 'dataset-missing' });
  });

  it('stops when it is told to', async () => {
    await expect(openIndexedFile(project(many).path, { cacheFolder: undefined, signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
  });
});
