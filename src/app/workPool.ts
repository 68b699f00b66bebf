import { setMaxListeners } from 'node:events';
import { throwIfAborted } from '../node/clock.ts';

/**
 * Runs `work` on every item, at most `limit` at a time, taking items as places get free. The first error stops the
 * rest (their signal is aborted) and is thrown when all have ended: nothing goes on behind the caller's back.
 */
export async function forEachLimited<T>(
  items: Iterable<T>,
  limit: number,
  signal: AbortSignal,
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.iterator]();
  const inner = new AbortController();
  // Each place in flight listens once, which is bounded: Node's warning at 11 is about leaks.
  setMaxListeners(limit + 10, inner.signal);
  const forward = () => inner.abort(signal.reason);
  signal.addEventListener('abort', forward, { once: true });
  let failure: { readonly error: unknown } | undefined;
  const worker = async () => {
    while (failure === undefined && !signal.aborted) {
      const next = iterator.next();
      if (next.done) return;
      try {
        await work(next.value, inner.signal);
      } catch (error) {
        failure ??= { error };
        inner.abort();
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: limit }, worker));
  } finally {
    signal.removeEventListener('abort', forward);
  }
  throwIfAborted(signal);
  if (failure) throw failure.error;
}
