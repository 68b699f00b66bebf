import type { CompletionReply, CompletionRequest } from '../../core/llm/completionPort.ts';
import type { Clock } from '../clock.ts';
import type { Attempt, Target } from '../openaiTarget.ts';
import { retryDelayMs } from '../retry.ts';
import type { ConcurrencyLimit } from './adaptiveLimit.ts';
import { CircuitBreaker } from './circuitBreaker.ts';
import { rateWaitMs } from './rateHeaders.ts';

export type Replica = {
  readonly target: Target;
  /** Share of the work beside the other replicas. */
  readonly weight: number;
  readonly limit: ConcurrencyLimit;
};

/** One server with everything that decides whether it may be sent another request now. */
export class Lane {
  readonly breaker: CircuitBreaker;
  private inFlight = 0;
  /** Until then nothing is sent: the server said so, or its breaker is open. */
  private closedUntil = 0;
  private tokensPerRequest = 0;

  constructor(
    private readonly replica: Replica,
    private readonly ports: { readonly clock: Clock; readonly random: () => number },
  ) {
    this.breaker = new CircuitBreaker(ports.random);
  }

  get host(): string {
    return this.replica.target.host;
  }

  /** Work under way in proportion to the weight, as it would be with one more. */
  get load(): number {
    return (this.inFlight + 1) / this.replica.weight;
  }

  /** Milliseconds until the server may be asked again; 0 when it may be now, as far as time is concerned. */
  get waitMs(): number {
    return this.closedUntil === 0 ? 0 : Math.max(0, this.closedUntil - this.ports.clock.now());
  }

  get hasRoom(): boolean {
    if (this.waitMs > 0) return false;
    if (this.closedUntil !== 0) this.reopen();
    return this.inFlight < (this.breaker.isClosed ? this.replica.limit.limit : 1);
  }

  /** The wait is over. */
  reopen(): void {
    this.closedUntil = 0;
    this.breaker.halfOpen();
  }

  take(): void {
    this.inFlight += 1;
  }

  /** One attempt. `busy`: whether requests wait for a place; the limit learns only then. */
  async attempt(request: Omit<CompletionRequest, 'model'>, signal: AbortSignal, attempt: number, busy: () => boolean): Promise<Attempt> {
    try {
      const result = await this.replica.target.attempt(request, signal);
      this.learn(result, attempt, busy());
      return result;
    } finally {
      this.inFlight -= 1;
    }
  }

  private learn(result: Attempt, attempt: number, busy: boolean): void {
    const now = this.ports.clock.now();
    const { limit } = this.replica;
    if (result.ok) {
      this.breaker.succeeded();
      this.countTokens(result.reply);
      limit.ended('answered', { now, busy });
      if (result.headers) this.close(rateWaitMs(result.headers, this.tokensPerRequest));
      return;
    }
    if (result.learnt) return;
    const { failure } = result;
    const { retryAfterMs } = failure;
    const overload = (failure.kind === 'rate-limited' && failure.retryable) || failure.status === 503 || failure.status === 529;
    limit.ended(overload ? 'overload' : 'failed', { now, busy });
    // The server told one request, and means all of them.
    if (retryAfterMs !== undefined) this.close(retryDelayMs(attempt, retryAfterMs, this.ports.random));
    this.close(this.breaker.failed(failure, limit.limit));
  }

  private countTokens({ promptTokens = 0, completionTokens = 0 }: CompletionReply): void {
    const tokens = promptTokens + completionTokens;
    this.tokensPerRequest = this.tokensPerRequest === 0 ? tokens : this.tokensPerRequest * 0.9 + tokens * 0.1;
  }

  private close(waitMs: number): void {
    if (waitMs > 0) this.closedUntil = Math.max(this.closedUntil, this.ports.clock.now() + waitMs);
  }
}
