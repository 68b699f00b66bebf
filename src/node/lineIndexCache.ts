import { createHash } from 'node:crypto';
import { open, readFile, stat, type FileHandle } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { sha256Hex } from '../core/hash.ts';
import { ByteLineIndex, ByteLineIndexBuilder } from '../core/jsonl/byteLineIndex.ts';
import { writeFileAtomic } from './atomicFile.ts';
import { unreadable } from './datasetParts.ts';
import { fileChunks } from './fileChunks.ts';
import { IndexedFile } from './indexedFile.ts';
import { jsonOrUndefined } from '../core/json/jsonOrUndefined.ts';

export type LineIndexOptions = {
  /** Where indexes are kept, such as `.looptool/cache`; undefined keeps none. */
  readonly cacheFolder: string | undefined;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: { readonly bytesDone: number; readonly bytesTotal: number }) => void;
};

/** How the index came to be; for messages and tests. */
export type LineIndexOrigin = 'cache' | 'extended' | 'built';

/**
 * Opens a file for random access to its lines. The index is taken from the cache where the file is as it was, goes on from
 * there where the file only grew, and is made in one pass otherwise. A cache file that is torn or of another file is as
 * good as none, and one that cannot be written is done without. Whoever opens closes. Throws LoopToolError `dataset-missing`
 * or `dataset-unreadable`.
 */
export async function openIndexedFile(path: string, options: LineIndexOptions): Promise<{ readonly file: IndexedFile; readonly origin: LineIndexOrigin }> {
  try {
    const handle = await open(path, 'r');
    try {
      const { index, origin } = await lineIndexOf(path, handle, options);
      return { file: new IndexedFile(handle, index), origin };
    } catch (error) {
      await handle.close();
      throw error;
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

async function lineIndexOf(path: string, handle: FileHandle, options: LineIndexOptions): Promise<{ readonly index: ByteLineIndex; readonly origin: LineIndexOrigin }> {
  const cacheFile = options.cacheFolder === undefined ? undefined : lineIndexFile(options.cacheFolder, path);
  const { size, mtimeMs } = await stat(path);
  const cached = cacheFile === undefined ? undefined : await readCache(cacheFile);
  const usable = cached !== undefined && cached.header.path === resolve(path) && (await sameBytes(handle, cached.header, size)) ? cached : undefined;
  if (usable?.header.size === size && usable.header.mtimeMs === mtimeMs) return { index: usable.index, origin: 'cache' };
  const before = usable !== undefined && usable.header.size < size ? usable.index : undefined;
  const index = await build(path, before, size, options);
  if (cacheFile !== undefined) await writeCache(cacheFile, { path: resolve(path), size: index.sizeBytes, mtimeMs, ...(await fingerprint(handle, index.sizeBytes)) }, index);
  return { index, origin: before === undefined ? 'built' : 'extended' };
}

/** Name of the cache file of a dataset file. */
export function lineIndexFile(cacheFolder: string, path: string): string {
  return join(cacheFolder, `${sha256Hex(resolve(path)).slice(0, 32)}.lines`);
}

async function build(path: string, before: ByteLineIndex | undefined, bytesTotal: number, options: LineIndexOptions): Promise<ByteLineIndex> {
  const builder = new ByteLineIndexBuilder(before);
  let bytesDone = before?.sizeBytes ?? 0;
  for await (const chunk of fileChunks(path, { signal: options.signal, from: bytesDone })) {
    builder.push(chunk);
    bytesDone += chunk.length;
    options.onProgress?.({ bytesDone, bytesTotal: Math.max(bytesDone, bytesTotal) });
  }
  return builder.end();
}

const headerSchema = z.object({ path: z.string(), size: z.number().int().nonnegative(), mtimeMs: z.number(), head: z.string(), tail: z.string() });
type Header = z.infer<typeof headerSchema>;

const magic = 'looptool-lines 1\n';
const lf = 0x0a;
const hashLength = 64;
const fingerprintBytes = 1 << 16;

/** Hashes of the first and the last 64 KiB before `size`. A change between them that keeps the size shows in the time only. */
async function fingerprint(handle: FileHandle, size: number): Promise<{ readonly head: string; readonly tail: string }> {
  const length = Math.min(size, fingerprintBytes);
  return { head: await hashOf(handle, 0, length), tail: await hashOf(handle, size - length, length) };
}

async function hashOf(handle: FileHandle, position: number, length: number): Promise<string> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = length > 0 ? await handle.read(bytes, 0, length, position) : { bytesRead: 0 };
  return createHash('sha256').update(bytes.subarray(0, bytesRead)).digest('hex');
}

async function sameBytes(handle: FileHandle, header: Header, size: number): Promise<boolean> {
  if (size < header.size) return false;
  const { head, tail } = await fingerprint(handle, header.size);
  return head === header.head && tail === header.tail;
}

/** The file: magic, hash of the rest, newline, header as one line of JSON, encoded index. */
async function writeCache(path: string, header: Header, index: ByteLineIndex): Promise<void> {
  const body = Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), index.encode()]);
  try {
    await writeFileAtomic(path, Buffer.concat([Buffer.from(`${magic}${createHash('sha256').update(body).digest('hex')}\n`), body]));
  } catch {
    // A folder that cannot be written costs the next opening a pass, and nothing else.
  }
}

async function readCache(path: string): Promise<{ readonly header: Header; readonly index: ByteLineIndex } | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch {
    return undefined;
  }
  const bodyStart = magic.length + hashLength + 1;
  const body = bytes.subarray(bodyStart);
  const expected = `${magic}${createHash('sha256').update(body).digest('hex')}\n`;
  const headerEnd = body.indexOf(lf);
  if (headerEnd < 0 || bytes.toString('latin1', 0, bodyStart) !== expected) return undefined;
  const header = headerSchema.safeParse(jsonOrUndefined(body.toString('utf8', 0, headerEnd)));
  const index = ByteLineIndex.decode(body.subarray(headerEnd + 1));
  return header.success && index?.sizeBytes === header.data.size ? { header: header.data, index } : undefined;
}
