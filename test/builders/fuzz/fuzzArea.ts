import type { Rng } from '../../../src/core/random/rng.ts';

/** One input, made but not yet given to anything. `run` throws where a promise is broken; `size` counts characters or bytes. */
export type FuzzInput = { readonly size: number; readonly show: () => string; readonly run: () => void };

/** A part of the core with what feeds it. The same random numbers make the same input. */
export type FuzzArea = { readonly name: string; readonly make: (rng: Rng) => FuzzInput };

export function must(condition: boolean, message: string): void {
  if (!condition) throw new Error(`broken promise: ${message}`);
}
