import type { CompletionOutcome, CompletionPort } from '../../core/llm/completionPort.ts';
import { prefixOrdered } from '../../core/loop/prefixOrder.ts';
import type { ModelRequest } from '../../core/loop/requestKey.ts';
import { FailureGuard } from '../failureGuard.ts';
import { forEachLimited } from '../workPool.ts';
import { PendingWrites } from './pendingWrites.ts';
import type { StageContext } from './stage.ts';

/** Answers that may wait for the disk, whatever the concurrency. */
const leastUnwritten = 512;

export type Settled<T> = {
  /** Resolves when what the outcome means is on disk. */
  readonly written: Promise<void>;
  /** A further request for the same item: a second try with a higher limit. */
  readonly next?: T | undefined;
};

/**
 * Sends requests, as many at a time as the endpoint takes, and records what came. The next request does not wait for
 * the disk, unless that falls far behind, but an item counts as done, in the progress too, only when it is written.
 */
export async function askAll<T extends { readonly request: ModelRequest }>(
  context: Pick<StageContext, 'ports' | 'progress' | 'signal'>,
  target: { readonly role: string; readonly port: CompletionPort },
  asks: Iterable<T>,
  settle: (ask: T, outcome: CompletionOutcome, startedAt: string) => Settled<T>,
): Promise<void> {
  const ordered = prefixOrdered(asks);
  const estimate = target.port.used ? estimateOf(ordered) : {};
  if (target.port.used && ordered.length > 0) context.progress.update({ metrics: { ...estimate, ...target.port.used() } });
  const guard = new FailureGuard(target.role, target.port);
  const writes = new PendingWrites(Math.max(leastUnwritten, target.port.concurrency * 2));
  const count = () => {
    const metrics = target.port.used?.();
    if (metrics) context.progress.update({ metrics: { ...estimate, ...metrics } });
    context.progress.add(1);
  };
  try {
    await forEachLimited(ordered, target.port.concurrency, context.signal, async (first, signal) => {
      for (let ask: T | undefined = first; ask; ) {
        await writes.room();
        writes.throwFailure();
        const startedAt = new Date(context.ports.clock.now()).toISOString();
        const outcome: CompletionOutcome = await target.port.complete(ask.request, signal);
        if (!outcome.ok) guard.failed(outcome.failure);
        else guard.succeeded();
        const { written, next }: Settled<T> = settle(ask, outcome, startedAt);
        writes.add(written, next === undefined ? count : () => undefined);
        ask = next;
      }
    });
  } finally {
    await writes.all();
  }
  writes.throwFailure();
}

/** Rough, for a look before the first request: four characters a token, and the longest answers that are allowed. */
function estimateOf(asks: readonly { readonly request: ModelRequest }[]): Readonly<Record<string, number>> {
  let characters = 0;
  let most = 0;
  for (const { request } of asks) {
    characters += JSON.stringify(request.messages).length + JSON.stringify(request.tools).length;
    most += request.sampling.maxTokens;
  }
  return { 'estimate.requests': asks.length, 'estimate.promptTokens': Math.round(characters / 4), 'estimate.completionTokensMost': most };
}
