import { abortReason, type Clock } from '../clock.ts';

/** An attempt with one server. It rejects when its signal is aborted, and otherwise says how it went. */
type Send<T> = (signal: AbortSignal) => Promise<T>;

/**
 * Sends `first`, and where it has not ended after `afterMs` also what `another` offers, if anything: the first good answer
 * counts, and the other attempt is cancelled. Where neither is good, the first one's word counts. `sent`: how many
 * attempts were made. Rejects when `signal` is aborted.
 */
export async function hedged<T extends { readonly ok: boolean }>(
  first: Send<T>,
  another: () => Send<T> | undefined,
  { afterMs, clock, signal }: { readonly afterMs: number; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<{ readonly result: T; readonly sent: number }> {
  const own = cancellable(first, signal);
  const timer = new AbortController();
  const tooLong = clock.sleep(afterMs, timer.signal).then(
    () => 'late' as const,
    () => 'cancelled' as const,
  );
  try {
    const early = await Promise.race([own.ended, tooLong]);
    if (typeof early !== 'string') return { result: early, sent: 1 };
    const more = another();
    if (more === undefined) return { result: await own.ended, sent: 1 };
    const copy = cancellable(more, signal);
    try {
      return { result: await firstGood(own.ended, copy.ended), sent: 2 };
    } finally {
      copy.cancel();
    }
  } finally {
    timer.abort();
    own.cancel();
  }
}

async function firstGood<T extends { readonly ok: boolean }>(own: Promise<T>, copy: Promise<T>): Promise<T> {
  const sooner = await Promise.race([own, copy]);
  if (sooner.ok) return sooner;
  const [result, other] = await Promise.all([own, copy]);
  return !result.ok && other.ok ? other : result;
}

function cancellable<T>(send: Send<T>, signal: AbortSignal): { readonly ended: Promise<T>; readonly cancel: () => void } {
  const controller = new AbortController();
  const forward = () => controller.abort(abortReason(signal));
  signal.addEventListener('abort', forward, { once: true });
  const ended = send(controller.signal);
  // Of an attempt that is cancelled nobody asks any more how it went.
  ended.catch(() => undefined);
  const cancel = () => {
    signal.removeEventListener('abort', forward);
    controller.abort();
  };
  return { ended, cancel };
}
