import { LoopToolError } from '../core/errors.ts';
import type { CompletionPort } from '../core/llm/completionPort.ts';

/**
 * A port that gives on only answers of these weights. Any other answer throws `checkpoint-stale`: it must not become an
 * outcome of this checkpoint, and a server that was started anew or told to load others gives only such.
 */
export function provenPort(port: CompletionPort, fingerprint: string): CompletionPort {
  return {
    description: port.description,
    concurrency: port.concurrency,
    async complete(request, signal) {
      const outcome = await port.complete(request, signal);
      if (outcome.ok && outcome.reply.systemFingerprint !== fingerprint) throw staleError(outcome.reply.systemFingerprint, fingerprint);
      return outcome;
    },
  };
}

export function staleError(served: string | undefined, wanted: string): LoopToolError {
  return new LoopToolError(
    'checkpoint-stale',
    `The embedded server answers with other weights (${served ?? 'none'}) than this round needs (${wanted}): another job changed them, or the server was started anew. Let other jobs end, then run the command again: it goes on where it stood.`,
  );
}
