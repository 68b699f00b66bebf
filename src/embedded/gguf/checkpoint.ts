import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { LoopToolError } from '../../core/errors.ts';
import { readGguf, type GgufModel } from './read.ts';

/** A model with the proof of which file it came from. */
export type LoadedCheckpoint = GgufModel & { readonly fingerprint: string };

/** `sha256:<hex>` of a checkpoint file's bytes. */
export function checkpointFingerprint(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Throws LoopToolError `checkpoint-unreadable` when the file is missing or not a model of the embedded engine. */
export async function loadCheckpoint(path: string): Promise<LoadedCheckpoint> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new LoopToolError('checkpoint-unreadable', 'The checkpoint file could not be read. Check the path in looptool.json.', { cause });
  }
  return { ...readGguf(bytes), fingerprint: checkpointFingerprint(bytes) };
}
