import { open } from 'node:fs/promises';
import { throwIfAborted } from './clock.ts';

export type ChunkOptions = {
  readonly signal: AbortSignal;
  /** Default 1 MiB. */
  readonly chunkBytes?: number;
  /** Offset of the first byte; default 0. */
  readonly from?: number;
  /** Offset behind the last byte; default the end of the file. */
  readonly to?: number;
};

/**
 * The bytes of a file, piece by piece; the next piece is read while one is looked at. A piece is valid until the next one is
 * asked for.
 */
export async function* fileChunks(path: string, options: ChunkOptions): AsyncGenerator<Uint8Array> {
  const { signal, chunkBytes = 1 << 20, to = Infinity } = options;
  const handle = await open(path, 'r');
  try {
    const [one, other] = [Buffer.allocUnsafeSlow(chunkBytes), Buffer.allocUnsafeSlow(chunkBytes)];
    let position = options.from ?? 0;
    let [current, next] = [one, other];
    let pending = handle.read(current, 0, Math.min(chunkBytes, to - position), position);
    for (;;) {
      const { bytesRead } = await pending;
      throwIfAborted(signal);
      if (bytesRead === 0) return;
      position += bytesRead;
      pending = position < to ? handle.read(next, 0, Math.min(chunkBytes, to - position), position) : Promise.resolve({ bytesRead: 0, buffer: next });
      // Nobody may be there to see it fail while the caller looks at this piece.
      pending.catch(() => undefined);
      yield current.subarray(0, bytesRead);
      [current, next] = [next, current];
    }
  } finally {
    await handle.close();
  }
}
