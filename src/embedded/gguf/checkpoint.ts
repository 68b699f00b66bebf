import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { isLoopToolError, LoopToolError } from '../../core/errors.ts';
import { readGguf, type GgufModel } from './read.ts';

/** A model with the proof of which file it came from. */
export type LoadedCheckpoint = GgufModel & { readonly fingerprint: string };

/** Far more than the engine can run; saves reading a large file that would be refused anyway. */
const LARGEST_FILE_BYTES = 2 ** 30;

/** `sha256:<hex>` of a checkpoint file's bytes. */
export function checkpointFingerprint(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Throws LoopToolError `checkpoint-unreadable` when the file is missing or not a model of the embedded engine. */
export async function loadCheckpoint(path: string): Promise<LoadedCheckpoint> {
  let bytes: Uint8Array;
  try {
    const { size } = await stat(path);
    if (size > LARGEST_FILE_BYTES) throw new LoopToolError('checkpoint-unreadable', 'The checkpoint is too large for the embedded engine. Choose a checkpoint that LoopTool wrote, or serve this one with another program.');
    bytes = await readFile(path);
  } catch (cause) {
    if (isLoopToolError(cause)) throw cause;
    throw new LoopToolError('checkpoint-unreadable', 'The checkpoint file could not be read. Check the path in looptool.json.', { cause });
  }
  return { ...readGguf(bytes), fingerprint: checkpointFingerprint(bytes) };
}
