import type { CompletionFailure } from '../../core/llm/completionPort.ts';

const firstPauseMs = 1000;
const longestPauseMs = 30_000;
/** A server that cannot be talked to at all for another reason than load is out sooner than one that fails. */
const unreachableInARow = 3;
const failuresInARow = 10;
/** A wrong key, an unknown model: nothing but a person mends it. */
const refusedPauseMs = 10 * 60_000;
/** Openings without a single answer after which the server counts as down. */
const openingsUntilDown = 5;

/**
 * Per server. Closed: everything goes through. Open: nothing, for a pause that doubles. Then half open: one request at
 * a time tries whether the server is back.
 */
export class CircuitBreaker {
  private failures = 0;
  private openings = 0;
  private state: 'closed' | 'open' | 'half-open' = 'closed';
  private lastFatal = false;

  constructor(private readonly random: () => number) {}

  get isClosed(): boolean {
    return this.state === 'closed';
  }

  /** It has failed for so long that nobody should wait for it. */
  get isDown(): boolean {
    return this.state !== 'closed' && (this.lastFatal || this.openings >= openingsUntilDown);
  }

  /** The pause is over. */
  halfOpen(): void {
    if (this.state === 'open') this.state = 'half-open';
  }

  succeeded(): void {
    this.failures = 0;
    this.openings = 0;
    this.lastFatal = false;
    this.state = 'closed';
  }

  /** Milliseconds to leave the server alone; 0 to go on. `atOnce`: how many requests were under way with it. */
  failed(failure: CompletionFailure, atOnce: number): number {
    if (isOutOfOrder(failure)) {
      this.lastFatal = true;
      this.state = 'open';
      return refusedPauseMs;
    }
    // Refusals for load and faults of one request are answers of a server that works.
    if (!countsAgainst(failure)) return 0;
    this.failures += 1;
    if (this.state === 'open') return 0;
    if (this.state === 'closed' && this.failures < (failure.kind === 'refused' ? unreachableInARow : Math.max(failuresInARow, atOnce))) return 0;
    this.state = 'open';
    this.openings += 1;
    const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** (this.openings - 1));
    return pause * (0.75 + this.random() / 2);
  }
}

/** The server as a whole cannot serve us, however often it is asked. */
export function isOutOfOrder({ kind, retryable }: CompletionFailure): boolean {
  return kind === 'unauthorised' || kind === 'not-found' || (!retryable && (kind === 'refused' || kind === 'rate-limited'));
}

function countsAgainst({ kind }: CompletionFailure): boolean {
  return kind === 'refused' || kind === 'network' || kind === 'server' || kind === 'timeout';
}
