import { open, readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LoopToolError } from '../core/errors.ts';
import { describeSystemError, systemErrorCode } from './atomicFile.ts';

/** One file of a dataset. Parquet is recognised by its magic, whatever the file is called. */
export type DatasetPart = {
  readonly path: string;
  readonly sizeBytes: number;
  readonly kind: 'text' | 'parquet';
};

const names = /\.(?:json|jsonl|ndjson|parquet)$/i;

/**
 * The files of a dataset: the file itself, or every .json, .jsonl, .ndjson and .parquet file in a folder and the folders in
 * it, in the order of their paths. Hidden entries are left out, and a folder that links lead to again is read once.
 * Throws LoopToolError `dataset-missing` where nothing is, `dataset-unreadable` where reading is not allowed.
 */
export async function datasetParts(path: string): Promise<readonly DatasetPart[]> {
  try {
    const info = await stat(path);
    if (!info.isDirectory()) return [await partOf(path, info.size)];
    const parts: DatasetPart[] = [];
    await collect(path, new Set(), parts);
    return parts;
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

async function collect(folder: string, seen: Set<string>, parts: DatasetPart[]): Promise<void> {
  const real = await realpath(folder);
  if (seen.has(real)) return;
  seen.add(real);
  // By code units: the order must not depend on the machine's language.
  for (const name of (await readdir(folder)).sort()) {
    if (name.startsWith('.')) continue;
    const path = join(folder, name);
    // A link that leads nowhere is no file.
    const info = await stat(path).catch(() => undefined);
    if (info?.isDirectory()) await collect(path, seen, parts);
    else if (info?.isFile() && names.test(name)) parts.push(await partOf(path, info.size));
  }
}

async function partOf(path: string, sizeBytes: number): Promise<DatasetPart> {
  const handle = await open(path, 'r');
  try {
    const magic = Buffer.alloc(4);
    const { bytesRead } = sizeBytes > 0 ? await handle.read(magic, 0, 4, 0) : { bytesRead: 0 };
    return { path, sizeBytes, kind: magic.toString('latin1', 0, bytesRead) === 'PAR1' ? 'parquet' : 'text' };
  } finally {
    await handle.close();
  }
}

/** The error for a dataset file that cannot be read, whatever went wrong. */
export function unreadable(path: string, cause: unknown): unknown {
  if (cause instanceof LoopToolError || (cause instanceof Error && cause.name === 'AbortError')) return cause;
  if (systemErrorCode(cause) === 'ENOENT') return new LoopToolError('dataset-missing', `There is no dataset ${path}. Correct the path, or put the file there.`, { cause });
  return new LoopToolError('dataset-unreadable', `${path} cannot be read: ${describeSystemError(cause)}. Check its permissions, then run the command again.`, { cause });
}
