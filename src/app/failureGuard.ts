import { LoopToolError } from '../core/errors.ts';
import type { CompletionFailure, CompletionPort } from '../core/llm/completionPort.ts';

/**
 * Tells failures of one request, which become an outcome of their sample, from failures of the endpoint, which stop
 * the stage: going on would only turn every sample left into an error. What is stopped can be run again.
 */
export class FailureGuard {
  private inARow = 0;
  private everSucceeded = false;
  private readonly limit: number;

  constructor(
    private readonly role: string,
    private readonly port: CompletionPort,
  ) {
    // All requests in flight may fail for one reason; the wave after them says that it stays.
    this.limit = Math.max(10, port.concurrency * 2);
  }

  succeeded(): void {
    this.inARow = 0;
    this.everSucceeded = true;
  }

  /** Throws LoopToolError when the endpoint as a whole is out of order. */
  failed(failure: CompletionFailure): void {
    const { model, host } = this.port.description;
    const who = `The ${this.role} endpoint (${model} at ${host})`;
    const next = 'Then run the same command again: it goes on where it stood.';
    switch (failure.kind) {
      case 'unauthorised':
        throw new LoopToolError('endpoint-key', `${who} refuses the key: ${failure.message}. Set the environment variable named by apiKeyEnv (in the editor: LoopTool: Set Endpoint Key). ${next}`);
      case 'not-found':
        throw new LoopToolError('endpoint-refused', `${who} does not know the path or the model: ${failure.message}. Check baseUrl (up to and including /v1) and model in looptool.json. ${next}`);
      case 'refused':
        throw new LoopToolError('endpoint-unreachable', `${who} cannot be reached: ${failure.message}. Start the server or correct baseUrl. ${next}`);
      case 'rate-limited':
        if (!failure.retryable) throw new LoopToolError('endpoint-refused', `${who} has no quota left: ${failure.message}. ${next}`);
        break;
      case 'too-long':
        return;
      case 'bad-request':
        // The fault of one sample, unless the server has not understood a single one.
        if (this.everSucceeded) return;
        break;
      case 'server':
      case 'network':
      case 'protocol':
      case 'timeout':
        break;
    }
    if (failure.down) throw new LoopToolError('endpoint-unreachable', `${who} has been out of order for a while: ${failure.message}. Look at its log. ${next}`);
    this.inARow += 1;
    if (this.inARow >= this.limit) {
      throw new LoopToolError('endpoint-unreachable', `${who} failed ${this.inARow} times in a row, last: ${failure.message}. Look at its log. ${next}`);
    }
  }
}
